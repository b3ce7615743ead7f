"""From a raw table to canonical fields: matched, parsed, identified, explained."""

from layers.frame.canonical import Canonical, canonical

__all__ = ["Canonical", "canonical"]
