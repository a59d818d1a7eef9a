"""Pictures and documents that officers add to what they write."""
