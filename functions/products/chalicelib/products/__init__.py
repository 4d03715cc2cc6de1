"""Products: what the shop sells, for how much, and how many of it there are to sell."""
