"""Orders: what customers want from the shop, and what came of it."""
