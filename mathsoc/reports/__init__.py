"""Reports: what a member wrote for others and somebody finds wrong, for staff to look at."""
