"""What a child may use: environment, memory, processor, file size, time."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GIB = 1024**3

INHERITED = (
    "PATH",
    "SYSTEMROOT",
    "WINDIR",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "CONDA_PREFIX",
    "GDAL_DATA",
    "GDAL_DRIVER_PATH",
    "PROJ_DATA",
    "PROJ_LIB",
)
"""All that a child inherits: where libraries and their tables lie, and the language."""

SKIPPED_DRIVERS = (
    "OGR_VRT",
    "VRT",
    "GDALG",
    "WMS",
    "WMTS",
    "WCS",
    "STACIT",
    "STACTA",
    "HTTP",
    "DERIVED",
    "GTI",
    "WFS",
    "OAPIF",
    "CSW",
    "Carto",
    "AmigoCloud",
    "Elasticsearch",
    "EEDA",
    "EEDAI",
    "NGW",
    "PLMOSAIC",
    "PLScenes",
    "DAAS",
    "GMLAS",
    "OGCAPI",
    "MEM",
)
"""Drivers whose files describe data elsewhere: on the disk, in memory, on the net."""

NOWHERE = "http://127.0.0.1:1"
"""A proxy that is not there. A GeoJSON whose ``crs`` is a link is fetched by GDAL
through its own HTTP door, which no list of drivers or extensions closes."""
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")

GDAL_SETTINGS: Mapping[str, str] = {
    "GDAL_SKIP": ",".join(SKIPPED_DRIVERS),
    "OGR_SKIP": ",".join(SKIPPED_DRIVERS),
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "GDAL_HTTP_PROXY": NOWHERE,
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_VRT_ENABLE_RAWRASTERBAND": "NO",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "PROJ_NETWORK": "OFF",
}
# A child reads one file at a time; threads cost address space and bring nothing.
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "GDAL_NUM_THREADS",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost before it is refused.

    Attributes
    ----------
    memory_bytes
        Address space of the child.
    cpu_s
        Seconds of processor time for one question.
    file_bytes
        Size of a file that the child may write (unpacked, or the table it returns).
    wall_s
        Seconds on the clock for one question.

    Notes
    -----
    Where there is no `resource` module (Windows) only `wall_s` holds. macOS does not
    keep to `memory_bytes`.
    """

    memory_bytes: int = 8 * GIB
    cpu_s: int = 240
    file_bytes: int = 4 * GIB
    wall_s: float = 300.0


LIMITS = Limits()


def environment(scratch: Path) -> dict[str, str]:
    """Return the environment of a child whose temporary files go to `scratch`."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # Where the caller finds its modules the child must find the same ones; the
    # current folder ("") is left out, since it may hold the files of others.
    found = [one for one in sys.path if one and Path(one).is_absolute()]
    package = str(Path(__file__).resolve().parents[2])
    here = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME"), str(scratch))
    return {
        **kept,
        **GDAL_SETTINGS,
        **dict.fromkeys(PROXIES, NOWHERE),
        **dict.fromkeys(ONE_THREAD, "1"),
        **here,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys([package, *found])),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
    }
