"""Rows compared with what the events come to, table by table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from spatial.ledger import tables
from spatial.ledger.chain import content_hash, person_hash
from spatial.ledger.model import Person
from spatial.ledger.pending import read_meta
from spatial.ledger.replay import Replayed, UnplayableError, replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Select, Table

_AT_ONCE = 500  # cases
_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the ledger wrote it.

    Attributes
    ----------
    where
        ``event 12``, ``cases 2026-150624-000003``, ``store``.
    what
        In words.
    """

    where: str
    what: str

    def __str__(self) -> str:
        """Return where and what."""
        return f"{self.where}: {self.what}"


def replayed(
    connection: Connection,
) -> Iterator[tuple[tuple[str, str | None], dict[str, Replayed], list[Fault]]]:
    """Yield cases played again, with the range of numbers that they cover."""
    c = tables.events.c
    asked = select(tables.events).order_by(c.case_id, c.seq)
    group: dict[str, Replayed] = {}
    faults: list[Fault] = []
    start = ""
    for case_id, rows in groupby(streamed(connection, asked), itemgetter("case_id")):
        try:
            group[case_id] = replay(rows)
        except UnplayableError as error:
            where = f"event {error.seq}"
            faults.append(Fault(where, f"no ledger wrote it: {error}"))
        if len(group) >= _AT_ONCE:
            yield (start, case_id), group, faults
            start, group, faults = case_id, {}, []
    yield (start, None), group, faults


def compared(
    connection: Connection,
    between: tuple[str, str | None],
    replayed: Mapping[str, Replayed],
) -> list[Fault]:
    """Return the rows that are not what the events say."""
    faults: list[Fault] = []
    rows = _by_key(connection, tables.cases, between, key="case_id")
    wanted = {
        one["case_id"]: one for played in replayed.values() if (one := played.case)
    }
    faults += _differences("cases", rows, wanted)
    grounds = _by_key(connection, tables.grounds, between, key="case_id")
    faults += _grounds(grounds, wanted)
    for table in tables.CHILDREN:
        there = _by_key(connection, table, between, key="seq")
        listed = {
            one["seq"]: one
            for played in replayed.values()
            for one in played.children[table.name]
        }
        faults += _differences(table.name, there, listed)
    faults += _persons(
        _by_key(connection, tables.persons, between, key="seq"), replayed
    )
    if between[0] == "":
        runs = {one["seq"]: dict(one) for one in _rows(connection, tables.runs)}
        ledger = replayed.get("", Replayed())
        listed = {one["seq"]: one for one in ledger.children["runs"]}
        faults += _differences("runs", runs, listed)
    return faults


def _by_key(
    connection: Connection,
    table: Table,
    between: tuple[str, str | None],
    *,
    key: str,
) -> dict[Any, dict[str, Any]]:
    """Return the rows of cases in a range, by a key; "" belongs to the first range."""
    start, end = between
    asked = select(table)
    if start:
        asked = asked.where(table.c.case_id > start)
    if end is not None:
        asked = asked.where(table.c.case_id <= end)
    return {one[key]: dict(one) for one in streamed(connection, asked)}


def _differences(
    name: str,
    there: dict[Any, dict[str, Any]],
    wanted: Mapping[Any, Mapping[str, Any]],
) -> list[Fault]:
    """Return where rows differ from what the events say."""
    faults = []
    for one in sorted({*there, *wanted}, key=str):
        if one not in there:
            faults.append(Fault(f"{name} {one}", "the row is missing"))
        elif one not in wanted:
            faults.append(Fault(f"{name} {one}", "a row that no event speaks of"))
        else:
            row = there[one]
            shape = row.pop("geom", None)
            if name in ("cases", "sightings"):
                wrong = _shape_wrong(shape, wanted[one]["shape_sha256"])
                faults += [Fault(f"{name} {one}", wrong)] if wrong else []
            other = _unequal(row, wanted[one])
            if other:
                what = f"{', '.join(other)}: not what the events say"
                faults.append(Fault(f"{name} {one}", what))
    return faults


def _unequal(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return the columns that differ; another type is another value."""
    names = sorted({*row, *wanted})
    return [
        name
        for name in names
        if name not in row
        or name not in wanted
        or row[name] != wanted[name]
        or isinstance(row[name], bool) != isinstance(wanted[name], bool)
    ]


def _shape_wrong(shape: bytes | None, sha256: str) -> str:
    if shape is None:
        return "the shape is missing" if sha256 else ""
    return "" if content_hash(shape) == sha256 else "the shape was changed"


def _grounds(
    there: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Mapping[str, Any]]
) -> list[Fault]:
    """Return where the grounds differ."""
    faults = []
    for one, case in wanted.items():
        row = there.get(one, {})
        wrong = _shape_wrong(row.get("geom"), case["ground_sha256"])
        if wrong or (row and row["fid"] != case["fid"]):
            faults.append(Fault(f"grounds {one}", wrong or "its key was changed"))
    foreign = sorted(set(there) - set(wanted))
    return faults + [
        Fault(f"grounds {one}", "a row that no event speaks of") for one in foreign
    ]


def _persons(
    there: Mapping[int, Mapping[str, Any]], replayed: Mapping[str, Replayed]
) -> list[Fault]:
    """Return where the private table is not what the hashes say."""
    faults = []
    wanted = {
        seq: (case_id, said, played.erased > seq)
        for case_id, played in replayed.items()
        for seq, said in played.reporters.items()
    }
    for seq in sorted({*there, *wanted}):
        row = there.get(seq)
        if row is None or seq not in wanted:
            word = "the row is missing" if row is None else "nobody reported this"
            faults.append(Fault(f"persons {seq}", word))
            continue
        case_id, said, erased = wanted[seq]
        fields = (row["name"], row["phone"], row["address"], row["note"])
        if erased:
            right = not any((row["salt"], *fields))
        else:
            right = person_hash(Person(*fields), row["salt"]) == said
        if not right or row["case_id"] != case_id:
            faults.append(Fault(f"persons {seq}", "the row was changed"))
    return faults


def contents(connection: Connection) -> list[Fault]:
    """Return contents that are missing, foreign or changed."""
    evidence, contents = tables.evidence, tables.contents
    asked = select(evidence.c.sha256).where(evidence.c.inside.is_(True)).distinct()
    wanted = set(connection.execute(asked).scalars())
    faults = []
    for row in streamed(connection, select(contents), rows=1):
        name = row["sha256"]
        if name not in wanted:
            faults.append(Fault(f"contents {name}", "no evidence speaks of it"))
        elif content_hash(row["bytes"]) != name:
            faults.append(Fault(f"contents {name}", "the content was changed"))
        wanted.discard(name)
    return faults + [
        Fault(f"contents {name}", "the content is missing") for name in sorted(wanted)
    ]


def counted(connection: Connection) -> list[Fault]:
    """Return running numbers and versions that do not agree with the events."""
    cases = tables.cases
    length = func.length(cases.c.case_id)
    prefix = func.substr(cases.c.case_id, 1, 11)
    asked = select(prefix, func.count(), func.max(length)).group_by(prefix)
    made = {row[0]: row[1] for row in connection.execute(asked)}
    counters = {
        one["prefix"]: one["last"] for one in _rows(connection, tables.counters)
    }
    faults = []
    if counters != made:
        odd = sorted(
            one for one in {*made, *counters} if made.get(one) != counters.get(one)
        )
        faults.append(Fault(f"counters {odd[0]}", "not the number of its cases"))
    return faults + _versions(connection)


def _versions(connection: Connection) -> list[Fault]:
    """Return what the records of migrations say wrongly."""
    events = tables.events
    kinds = ("created", "migrated")
    asked = select(events).where(events.c.kind.in_(kinds)).order_by(events.c.seq)
    happened = list(streamed(connection, asked.where(events.c.case_id == "")))
    records = _rows(connection, tables.migrations)
    meta = read_meta(connection)
    made = replay_versions(happened)
    if not happened or meta.get("created_at") != happened[0]["at"]:
        return [Fault("ledger_meta", "not created when the first event says")]
    if [(one["version"], one["at"]) for one in records] != made:
        return [Fault("migrations", "not what the events say")]
    if meta.get("schema_version") != str(made[-1][0]):
        return [Fault("ledger_meta", "not the version that the events say")]
    return []


def replay_versions(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Return version and time of each migration that the events tell."""
    found: list[tuple[int, str]] = []
    for row in rows:
        said = json.loads(row["payload"])
        if row["kind"] == "created":
            versions = range(1, int(said["schema_version"]) + 1)
            found += [(one, row["at"]) for one in versions]
        else:
            found.append((int(said["version"]), row["at"]))
    return found


def streamed(
    connection: Connection,
    asked: Select[Any],
    *,
    rows: int = _ROWS,
) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a question without holding all of them."""
    streaming = connection.execution_options(yield_per=rows)
    with streaming.execute(asked) as result:  # a server keeps a cursor for it
        for row in result.mappings():
            yield dict(row)


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    key = table.primary_key.columns[0]
    return [
        dict(one) for one in connection.execute(select(table).order_by(key)).mappings()
    ]
