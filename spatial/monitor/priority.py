"""How urgent a clue is: a sum of points, with its parts beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers import document
from spatial.change.classify import load_classes
from spatial.finding import OUTCOMES
from spatial.permits import STATES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry

PRIORITY_FILE = Path(__file__).parent / "priority.yaml"
PARTS = ("law", "permit", "size", "confidence", "kind")


@dataclass(frozen=True, slots=True)
class Weights:
    """The points of each part.

    Attributes
    ----------
    law, permit, kind
        Points by outcome of the review, by state of the approvals, by kind.
    size_points, none_at_m2, full_at_m2
        Points of a large patch, and between which areas they rise.
    confidence_points
        Points of a patch that is certain.
    reduced_share
        With how much of its points a patch counts where works have gone back.
    verified, source
        Whether a standard says so, and where the figures come from.
    """

    law: Mapping[str, float]
    permit: Mapping[str, float]
    kind: Mapping[str, float]
    size_points: float
    none_at_m2: float
    full_at_m2: float
    confidence_points: float
    reduced_share: float
    verified: bool
    source: str


@cache
def load_weights(path: Path = PRIORITY_FILE) -> Weights:
    """Read the points.

    Raises
    ------
    DocumentError
        A key is missing or unknown: each outcome, state and kind needs its points.
    """
    top = document.load(path)
    top.only("verified", "source", "reduced_share", *PARTS)
    size = top.need("size")
    size.only("points", "none_at_m2", "full_at_m2")
    confidence = top.need("confidence")
    confidence.only("points")
    kinds = [one.id for one in load_classes() if one.table == "activity"]
    return Weights(
        law=_points(top.need("law"), OUTCOMES),
        permit=_points(top.need("permit"), STATES),
        kind=_points(top.need("kind"), tuple(kinds)),
        size_points=size.need("points").number(),
        none_at_m2=size.need("none_at_m2").number(),
        full_at_m2=size.need("full_at_m2").number(),
        confidence_points=confidence.need("points").number(),
        reduced_share=top.need("reduced_share").number(),
        verified=top.need("verified").flag(),
        source=top.need("source").text(),
    )


def priority(clues: pd.DataFrame, weights: Weights | None = None) -> pd.DataFrame:
    """Return the score of each clue and its parts.

    Parameters
    ----------
    clues
        Columns ``outcome`` (of the review), ``permit_state``, ``area_m2``,
        ``confidence``, ``kind``, ``trend``. Of a patch that is approved in part the
        points of the permit count for the share of its area that is not
        (``beyond_m2``).
    weights
        The points; those of ``priority.yaml`` if not given.

    Returns
    -------
    DataFrame
        The same index. ``score_law``, ``score_permit``, ``score_size``,
        ``score_confidence``, ``score_kind``, rounded to 0.1, and ``score``, their
        exact sum: what is printed adds up.
    """
    points = weights or load_weights()
    area = clues["area_m2"].to_numpy(dtype=float)
    beyond = clues["beyond_m2"].to_numpy(dtype=float)
    partly = (clues["permit_state"] == "beyond").to_numpy() & (area > 0)
    share = np.where(partly, beyond / np.where(area > 0, area, 1.0), 1.0)
    rise = np.log(points.full_at_m2 / points.none_at_m2)
    large = np.log(np.maximum(area, points.none_at_m2) / points.none_at_m2) / rise
    parts = {
        "law": clues["outcome"].map(points.law).to_numpy(dtype=float),
        "permit": clues["permit_state"].map(points.permit).to_numpy(dtype=float)
        * share,
        "size": points.size_points * np.minimum(large, 1.0),
        "confidence": points.confidence_points * clues["confidence"].to_numpy(float),
        "kind": clues["kind"].map(points.kind).to_numpy(dtype=float),
    }
    back = (clues["trend"] == "reduced").to_numpy()
    factor = np.where(back, points.reduced_share, 1.0)
    tenths = {name: np.rint(one * factor * 10) for name, one in parts.items()}
    out = pd.DataFrame(
        {f"score_{name}": tenths[name] / 10 for name in PARTS}, index=clues.index
    )
    out["score"] = sum(tenths.values()) / 10
    return out


def _points(entry: Entry, names: tuple[str, ...]) -> Mapping[str, float]:
    """Read the points of every name."""
    entry.only(*names)
    return {name: entry.need(name).number() for name in names}
