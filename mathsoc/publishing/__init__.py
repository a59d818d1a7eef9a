"""Articles, newsletters, announcements and the society's own pages."""
