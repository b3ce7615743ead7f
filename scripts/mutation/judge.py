"""What became of a damaged file, and whether anything went in silence."""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

import layers
from layers.errors import ToolkitError

if TYPE_CHECKING:
    from pathlib import Path

    from mutation.census import Census, Shape
    from mutation.seeds import Seed

KIND = "ecological_redline"
SLOW_S = 20.0
UNSTATED = (".csv", ".dxf", ".xlsx")
"""They know no reference system of their own."""
TOLD_ROWS = {"rows_unaccounted", "deleted_records", "content_not_read"}
"""Issues that say that rows of the file are not in the layer."""
TOLD_VERTICES = {"ring_closed", "rings_closed"}
"""Issues that say that a ring was given its last vertex."""
RELATIVE = 1e-12


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word for the table, what is wrong if anything, and how long it took."""

    word: str
    wrong: str = ""
    seconds: float = 0.0


def read(path: Path) -> layers.Layer:
    """Read as a user would, in a process of its own."""
    crs = 4490 if path.suffix in UNSTATED else None
    return layers.read(path, kind=KIND, crs=crs)


def judge(path: Path, sound: layers.Layer, seed: Seed) -> Verdict:
    """Read a damaged file and hold what came back against the second count."""
    started = time.monotonic()
    layer, word, wrong = None, "", ""
    try:
        layer = read(path)
    except ToolkitError as error:
        word = (
            "refused (reader ended)" if "made the reader" in str(error) else "refused"
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is not ours
        word, wrong = "LOSS", f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    if layer is not None:
        word, wrong = _outcome(layer, path, sound=sound, seed=seed)
    if seconds > SLOW_S:
        wrong = f"{seconds:.0f} s; {wrong}"
    return Verdict("LOSS" if wrong else word, wrong, seconds)


def _outcome(
    layer: layers.Layer, path: Path, *, sound: layers.Layer, seed: Seed
) -> tuple[str, str]:
    """Return the word for a file that was read, and what is missing."""
    same = is_same(layer, sound)
    told = bool(layer.quarantine) or bool(codes(layer) - codes(sound))
    if seed.has_checksum:
        # Only the directory of a zip may change without a change of what is in it.
        return "identical", "" if same else "a change that the checksum should show"
    word = "identical" if same else "told" if told else "excused"
    try:
        there = seed.census(path)
    except Exception as error:  # noqa: BLE001 - the second count met what is no such file
        missing = f"the second count stops ({type(error).__name__}: {error})"
        return word, missing if word == "excused" else ""
    return word, unexplained(layer, there, word=word)


def unexplained(layer: layers.Layer, there: Census, *, word: str) -> str:
    """Return what the second count finds and the layer does not say, or nothing."""
    if TOLD_ROWS & codes(layer).keys():
        return ""
    rows = len(layer) + len(layer.quarantine)
    # Rows that are told of may be more: a row that only one of two counts makes out.
    if rows < there.rows or (rows > there.rows and word != "told"):
        return f"{rows} rows of {there.rows}"
    if there.shapes is None or rows != there.rows:
        return "the second count cannot tell rows apart" if word == "excused" else ""
    mended = {one.row for one in layer.issues if one.code == "geometry_mended"}
    closed = bool(TOLD_VERTICES & codes(layer).keys())
    counts = shapely.get_num_coordinates(layer.frame.geometry.to_numpy())
    for at, row in enumerate(layer.frame.index):
        if row in mended:
            continue
        geometry = layer.frame.geometry.iloc[at]
        total = float(shapely.get_coordinates(geometry).sum())
        code = None if word == "told" else layer.frame["code"].iloc[at]
        wrong = _differs(
            there.shapes[row], int(counts[at]), total=total, code=code, closed=closed
        )
        if wrong:
            return f"row {row}: {wrong}"
    return ""


def _differs(
    one: Shape, vertices: int, *, total: float, code: object, closed: bool
) -> str:
    """Return in what a row that was read differs from the row in the file."""
    if closed and vertices > one.vertices:
        return ""
    if vertices != one.vertices:
        return f"{vertices} vertices of {one.vertices}"
    known = not math.isinf(one.total)
    if known and not math.isclose(total, one.total, rel_tol=RELATIVE):
        return f"coordinates that add up to {total!r}, in the file {one.total!r}"
    if one.label is not None and isinstance(code, str) and code != one.label:
        return f"the code {code!r}, in the file {one.label!r}"
    return ""


def is_same(layer: layers.Layer, sound: layers.Layer) -> bool:
    """Whether two layers hold the same rows."""
    one, other = layer.frame, sound.frame
    return (
        list(one.columns) == list(other.columns)
        and len(one) == len(other)
        and one.drop(columns="geometry").equals(other.drop(columns="geometry"))
        and one.geometry.to_wkb().equals(other.geometry.to_wkb())
    )


def codes(layer: layers.Layer) -> Counter[str]:
    """Return how often each issue was told."""
    return Counter(one.code for one in layer.issues)
