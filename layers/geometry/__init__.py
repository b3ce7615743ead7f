"""Geometry at the door: placed in one frame, mended or taken out, always said."""

from layers.geometry.clean import Cleaned, Fault, clean
from layers.geometry.densify import to_degrees
from layers.geometry.mend import Mended, mend

__all__ = ["Cleaned", "Fault", "Mended", "clean", "mend", "to_degrees"]
