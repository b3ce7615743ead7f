"""Facts: source files become layers that can be trusted."""
