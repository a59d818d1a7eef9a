"""Joining a society: by an address of the school's, by the code of a class, by a slip of one's own."""
