"""``workspace.yaml``: the layers, rulebooks and settings of one office."""

from layers.workspace.office import open_workspace

__all__ = ["open_workspace"]
