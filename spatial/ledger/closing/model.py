"""What an after-image says of a case, and when ground looks as before: plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers import document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.document import Entry
    from layers.text import Message
    from spatial.ledger.model import Case

LIMITS_FILE = Path(__file__).parent / "limits.yaml"
Verdict = Literal["recovered", "partly", "not_recovered", "unknown"]
_SHARES = ("recovered_share", "not_recovered_share")
_FIGURES = (
    *("surroundings_m", *_SHARES, "least_tolerance", "most_tolerance", "spreads"),
    *("season_days", "least_pixels", "least_change"),
)


@dataclass(frozen=True, slots=True)
class ClosingLimits:
    """When ground looks as it did before; each figure's reason is in ``why``.

    Attributes
    ----------
    surroundings_m
        How far around the case unchanged ground is looked for.
    recovered_share, not_recovered_share
        Of the case's area: from here on recovered, below here not.
    least_tolerance, most_tolerance, spreads
        How far an index may be from before: so many spreads of the surroundings, at
        least the one; where it would be above the other, the images cannot tell.
    season_days
        Between the days of the year; beyond, the images cannot tell.
    least_pixels
        A case of fewer pixels cannot be judged.
    least_change
        Least fall of an index by the damage of which a recovery can be reckoned.
    why, verified, source
        Reasons; whether a standard says so; where the figures come from.
    """

    surroundings_m: float
    recovered_share: float
    not_recovered_share: float
    least_tolerance: float
    most_tolerance: float
    spreads: float
    season_days: float
    least_pixels: float
    least_change: float
    why: Mapping[str, str]
    verified: bool
    source: str


@cache
def load_limits(path: Path = LIMITS_FILE) -> ClosingLimits:
    """Read the figures.

    Raises
    ------
    DocumentError
        A key is missing or unknown, a figure is negative or has no reason.
    """
    top = document.load(path)
    top.only("verified", "source", *_FIGURES)
    read = {name: _figure(top.need(name)) for name in _FIGURES}
    return ClosingLimits(
        **{name: value for name, (value, _) in read.items()},
        why={name: why for name, (_, why) in read.items()},
        verified=top.need("verified").flag(),
        source=top.need("source").text(),
    )


def _figure(entry: Entry) -> tuple[float, str]:
    entry.only("value", "why")
    value = entry.need("value").number()
    if value < 0:
        entry.need("value").fail("0 or more")
    return value, entry.need("why").text()


@dataclass(frozen=True, slots=True)
class Recovery:
    """What one after-image says of a case.

    Attributes
    ----------
    verdict
        ``recovered``, ``partly``, ``not_recovered``, or ``unknown`` with `reasons`.
    before, after
        Names and days of the images.
    area_m2
        Of the case.
    observed_share
        Of its area that was seen on both days, in [0, 1]; NaN where nothing is known.
    like_before_share
        Of what was seen that looks like before, in [0, 1]; NaN where nothing was.
    indices
        By index: means before and after over what was seen, ``damaged`` where an image
        of the damage was given, ``back``: the recovered part of the fall in [0, 1]
        (None where the damage hardly shows), and ``tolerance``.
    reasons
        What kept it from being told, and the doubts of the pair gate.
    """

    verdict: Verdict
    before: tuple[str, dt.date | None]
    after: tuple[str, dt.date | None]
    area_m2: float
    observed_share: float = float("nan")
    like_before_share: float = float("nan")
    indices: tuple[tuple[str, Mapping[str, float | None]], ...] = ()
    reasons: tuple[Message, ...] = ()

    @property
    def least_share(self) -> float:
        """Share of the case's area that looks like before, the hidden not counted."""
        return self.observed_share * self.like_before_share

    @property
    def most_share(self) -> float:
        """The same if all that was hidden looked like before."""
        return self.least_share + 1.0 - self.observed_share


def by_day(found: Sequence[Recovery]) -> tuple[Recovery, ...]:
    """Return what after-images say, the earliest first; those without a day before."""
    return tuple(sorted(found, key=lambda one: (str(one.after[1] or ""), one.after[0])))


def verdict_of(found: Sequence[Recovery]) -> Verdict:
    """Return the verdict of the latest image that could tell; unknown if none could.

    Parameters
    ----------
    found
        By day, as of `spatial.ledger.closing.recoveries`.
    """
    told = [one.verdict for one in found if one.verdict != "unknown"]
    return told[-1] if told else "unknown"


def seen_days(case: Case) -> tuple[dt.date, dt.date]:
    """Return the first and the last day on which the damage of a case is on record."""
    first, last = (
        dt.date.fromisoformat(str(case.fields[name]))
        for name in ("found_on", "last_seen")
    )
    return first, last
