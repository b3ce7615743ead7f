"""Runs as values: what a review was called with, and the proof that it repeats."""
