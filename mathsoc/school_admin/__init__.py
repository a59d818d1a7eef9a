"""What staff keep about their school: whom pupils turn to, its domains, its classes and their codes."""
