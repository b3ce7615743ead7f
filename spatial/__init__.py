"""Judgements: trusted layers become findings, and findings reach people."""
