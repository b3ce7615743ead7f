"""One reader per family of formats; `open_raw` picks it by content."""

from layers.formats.door import layer_names, open_raw, source_files
from layers.formats.raw import RawTable
from layers.formats.sniff import Sniffed, sniff

__all__ = ["RawTable", "Sniffed", "layer_names", "open_raw", "sniff", "source_files"]
