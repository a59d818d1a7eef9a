"""Newsletters by mail, to members who asked for them: each once, and never at night."""
