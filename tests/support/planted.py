"""Planted histories on squared paper: what stands on the ground, run after run.

A history is drawn in pixels of 10 m in a field of its own, 2 km from the next. Ten runs
look at it; each compares a day with the first one (``baseline``) or with the run before
(``steps``). Everything is made up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.layer import FRAME

PIXEL = 10.0
RUNS = 10
START = dt.date(2020, 6, 1)
FIELD_M = 2000.0
_LON, _LAT = 107.0, 40.0
_M_PER_LON, _M_PER_LAT = 85_393.0, 111_034.0  # about, at 40 north
KINDS = (
    "mining",
    "industry",
    "farming",
    "tourism",
    "transport",
    "energy",
    "settlement",
)


def day_of(run):
    """The day of a run; run 0 is the image before everything."""
    return START.replace(year=START.year + run)


def rect(x, y, wide, high):
    """A rectangle in pixels."""
    return shapely.box(x, y, x + wide, y + high)


def on_ground(shape, at):
    """Put a shape in pixels of a field on the ellipsoid."""
    east, north = (at % 12) * FIELD_M, (at // 12) * FIELD_M

    def place(xy):
        lon = _LON + (xy[:, 0] * PIXEL + east) / _M_PER_LON
        lat = _LAT + (xy[:, 1] * PIXEL + north) / _M_PER_LAT
        return np.column_stack([lon, lat])

    return shapely.transform(shape, place)


@dataclass(frozen=True)
class History:
    """What stands in a field, and how its cases must end.

    Attributes
    ----------
    name
        Sort and number.
    at
        Number of the field.
    stands
        (run) -> shapes in pixels with their kinds, each one clue.
    hidden
        Runs in which cloud lies over the field.
    closes
        Runs after which a person closes every case of the field.
    cases
        How many cases there must be after the last run.
    ends
        Their states, sorted.
    says
        Relations that must have been said by run, of clues and of absences.
    """

    name: str
    at: int
    stands: dict[int, tuple[tuple[shapely.Geometry, str], ...]]
    cases: int
    ends: tuple[str, ...]
    says: dict[int, tuple[str, ...]]
    hidden: frozenset[int] = field(default=frozenset())
    closes: frozenset[int] = field(default=frozenset())
    unfounded: frozenset[int] = field(default=frozenset())


def _always(shape, kind, runs=range(1, RUNS + 1)):
    return dict.fromkeys(runs, ((shape, kind),))


def _same(at, x, size, kind):
    says = {1: ("new",), **dict.fromkeys(range(2, RUNS + 1), ("same",))}
    return History(
        "same", at, _always(rect(x, x, size, size), kind), 1, ("open",), says
    )


def _grown(at, x, size, kind):
    stands = {
        run: ((rect(x, x, size + 4 * (run - 1), size), kind),)
        for run in range(1, RUNS + 1)
    }
    return History("grown", at, stands, 1, ("open",), {1: ("new",), 2: ("grown",)})


def _shrunk(at, x, size, kind):
    large = rect(x, x, 2 * size, size)
    stands = _always(large, kind) | _always(rect(x, x, size, size), kind, range(6, 11))
    return History("shrunk", at, stands, 1, ("open",), {6: ("shrunk",), 7: ("same",)})


def _split(at, x, size, kind):
    whole = rect(x, x, 3 * size, size)
    pieces = (rect(x, x, size, size), kind), (rect(x + 2 * size, x, size, size), kind)
    stands = _always(whole, kind) | dict.fromkeys(range(5, 11), pieces)
    return History("split", at, stands, 1, ("open",), {5: ("split", "split")})


def _merged(at, x, size, kind):
    far = x + size + 12
    two = (rect(x, x, size, size), kind), (rect(far, x, size, size), kind)
    bridge = ((rect(x, x, 2 * size + 12, size), kind),)
    stands = dict.fromkeys(range(1, 5), two) | dict.fromkeys(range(5, 11), bridge)
    says = {1: ("new", "new"), 4: ("same", "same"), 5: ("merged", "merged")}
    return History("merged", at, stands, 2, ("open", "open"), says)


def _gone(at, x, size, kind):
    stands = _always(rect(x, x, size, size), kind, range(1, 6))
    says = {5: ("same",), 6: ("gone",), 10: ("gone",)}
    return History("gone", at, stands, 1, ("open",), says)


def _back(at, x, size, kind):
    shape = rect(x, x, size, size)
    stands = _always(shape, kind, range(1, 4)) | _always(shape, kind, range(8, 11))
    says = {4: ("gone",), 6: ("quiet",), 8: ("returned",), 9: ("same",)}
    return History(
        "back", at, stands, 1, ("reopened",), says, closes=frozenset({5})
    )  # fmt: skip


def _cloud(at, x, size, kind):
    stands = _always(rect(x, x, size, size), kind)
    says = {3: ("same",), 4: ("not_observed",), 5: ("not_observed",), 6: ("same",)}
    return History("cloud", at, stands, 1, ("open",), says, hidden=frozenset({4, 5}))


def _cloud_gone(at, x, size, kind):
    """Hidden when it goes: said to be gone only when the ground is seen again."""
    stands = _always(rect(x, x, size, size), kind, range(1, 4))
    says = {4: ("not_observed",), 5: ("gone",)}
    return History("cloud_gone", at, stands, 1, ("open",), says, hidden=frozenset({4}))


def _moved(at, x, size, kind):
    """The same patch, placed a pixel aside in both directions in every second run."""
    stands = {
        run: ((rect(x + run % 2, x + run % 2, size, size), kind),)
        for run in range(1, RUNS + 1)
    }
    return History("moved", at, stands, 1, ("open",), {1: ("new",)})


def _neighbours(at, x, size, kind):
    """Three pixels apart, of one kind, the second from run 4 on."""
    one, two = rect(x, x, size, size), rect(x + size + 3, x, size, size)
    stands = _always(one, kind, range(1, 4)) | dict.fromkeys(
        range(4, 11), ((one, kind), (two, kind))
    )
    says = {4: ("new", "same"), 5: ("same", "same")}
    return History("neighbours", at, stands, 2, ("open", "open"), says)


def _touching(at, x, size, kind):
    """Side by side, of one kind: a quarter of the outline does not join them."""
    one, two = rect(x, x, size, size), rect(x + size, x, size, size)
    stands = _always(one, kind, range(1, 4)) | dict.fromkeys(
        range(4, 11), ((one, kind), (two, kind))
    )
    says = {4: ("new", "same"), 5: ("same", "same")}
    return History("touching", at, stands, 2, ("open", "open"), says)


def _kind(at, x, size, kind):
    """The guess changes from run to run, to one that does not go with the first."""
    other = "agriculture" if kind not in {"agriculture", "farming"} else "mining"
    shape = rect(x, x, size, size)
    stands = {run: ((shape, kind if run % 2 else other),) for run in range(1, RUNS + 1)}
    return History("kind", at, stands, 1, ("open",), {2: ("same",), 3: ("same",)})


def _unfounded(at, x, size, kind):
    """A person found nothing wrong: seen again it is neither new nor opened again."""
    stands = _always(rect(x, x, size, size), kind)
    says = {3: ("same",), 9: ("same",)}
    return History(
        "unfounded", at, stands, 1, ("unfounded",), says, unfounded=frozenset({2})
    )  # fmt: skip


def _still(at, x, size, kind):
    """Closed, and nothing comes back."""
    stands = _always(rect(x, x, size, size), kind, range(1, 4))
    says = {4: ("gone",), 6: ("quiet",), 10: ("quiet",)}
    return History("still", at, stands, 1, ("closed",), says, closes=frozenset({5}))


SORTS = (
    *(_same, _grown, _shrunk, _split, _merged, _gone, _back, _cloud, _cloud_gone),
    *(_moved, _neighbours, _touching, _kind, _unfounded, _still),
)
SIZES = (4, 5, 6, 8, 10, 13, 17, 25)


def histories():
    """120 histories: each sort in eight sizes, places and kinds."""
    out = []
    for i, sort in enumerate(SORTS):
        for j, size in enumerate(SIZES):
            at = len(out)
            out.append(sort(at, 3 + (7 * i + 5 * j) % 20, size, KINDS[(i + j) % 7]))
    return tuple(out)


def seen_in(run, some):
    """The clues of a run over histories: against the first day, sorted by place."""
    rows = []
    for history in some:
        if run in history.hidden:
            continue
        for shape, kind in history.stands.get(run, ()):
            ground = on_ground(shape, history.at)
            lon, lat = shapely.get_coordinates(ground).min(axis=0).tolist()
            rows.append((f"P{lon:.6f},{lat:.6f}", kind, ground, history.at))
    return _clues(rows, day_of(run))


def _clues(rows, day):
    return gpd.GeoDataFrame(
        {
            "kind": pd.Series([one[1] for one in rows], dtype=object),
            "seen_on": pd.Series([day] * len(rows), dtype=object),
            "trend": pd.Series(["new"] * len(rows), dtype=object),
            "field": [one[3] for one in rows],
        },
        geometry=[one[2] for one in rows],
        crs=FRAME,
    ).set_axis(pd.Index([one[0] for one in rows], dtype=object))
