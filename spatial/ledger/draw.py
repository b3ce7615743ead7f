"""双随机: objects and inspectors drawn from a seed, so that anyone can draw them again.

An object's lot is the SHA-256 of the seed and its id; nothing else takes part. So the
order of the list does not count, an object added changes nobody else's lot, and no
library's generator has to stay as it is. Weights are honoured as by Efraimidis and
Spirakis (2006, Weighted random sampling with a reservoir): of lots u between 0 and 1
those with the smallest -ln(u) / weight are drawn, without replacement.
"""

from __future__ import annotations

import decimal
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd

from layers import document
from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.document import Entry

WEIGHTS_FILE = Path(__file__).parent / "draw.yaml"
SCHEMA = "ecoredline/draw/1"
About = Literal["general", "redline"]
RISKS = ("high", "normal", "low", "unknown")
CREDITS = ("good", "normal", "poor", "unknown")
OBJECT_COLUMNS = ("risk", "credit", "positive_list", "key")
_BITS = 256
_DIGITS = decimal.Context(prec=40)  # its logarithm is the same on every machine


@dataclass(frozen=True, slots=True)
class DrawWeights:
    """How often an object is drawn, against the others.

    Attributes
    ----------
    risk, credit
        Weight by level; an unknown level has its own.
    positive_list
        By what the weight of an object on the 正面清单 is multiplied.
    inspectors_per_object
        How many inspectors go.
    verified, source
        Whether a rule says so, and where the figures come from.
    """

    risk: Mapping[str, float]
    credit: Mapping[str, float]
    positive_list: float
    inspectors_per_object: int
    verified: bool
    source: str


@cache
def load_weights(path: Path = WEIGHTS_FILE) -> DrawWeights:
    """Read the weights.

    Raises
    ------
    DocumentError
        A level lacks or is unknown, or a weight is not above 0: a weight of 0 would be
        an exemption, and there is none.
    """
    top = document.load(path)
    names = ("risk", "credit", "positive_list", "inspectors_per_object")
    top.only("verified", "source", *names)
    count = top.need("inspectors_per_object").number()
    if count < 1 or count != int(count):
        top.need("inspectors_per_object").fail("a whole number, 1 or more")
    return DrawWeights(
        risk=_levels(top.need("risk"), RISKS),
        credit=_levels(top.need("credit"), CREDITS),
        positive_list=_weight(top.need("positive_list")),
        inspectors_per_object=int(count),
        verified=top.need("verified").flag(),
        source=top.need("source").text(),
    )


def _levels(entry: Entry, names: tuple[str, ...]) -> Mapping[str, float]:
    entry.only(*names)
    return {name: _weight(entry.need(name)) for name in names}


def _weight(entry: Entry) -> float:
    value = entry.number()
    if value <= 0:
        entry.fail("a weight above 0: nobody is exempt")
    return value


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn, with everything that is needed to draw it again.

    Attributes
    ----------
    seed
        As it was announced.
    about
        ``general``, or ``redline``: checks on the red line.
    count
        How many objects were to be drawn.
    objects
        A row an object that is to be checked, by id: ``drawn_as`` (``random``,
        ``key``, ``both``), ``weight``, ``rank`` (1.. among the drawn; 0: key alone),
        ``inspectors`` (a tuple of ids), ``short``: how many inspectors lack.
    pool_hash, inspectors_hash
        SHA-256 of the lists that were drawn from.
    weights
        The weights used.
    """

    seed: str
    about: About
    count: int
    objects: pd.DataFrame
    pool_hash: str
    inspectors_hash: str
    weights: DrawWeights

    def record(self) -> dict[str, Any]:
        """Return the draw as plain values (``ecoredline/draw/1``), with its own hash.

        The same lists, seed and weights give the same record. ``public_result`` is for
        what is made public after the check.
        """
        said = {
            "schema": SCHEMA,
            "seed": self.seed,
            "about": self.about,
            "count": self.count,
            "pool_sha256": self.pool_hash,
            "inspectors_sha256": self.inspectors_hash,
            "weights": {
                "risk": dict(self.weights.risk),
                "credit": dict(self.weights.credit),
                "positive_list": self.weights.positive_list,
                "inspectors_per_object": self.weights.inspectors_per_object,
            },
            "objects": [
                {
                    "object_id": str(name),
                    "drawn_as": row["drawn_as"],
                    "rank": int(row["rank"]),
                    "weight": float(row["weight"]),
                    "inspectors": list(row["inspectors"]),
                    "short": int(row["short"]),
                    "public_result": None,
                }
                for name, row in self.objects.iterrows()
            ],
        }
        return {**said, "sha256": _sha(said)}


def draw(
    objects: pd.DataFrame,
    inspectors: pd.DataFrame,
    *,
    seed: str,
    count: int,
    about: About = "general",
    weights: DrawWeights | None = None,
) -> Draw:
    """Draw objects to be checked, and who checks them.

    Parameters
    ----------
    objects
        Indexed by object id, unique. ``risk``, ``credit``: levels, missing is unknown;
        ``positive_list``, ``key`` (重点监管对象): flags, missing is no.
    inspectors
        Indexed by inspector id, unique. ``avoids`` (may lack): ids of objects that the
        inspector has to keep away from (回避), by commas or as a sequence.
    seed
        Announced before the draw; any text.
    count
        How many objects are drawn at random; the key objects come on top.
    about
        In checks on the red line the 正面清单 is no relief.
    weights
        ``draw.yaml`` if not given.

    Returns
    -------
    Draw
        Random and key objects together, sorted by id. The order of the rows given does
        not count.

    Raises
    ------
    InputRefusedError
        An id twice, a level that is none, an empty seed, a count below 0, or above the
        number of objects.
    """
    chosen = weights or load_weights()
    _refuse(objects, inspectors, seed=seed, count=count)
    known = _settled(objects)
    weight = {name: _weight_of(one, chosen, about) for name, one in known.items()}
    order = sorted(known, key=lambda one: (_lot(seed, one, weight[one]), one))
    random = {name: rank for rank, name in enumerate(order[:count], start=1)}
    keys = {name for name, one in known.items() if one.key}
    rows = []
    for name in sorted({*random, *keys}):
        who = _inspectors(name, inspectors, seed=seed)[: chosen.inspectors_per_object]
        how = "random" if name not in keys else "both" if name in random else "key"
        short = chosen.inspectors_per_object - len(who)
        rows.append((name, how, weight[name], random.get(name, 0), tuple(who), short))
    columns = ["object_id", "drawn_as", "weight", "rank", "inspectors", "short"]
    table = pd.DataFrame(rows, columns=columns).set_index("object_id")
    avoided = [(str(one), sorted(_avoids(row))) for one, row in _rows(inspectors)]
    return Draw(
        seed=seed,
        about=about,
        count=count,
        objects=table,
        pool_hash=_sha([[name, *known[name]] for name in sorted(known)]),
        inspectors_hash=_sha(sorted(avoided)),
        weights=chosen,
    )


def _refuse(
    objects: pd.DataFrame, inspectors: pd.DataFrame, *, seed: str, count: int
) -> None:
    """Refuse what cannot be drawn from."""
    for what, table in (("objects", objects), ("inspectors", inspectors)):
        names = [str(one).strip() for one in table.index]
        twice = sorted(one for one, times in Counter(names).items() if times > 1)
        if twice or "" in names:
            raise InputRefusedError(
                source=f"draw: {what}",
                expected="an id for each, once",
                got=f"{', '.join(twice[:5])} more than once"
                if twice
                else "an empty id",
                todo="correct the list; a second row would be a second lot",
            )
    if not seed.strip():
        raise InputRefusedError(
            source="draw",
            expected="a seed",
            got="an empty text",
            todo="announce one before the draw, for example the closing index of a day",
        )
    if not 0 <= count <= len(objects):
        raise InputRefusedError(
            source="draw",
            expected=f"a count from 0 to the number of objects, {len(objects)}",
            got=str(count),
            todo="ask for fewer",
        )


class _Object(NamedTuple):
    """What counts of an object, every missing value named."""

    risk: str
    credit: str
    positive_list: bool
    key: bool


def _settled(objects: pd.DataFrame) -> dict[str, _Object]:
    """Return what counts of each object, by id."""
    given = {
        name: list(objects[name]) if name in objects.columns else [None] * len(objects)
        for name in OBJECT_COLUMNS
    }
    return {
        str(name).strip(): _Object(
            _level(given["risk"][i], RISKS, "risk"),
            _level(given["credit"][i], CREDITS, "credit"),
            _flag(given["positive_list"][i], "positive_list"),
            _flag(given["key"][i], "key"),
        )
        for i, name in enumerate(objects.index)
    }


def _level(value: object, levels: tuple[str, ...], name: str) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return "unknown"
    if value not in levels:
        raise InputRefusedError(
            source=f"draw: objects, column {name}",
            expected=f"one of {', '.join(levels)}",
            got=repr(value),
            todo="correct it, or leave it empty",
        )
    return str(value)


def _flag(value: object, name: str) -> bool:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return False
    if value in (True, False):
        return bool(value)
    raise InputRefusedError(
        source=f"draw: objects, column {name}",
        expected="true or false",
        got=repr(value),
        todo="correct it, or leave it empty",
    )


def _weight_of(one: _Object, weights: DrawWeights, about: About) -> float:
    """Return how often an object is drawn, against the others."""
    whole = weights.risk[one.risk] * weights.credit[one.credit]
    relieved = one.positive_list and about != "redline"
    return whole * (weights.positive_list if relieved else 1.0)


def _lot(seed: str, name: str, weight: float) -> decimal.Decimal:
    """Return -ln(u) / weight, u above 0 and below 1 from the seed and the id."""
    number = 2 * _number("object", seed, name) + 1
    lot = _DIGITS.divide(decimal.Decimal(number), decimal.Decimal(2 ** (_BITS + 1)))
    log = _DIGITS.minus(_DIGITS.ln(lot))
    return _DIGITS.divide(log, decimal.Decimal(str(weight)))


def _number(*parts: str) -> int:
    """Return the SHA-256 of texts, each with its end, as a number."""
    said = json.dumps(parts, ensure_ascii=False).encode()
    return int.from_bytes(hashlib.sha256(said).digest(), "big")


def _inspectors(name: str, inspectors: pd.DataFrame, *, seed: str) -> list[str]:
    """Return all inspectors who may go to an object, in the order of their lots."""
    free = [
        str(one).strip() for one, row in _rows(inspectors) if name not in _avoids(row)
    ]
    return sorted(free, key=lambda one: (_number("inspector", seed, name, one), one))


def _rows(table: pd.DataFrame) -> Sequence[tuple[object, pd.Series[Any]]]:
    return list(table.iterrows())


def _avoids(row: pd.Series[Any]) -> frozenset[str]:
    """Return the objects that an inspector keeps away from."""
    given = row.get("avoids")
    if given is None or (isinstance(given, float) and pd.isna(given)):
        return frozenset()
    parts = given.replace("，", ",").replace("、", ",").split(",") if isinstance(
        given, str) else given  # fmt: skip
    return frozenset(str(one).strip() for one in parts if str(one).strip())


def _sha(said: object) -> str:
    """Return the SHA-256 of plain values."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
