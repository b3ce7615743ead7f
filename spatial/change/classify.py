"""A guess at what a patch is, from indices and shape; "unknown" is an answer.

Rules and class tables are data (``kinds.yaml``, ``classes.yaml``). Their figures are
this program's own and are marked as not verified. A guess helps to sort clues for a
field check; it is no finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers import document
from spatial.change.standing import standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry
    from spatial.change.signature import Floats

KINDS_FILE = Path(__file__).parent / "kinds.yaml"
CLASSES_FILE = Path(__file__).parent / "classes.yaml"
UNKNOWN = "unknown"

_DIRECTIONS = ("works", "retreat")
_REASONS = {
    "shift": ("shift_share", "width_px", "elongation"),
    "cloud_edge": ("doubtful_share", "cloud_like", "shadow_like"),
    "water_level": ("water_share", "mndwi"),
    "seasonal_vegetation": ("ndvi_low", "ndvi_change", "mndwi", "elongation"),
    "felling": ("ndvi_before", "ndvi_around_after", "ndvi_apart_before", "ndvi_loss"),
    "haze": ("drift", "ndvi_change"),
}


@dataclass(frozen=True, slots=True)
class KindRule:
    """One look that a patch can have.

    Attributes
    ----------
    surface
        What is seen: road, ponds, panels...
    kind, reserve_class
        What it may be, in the two class tables.
    direction
        ``works`` begin or grow; ``retreat`` of works.
    confidence
        What a perfect fit is worth, 0 to 1.
    when
        By feature: the least and the greatest value, infinite where open.
    """

    surface: str
    kind: str
    reserve_class: str
    direction: str
    confidence: float
    when: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The rules by which patches are named and set aside.

    Attributes
    ----------
    rules
        In the order of the file, which decides between equal fits.
    soft
        Width of the soft border of each feature.
    least_fit
        Below it a patch is unknown.
    reasons
        Limits of each reason to set a patch aside.
    doubtful_reach_m
        So far from something hidden a pixel is doubtful.
    enlarged_joins_share
        From which share of like surroundings on a patch enlarges what was there.
    verified, source
        Whether a standard says so, and where the figures come from.
    """

    rules: tuple[KindRule, ...]
    soft: Mapping[str, float]
    least_fit: float
    reasons: Mapping[str, Mapping[str, float]]
    doubtful_reach_m: float
    enlarged_joins_share: float
    verified: bool
    source: str


@dataclass(frozen=True, slots=True)
class ActivityClass:
    """A class of human activity.

    Attributes
    ----------
    id, table
        Its id, and in which table it stands: ``activity`` or ``reserve``.
    title
        By language.
    activity
        The class of the first table that it belongs to.
    verified, source
        Whether the standard was read, and what the name rests on.
    """

    id: str
    table: str
    title: Mapping[str, str]
    activity: str
    verified: bool
    source: str


@cache
def load_kinds(path: Path = KINDS_FILE) -> Kinds:
    """Read the rules by which patches are named.

    Raises
    ------
    DocumentError
        A key is missing, unknown or holds what it may not; a rule asks for a feature
        without a soft border.
    """
    top = document.load(path)
    top.only(
        *("verified", "source", "least_fit", "soft", "rules", "reasons"),
        "enlarged_joins_share",
    )
    soft = {name: one.number() for name, one in top.need("soft").mapping().items()}
    reasons = top.need("reasons")
    reasons.only(*_REASONS, "doubtful_reach_m")
    return Kinds(
        rules=tuple(_rule(one, soft) for one in top.need("rules")),
        soft=soft,
        least_fit=top.need("least_fit").number(),
        reasons={
            name: _limits(reasons.need(name), of) for name, of in _REASONS.items()
        },
        doubtful_reach_m=reasons.need("doubtful_reach_m").number(),
        enlarged_joins_share=top.need("enlarged_joins_share").number(),
        verified=top.need("verified").flag(),
        source=top.need("source").text(),
    )


@cache
def load_classes(path: Path = CLASSES_FILE) -> tuple[ActivityClass, ...]:
    """Read the class tables: ``activity``, then ``reserve``, in the order of the file.

    Raises
    ------
    DocumentError
        A key is missing or unknown; a reserve class names no class of the first table.
    """
    top = document.load(path)
    top.only("verified", "activity", "reserve")
    verified = top.need("verified").flag()
    activity = top.need("activity").need("classes").mapping()
    found = []
    for table in ("activity", "reserve"):
        part = top.need(table)
        part.only("source", "classes")
        for name, one in part.need("classes").mapping().items():
            one.only("zh", "en", *(["activity"] if table == "reserve" else []))
            belongs = (
                one.need("activity").one_of(*activity) if table == "reserve" else name
            )
            title = {lang: one.need(lang).text() for lang in ("zh", "en")}
            source = part.need("source").text()
            found.append(ActivityClass(name, table, title, belongs, verified, source))
    return tuple(found)


def classify(table: pd.DataFrame, kinds: Kinds) -> pd.DataFrame:
    """Return what each patch looks like and may be.

    Parameters
    ----------
    table
        Columns of `spatial.change.features.features`, and ``area_m2``, ``width_m``,
        ``fill``. NaN is unknown and fits no condition.
    kinds
        The rules.

    Returns
    -------
    DataFrame
        The same index. ``surface``, ``kind``, ``reserve_class`` (``unknown`` where no
        rule fits), ``kind_confidence`` in [0, 1], 0 for unknown, and ``trend``:

        ``reduced``: works have gone back; ``enlarged``: around it there was already
        what the patch became; ``new``: there was not; ``unknown`` with the kind.
    """
    table = table.join(standing(table))
    fits = np.stack([_fit(rule, table, kinds) for rule in kinds.rules])
    worth = fits * np.array([rule.confidence for rule in kinds.rules])[:, None]
    worth[fits < kinds.least_fit] = 0.0
    best = worth.argmax(axis=0)
    known = worth.max(axis=0) > 0
    chosen = [
        kinds.rules[i] if yes else None for i, yes in zip(best, known, strict=True)
    ]
    joins = (table["joins_share"] >= kinds.enlarged_joins_share).to_numpy()
    words = {
        "surface": [rule.surface if rule else UNKNOWN for rule in chosen],
        "kind": [rule.kind if rule else UNKNOWN for rule in chosen],
        "reserve_class": [rule.reserve_class if rule else UNKNOWN for rule in chosen],
    }
    out = pd.DataFrame(words, index=table.index, dtype=object)
    out["kind_confidence"] = worth.max(axis=0)
    out["trend"] = pd.Series(
        [
            _trend(rule, joins=bool(yes))
            for rule, yes in zip(chosen, joins, strict=True)
        ],
        index=table.index,
        dtype=object,
    )
    return out


def _trend(rule: KindRule | None, *, joins: bool) -> str:
    """Return how the works moved."""
    if rule is None:
        return UNKNOWN
    if rule.direction == "retreat":
        return "reduced"
    return "enlarged" if joins else "new"


def _fit(rule: KindRule, table: pd.DataFrame, kinds: Kinds) -> Floats:
    """Return how well patches fit a rule: the worst of its conditions."""
    fit = np.ones(len(table))
    for name, (low, high) in rule.when.items():
        value = table[name].to_numpy(dtype=float)
        soft = kinds.soft[name]
        inside = np.minimum(value - low, high - value) / soft + 0.5
        fit = np.minimum(fit, np.nan_to_num(np.clip(inside, 0.0, 1.0), nan=0.0))
    return fit


def _rule(entry: Entry, soft: Mapping[str, float]) -> KindRule:
    """Read one rule."""
    entry.only("surface", "class", "reserve_class", "direction", "confidence", "when")
    known = {table: _ids(table) for table in ("activity", "reserve")}
    return KindRule(
        surface=entry.need("surface").text(),
        kind=entry.need("class").one_of(*known["activity"]),
        reserve_class=entry.need("reserve_class").one_of(*known["reserve"]),
        direction=entry.need("direction").one_of(*_DIRECTIONS),
        confidence=entry.need("confidence").number(),
        when={
            name: _interval(one, name, soft)
            for name, one in entry.need("when").mapping().items()
        },
    )


def _interval(
    entry: Entry, name: str, soft: Mapping[str, float]
) -> tuple[float, float]:
    """Read [low, high], null where open."""
    if name not in soft:
        entry.fail(f"a feature with a soft border: {', '.join(soft)}", repr(name))
    ends = entry.items()
    if len(ends) != 2:  # noqa: PLR2004  low and high
        entry.fail("[low, high], null where open")
    low, high = (None if one.value is None else one.number() for one in ends)
    return (-np.inf if low is None else low, np.inf if high is None else high)


def _limits(entry: Entry, names: tuple[str, ...]) -> Mapping[str, float]:
    """Read the limits of a reason."""
    entry.only(*names)
    return {name: entry.need(name).number() for name in names}


def _ids(table: str) -> tuple[str, ...]:
    """Return the ids of a class table."""
    return tuple(one.id for one in load_classes() if one.table == table)
