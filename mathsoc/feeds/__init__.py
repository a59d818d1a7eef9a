"""What other programs read: the Atom feed, the calendar, the sitemap; and what link previews show."""
