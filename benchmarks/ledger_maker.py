"""A large ledger in little time: a county through the API, the others copied from it.

The copies are rows like the first, in other counties and places; their hashes are not
reckoned again, so `verify` would find fault with them. What is measured on such a
ledger is reading and entering, which look at no old hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import box

from spatial.ledger import Actor, Evidence, NewCase, Sighting, create_ledger, tables
from spatial.ledger.chain import wkb
from spatial.ledger.geometry_type import from_blob, to_blob
from spatial.ledger.geopackage_tables import triggers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOSS = Actor("测试（虚构）", "admin")
FOUND = dt.date(2026, 5, 1)
PART = 10_000
"""Cases of a county."""

SIDE = 100  # cases in a row
STEP = 0.004  # degrees between cases
EVENTS = 5  # of a case


def square(number: int) -> shapely.Geometry:
    """Return the place of a case in the first county."""
    west, south = 100 + number % SIDE * STEP, 30 + number // SIDE * STEP
    return box(west, south, west + STEP / 2, south + STEP / 2)


def county(number: int) -> str:
    """Return the code of a county; the first is 150000."""
    return f"15{number:04d}"


def make(path: Path, *, cases: int, say: Callable[[str], None]) -> None:
    """Make a ledger of so many cases, five events each.

    Parameters
    ----------
    path
        Where; no file yet.
    cases
        A multiple of `PART`.
    say
        Told how far it is.
    """
    _first(path)
    say(f"{PART} cases through the API")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        _copy(db, cases // PART, say)


def _first(path: Path) -> None:
    """Enter the first county."""
    ledger = create_ledger(path, actor=BOSS)
    later = dt.date(2026, 8, 1)
    photo = b"a photo"
    proof = Evidence(
        "photo",
        "1.jpg",
        "image/jpeg",
        hashlib.sha256(photo).hexdigest(),
        len(photo),
        photo,
    )
    zones = (("ecological_redline", "HX-1", "红线（虚构）", 12.5),)
    with ledger.transaction() as writing:
        for number in range(PART):
            shape = square(number)
            new = NewCase(
                source="monitor",
                found_on=FOUND + dt.timedelta(days=number % 90),
                title=f"案件 {number}（虚构）",
                geometry=shape,
                kind=("mine", "building", "road")[number % 3],
                county=county(0),
                zones=zones if number % 2 else (),
                run_id="run-1",
                clue_id=str(number),
            )
            case = writing.open_case(new)
            writing.see(case, Sighting(str(number), "run-2", later, "same", shape))
            writing.amend(case, "department", "某局（虚构）", why="分办")
            writing.move(case, "take")
            if number % 2:
                writing.attach(case, proof)
                writing.move(case, "file")
            else:
                writing.amend(case, "rule", "NM14-S01", why="核对")


def _copy(db: sqlite3.Connection, counties: int, say: Callable[[str], None]) -> None:
    """Copy the first county into the others."""
    db.create_function("moved", 2, _moved, deterministic=True)
    for name in triggers():
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -500000")
    db.execute("BEGIN")
    (last,) = db.execute("SELECT max(seq) FROM events").fetchone()
    for number in range(1, counties):
        for table in (tables.events, *tables.CHILDREN, tables.cases, tables.grounds):
            _copy_rows(db, table, number, last)
        db.execute("INSERT INTO counters VALUES (?, ?)", (_prefix(number), PART))
        if number % 10 == 0:
            say(f"{number} counties copied")
    db.execute(
        "UPDATE ledger_meta SET value = ? WHERE key = 'head_seq'",
        (str(last + (counties - 1) * (last - 1)),),
    )
    for name in ("cases", "grounds"):
        rtree = f"rtree_{name}_geom"
        db.execute(f"DELETE FROM {rtree}")  # noqa: S608 - a name of ours
        rows = db.execute(f"SELECT fid, geom FROM {name}")  # noqa: S608
        db.executemany(
            f"INSERT INTO {rtree} VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            ((fid, *_sides(blob)) for fid, blob in rows),
        )
    for sql in triggers().values():
        db.execute(sql)
    db.execute("COMMIT")


def _sides(blob: bytes) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(shapely.from_wkb(from_blob(blob)))
    return west, east, south, north


def _prefix(number: int) -> str:
    return f"{dt.datetime.now(dt.UTC).year}-{county(number)}"


def _copy_rows(db: sqlite3.Connection, table: Any, number: int, last: int) -> None:  # noqa: ANN401
    """Copy the rows of a table into another county."""
    change = {
        "seq": f"seq + {number * (last - 1)}",
        "fid": f"fid + {number * (last - 1)}",
        "last_seq": f"last_seq + {number * (last - 1)}",
        "case_id": f"replace(case_id, '-{county(0)}-', '-{county(number)}-')",
        "county": f"'{county(number)}'",
        "geom": f"moved(geom, {number})",
    }
    names = [column.name for column in table.columns]
    wanted = ", ".join(change.get(name, name) for name in names)
    db.execute(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {wanted}"  # noqa: S608
        f" FROM {table.name} WHERE case_id > ? AND case_id < ?",
        (_prefix(0), _prefix(0) + "~"),
    )


def _moved(blob: bytes, number: int) -> bytes:
    """Return a shape in another county: ten by ten of them, then half a cell aside."""
    shape = shapely.from_wkb(from_blob(blob))
    east, north = number % 10 * SIDE * STEP, number // 10 * SIDE * STEP
    return to_blob(wkb(shapely.transform(shape, lambda xy: np.add(xy, (east, north)))))
