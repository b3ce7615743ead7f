"""From a file or a table in memory to a `Layer` that can be relied on.

    file -> formats.open_raw -> crs.settle -> frame.canonical -> geometry.clean -> Layer

Nothing is dropped in silence: rows in the file = rows kept + rows set aside, and every
mending, doubt and guess stands in `Layer.issues`.
"""

from layers.read.coverage import with_coverage
from layers.read.fitting import Fit, Trial
from layers.read.glance import Glance, Inspection, inspect
from layers.read.pasted import read_text
from layers.read.raster_glance import RasterGlance
from layers.read.sources import from_frame, none_exists, read
from layers.read.statement import Stated
from layers.read.suspicion import with_suspicion

__all__ = [
    "Fit",
    "Glance",
    "Inspection",
    "RasterGlance",
    "Stated",
    "Trial",
    "from_frame",
    "inspect",
    "none_exists",
    "read",
    "read_text",
    "with_coverage",
    "with_suspicion",
]
