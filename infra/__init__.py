"""Everything that runs the functions: the local cloud, its command, the documents made from the code."""
