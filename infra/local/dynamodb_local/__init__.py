"""Amazon's own DynamoDB Local as the tables of the local cloud, in the place of moto's.

It is a Java program whose licence lets nobody pass it on: it is not in this repository, and each developer's machine
fetches it once (package). It runs as a child of the cloud's process (engine, tied), which sends it whatever is asked of
DynamoDB and its streams (forwarding): the cloud has one address, and no client knows the difference.
"""
