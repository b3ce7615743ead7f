"""What changed between two images, and how far that may be believed."""
