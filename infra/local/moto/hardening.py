"""What is wrong with moto 5.2.5 as a cloud that lives for hours under load, and where each fault is mended.

DynamoDB
- No lock: conditional writes and transactions race, iterations break, sequence numbers repeat (locking).
- A transaction copies the whole table for each of its operations (transactions).
- A cancelled transaction shows its records to open iterators, and then makes them blind (transactions, streams).
- ClientRequestToken is ignored, and transactions above 4 MB are done (transactions).
- An upsert is told to the stream twice; an update that fails leaves its first steps (writes).
- A write that changes nothing is told (streams). Event source mappings of moto wipe the stream: they are not fed.
- Streams and their iterators grow for ever (streams); a look-up leaves an empty partition behind (items).
- Storing an item weighs all attributes again at each one of them; reads and writes copy it several times (items).
- A query sorts the whole table, and one on an index reads all of it (queries, indexes).
- Limit 0, a wrong start key, an unreadable expression are internal errors; batches above 25 are written (checks).
- Nothing expires (expiry: the server sweeps).
SQS
- Two receivers at once get the same message (queues, lines).
- Sends, receives and deletes walk the whole queue several times; handles are kept for ever (queues, lines).
- A message past its retention blocks those behind it (queues).
- A message goes to a receiver who has hung up meanwhile (queues, callers).
SNS
- One subscribed queue that is gone stops its topic; dead-letter queues of subscriptions are not used (topics).
- A certificate is made, signed and kept for each message that is not delivered raw (topics).
- Every published message is kept (memory).
Cognito
- No lock: two people at once get one name, and walks over the accounts break (accounts).
- The ids of pools and clients are made up anew in each run, so that no settings can hold them (accounts).
- A changed pool forgets by what its accounts are named; the case of a name matters in every pool; a password ends at
  98 letters (accounts).
- Every token lives for an hour, and is kept for ever; signing somebody out by their id ends nothing (sign_ins).
- A refresh token that is unknown, or whose account is gone, is an internal error; one of a disabled account is taken;
  an account that is not there is told from a wrong password (sign_ins).
Everywhere
- Every instance of every model is kept, for a page that shows them (memory).
- Requests and answers are interpreted by models that are interpreted themselves (express, shapes, forms).
- Values are copied to be looked at, and worked out again though they are known (quick).
- The server makes a connection and a thread for each request (wire).

tests/infra/moto asks each fault of this cloud and of bare moto: a mend that is no longer needed says so.
"""

import functools

from infra.local.moto import (
    accounts,
    checks,
    express,
    items,
    locking,
    memory,
    queries,
    queues,
    quick,
    sign_ins,
    streams,
    topics,
    transactions,
    writes,
)

MENDS = (
    locking.mend,
    memory.mend,
    items.mend,
    streams.mend,
    writes.mend,
    transactions.mend,
    queries.mend,
    checks.mend,
    queues.mend,
    topics.mend,
    accounts.mend,
    sign_ins.mend,
    quick.mend,
    express.mend,
)


@functools.cache
def harden() -> None:
    """Mends moto in this process, once however often it is called."""
    for mend in MENDS:
        mend()
