"""Mending that may take long is done by a child, on the clock.

GEOS cannot be interrupted: an outline that keeps it busy for a minute keeps busy
whoever asked. So only what is known to be light is mended here, and a child that has
not mended the rest in time is ended. The outline is set aside then, for a person.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from layers.geometry import Mended, mend
from layers.geometry.effort import is_light
from layers.geometry.mend import not_mended
from layers.worker.lifeline import tidy_at_sigterm
from layers.worker.limits import Limits
from layers.worker.pool import ANSWER, POOL, BrokenChildError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MEND_S = 4.0
"""For one outline. A child that was ended is replaced within two seconds more."""
MAX_GIVEN_UP = 5
GEOMETRY, MENDED = "geometry.wkb", "mended.wkb"


class Mender:
    """`layers.geometry.mend` for the outlines of one layer, with an end to each.

    Parameters
    ----------
    limit_s
        Seconds on the clock for one outline that is not light.
    most_given_up
        After so many that were not mended in time no other is tried that is not light:
        a file of a thousand of them must not take an hour.
    """

    def __init__(
        self, *, limit_s: float = MEND_S, most_given_up: int = MAX_GIVEN_UP
    ) -> None:
        self._limits = Limits(cpu_s=max(1, int(limit_s) + 1), wall_s=limit_s)
        self._left = most_given_up

    def __call__(self, geometry: BaseGeometry) -> Mended:
        """Mend one invalid geometry, or say why it is not mended."""
        if is_light(geometry):
            return mend(geometry)
        if self._left <= 0:
            return not_mended(geometry, "not_tried")
        try:
            return _by_child(geometry, self._limits)
        except BrokenChildError as broken:
            if broken.why not in {"wall", "cpu"}:
                return not_mended(geometry, "reader_ended", words=str(broken))
            self._left -= 1
            POOL.prepare()  # its libraries are there before the next outline asks
            seconds = round(self._limits.wall_s, 3)
            return not_mended(geometry, "too_slow", seconds=seconds)


def _by_child(geometry: BaseGeometry, limits: Limits) -> Mended:
    """Let a child mend, its libraries loaded before the clock starts."""
    with (
        tidy_at_sigterm(POOL.close),
        tempfile.TemporaryDirectory(prefix="ecoredline-") as made,
    ):
        out = Path(made).resolve()
        (out / GEOMETRY).write_bytes(shapely.to_wkb(geometry))
        POOL.ask({"do": "mend", "out": str(out)}, limits, warm=True)
        return _read(out)


def answer(_: dict[str, Any], out: Path) -> dict[str, Any]:
    """Mend what lies in the folder: the child's side."""
    done = mend(shapely.from_wkb((out / GEOMETRY).read_bytes(), on_invalid="ignore"))
    if done.geometry is not None:
        (out / MENDED).write_bytes(shapely.to_wkb(done.geometry))
    return {
        "why": done.why,
        "facts": done.facts,
        "dropped": done.dropped,
        "lon": done.lon,
        "lat": done.lat,
    }


def _read(out: Path) -> Mended:
    """Return what a child has answered."""
    told = json.loads((out / ANSWER).read_text(encoding="ascii"))
    path = out / MENDED
    geometry = shapely.from_wkb(path.read_bytes()) if path.is_file() else None
    return Mended(geometry=geometry, **told)
