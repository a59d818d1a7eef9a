"""What members may ask about their data: all of it in one file, or all of it gone."""
