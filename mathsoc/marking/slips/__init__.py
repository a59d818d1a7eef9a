"""What pupils type instead of the key: one file for each family of kinds, each a stream of (name, tree)."""
