"""An answer against a key: one judge for each kind, and the ways by which they decide."""
