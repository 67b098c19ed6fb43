"""Mathematics for reading: a tree of it, and its writers."""
