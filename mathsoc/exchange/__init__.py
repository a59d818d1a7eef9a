"""All content as plain files, and back: `mathsoc export DIR` and `mathsoc import DIR`."""
