"""Search over everything that the viewer may read."""
