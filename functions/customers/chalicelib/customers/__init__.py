"""Customers: who buys here. All that is known of a person stands here and nowhere else."""
