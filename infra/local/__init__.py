"""A local cloud for any set of Chalice apps: it knows nothing of what the apps are for."""
