"""Judgements: trusted layers become findings, and findings reach people.

The names below are loaded on first use, so that ``import spatial`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.index import ZoneIndex
    from spatial.overlap import along_table, overlap_table
    from spatial.override.read import read_overrides
    from spatial.policy.cases import check_cases
    from spatial.policy.load import load_rulebook
    from spatial.report.bar import progress_bar
    from spatial.report.comparison import Comparison
    from spatial.report.content import ReviewContent
    from spatial.report.large_map import explore_large
    from spatial.report.layer_map import explore, plot
    from spatial.rerun.replaying import Replay, replay
    from spatial.siting import Review, compare, review, review_in_parts

_HOME = {
    "Comparison": "spatial.report.comparison",
    "Replay": "spatial.rerun.replaying",
    "Review": "spatial.siting",
    "ReviewContent": "spatial.report.content",
    "ZoneIndex": "spatial.index",
    "along_table": "spatial.overlap",
    "check_cases": "spatial.policy.cases",
    "compare": "spatial.siting",
    "explore": "spatial.report.layer_map",
    "explore_large": "spatial.report.large_map",
    "load_rulebook": "spatial.policy.load",
    "overlap_table": "spatial.overlap",
    "plot": "spatial.report.layer_map",
    "progress_bar": "spatial.report.bar",
    "read_overrides": "spatial.override.read",
    "replay": "spatial.rerun.replaying",
    "review": "spatial.siting",
    "review_in_parts": "spatial.siting",
}

__all__ = [
    "Comparison",
    "Replay",
    "Review",
    "ReviewContent",
    "ZoneIndex",
    "along_table",
    "check_cases",
    "compare",
    "explore",
    "explore_large",
    "load_rulebook",
    "overlap_table",
    "plot",
    "progress_bar",
    "read_overrides",
    "replay",
    "review",
    "review_in_parts",
]


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives (PEP 562)."""
    if name not in _HOME:
        msg = f"module 'spatial' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
