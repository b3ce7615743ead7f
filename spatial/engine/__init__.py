"""Where the work runs: threads of this process, or the workers of a Dask cluster.

::

    zones <-- threads  <-- stream <-- writing
          <-- cluster  <--

`overlap_stream` takes sites in chunks and yields their tables in the order in which
the sites came. `Threads` and `Dask` have one interface and give the same bytes,
however many work.
"""

from __future__ import annotations

from spatial.engine.cluster import Dask
from spatial.engine.stream import overlap_stream
from spatial.engine.threads import Threads
from spatial.engine.writing import write_overlaps
from spatial.engine.zones import ReadyZones

__all__ = ["Dask", "ReadyZones", "Threads", "overlap_stream", "write_overlaps"]
