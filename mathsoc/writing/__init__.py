"""Editing a text where it stands: drafts, revisions, conflicts, presence."""
