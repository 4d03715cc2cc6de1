"""The documents by which others use the shop, made from the code: events, HTTP, and who tells whom what."""
