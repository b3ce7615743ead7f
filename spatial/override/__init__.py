"""Overrides: a reviewer disagrees with the machine, and says why, who and when."""
