"""Slips: codes on paper for an approved list, and ways back for those who have no address."""
