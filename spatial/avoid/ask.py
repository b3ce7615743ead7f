"""Ask the judge about places that nobody applied for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from layers.layer import FRAME
from spatial.policy.judge import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import numpy as np

    from spatial.finding import Finding, Outcome, Unknown
    from spatial.measure.ellipsoid import Shapes
    from spatial.policy.judge import Judgement

    Judge: TypeAlias = Callable[[gpd.GeoDataFrame], Judgement]
    """Judges a table of sites by all that a review judges by."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is said of one place."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    unknowns: tuple[Unknown, ...]


def ask(
    judge: Judge, sites: gpd.GeoDataFrame, *, of: np.ndarray, at: Shapes
) -> list[Answer]:
    """Return what is said of projects at other places.

    Parameters
    ----------
    judge
        The whole of a review's judgement.
    sites
        The projects, by position.
    of
        (n,) which project.
    at
        (n,) where it is put.

    Returns
    -------
    list of Answer
        One for each, in order. The attributes of a project stay as they are.
    """
    if not len(of):
        return []
    frame = sites.iloc[of].reset_index(drop=True)
    frame = frame.set_geometry(list(at), crs=FRAME)
    said = judge(frame)
    findings: list[list[Finding]] = [[] for _ in range(len(frame))]
    for one in said.findings:
        findings[one.site].append(one)
    unknowns = said.unknowns.of_sites()
    return [
        Answer(outcome_of(found, lacks), tuple(found), lacks)
        for found, lacks in zip(findings, unknowns, strict=True)
    ]
