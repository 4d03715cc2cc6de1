"""What a cold start costs, and what each step of packing saves of it: `python -m benchmarks.cold_start`.

The function that answers HTTP in orders, started anew each time under AWS's own runtime client, is asked once for an
order, which it reads from DynamoDB over TLS on this machine. Beside it the same app as `chalice package` leaves it, and
a small one that does the same on Powertools and boto3.
"""
