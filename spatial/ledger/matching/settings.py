"""When a clue is a known case: the figures, as data, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from layers import document
from spatial.change.classify import load_classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry

SETTINGS_FILE = Path(__file__).parent / "settings.yaml"
_SHARES = ("strong_share", "weak_share", "contact_share", "shrunk_share", "seen_share")
_REST = (
    *("beyond_share", "beyond_least_m2", "gap_m", "point_reach_m"),
    "adjacent_within_days",
)


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """What makes a clue a known case.

    Attributes
    ----------
    strong_share
        Share of the smaller outline that lies in the other, from which both are one.
    weak_share
        The same where the kinds go together.
    gap_m, contact_share, adjacent_within_days
        A clue without such a share joins a case of its kind that was seen so many days
        ago at most, if it is no farther than `gap_m` from its ground and runs along
        it for that share of its own outline.
    point_reach_m
        How far a point may lie from a case of a kind that goes with it.
    beyond_share, beyond_least_m2
        What a clue has outside of the known ground is growth from here on.
    shrunk_share
        Below this share of the last outline a case has shrunk.
    seen_share
        So much of a case's ground must have been seen before its absence counts.
    kind_groups, vague_kinds
        Kinds that go together, and kinds that go with every other.
    why
        The reason of each figure, by name.
    verified, source
        Whether a standard says so, and where the figures come from.
    """

    strong_share: float
    weak_share: float
    contact_share: float
    shrunk_share: float
    seen_share: float
    beyond_share: float
    beyond_least_m2: float
    gap_m: float
    point_reach_m: float
    adjacent_within_days: float
    kind_groups: tuple[frozenset[str], ...]
    vague_kinds: frozenset[str]
    why: Mapping[str, str]
    verified: bool
    source: str

    def go_together(self, one: str | None, other: str | None) -> bool:
        """Say whether two kinds may be two guesses at one thing.

        An unknown kind (None) and the vague ones go with every kind.
        """
        if one is None or other is None or {one, other} & self.vague_kinds:
            return True
        return self.are_alike(one, other)

    def are_alike(self, one: str | None, other: str | None) -> bool:
        """Say whether two kinds are known and equal, or of one group."""
        if one is None or other is None:
            return False
        both = {one, other}
        if len(both) == 1:
            return one != "unknown"
        return any(both <= group for group in self.kind_groups)


@cache
def load_settings(path: Path = SETTINGS_FILE) -> MatchSettings:
    """Read the figures.

    Parameters
    ----------
    path
        A document in the form of ``settings.yaml``; all keys are needed.

    Raises
    ------
    DocumentError
        A key is missing or unknown, a share lies outside of 0 to 1, a figure has no
        reason, or a kind is none of the classes of activity.
    """
    top = document.load(path)
    names = (*_SHARES, *_REST)
    top.only("verified", "source", *names, "kind_groups", "vague_kinds")
    figures = {name: _figure(top.need(name), name) for name in names}
    known = {one.id for one in load_classes() if one.table == "activity"}
    groups = tuple(_kinds(one, known) for one in top.need("kind_groups"))
    return MatchSettings(
        **{name: value for name, (value, _) in figures.items()},
        kind_groups=groups,
        vague_kinds=_kinds(top.need("vague_kinds"), known),
        why={name: why for name, (_, why) in figures.items()},
        verified=top.need("verified").flag(),
        source=top.need("source").text(),
    )


def _figure(entry: Entry, name: str) -> tuple[float, str]:
    """Read a figure and its reason."""
    entry.only("value", "why")
    value = entry.need("value").number()
    if value < 0 or (name in _SHARES and not 0 < value <= 1):
        entry.need("value").fail("a share above 0 and up to 1" if name in _SHARES
                                 else "0 or more")  # fmt: skip
    return value, entry.need("why").text()


def _kinds(entry: Entry, known: set[str]) -> frozenset[str]:
    """Read a list of kinds."""
    return frozenset(child.one_of(*sorted(known)) for child in entry.items())
