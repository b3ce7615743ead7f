"""What a ledger stands: writers that are killed, many writers and readers at once.

    python scripts/ledger_trials.py kill PLACE [--kills 1000] [--seed 1]
    python scripts/ledger_trials.py crowd PLACE [--processes 8] [--entries 200]

PLACE is a GeoPackage that is not there yet, or ``postgis:HOST`` (the folder that
``scripts/postgis.py start`` prints; the database is postgres, the extension is made).
Prints one line of JSON; the exit status is 1 when something was lost. Needs fork.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from shapely import box
from sqlalchemy import func, select

from spatial.ledger import (
    Actor,
    CaseFilter,
    Evidence,
    NewCase,
    Server,
    create_ledger,
    open_ledger,
    tables,
)
from spatial.ledger.chain import content_hash
from spatial.ledger.door import utc_now
from spatial.ledger.pending import read_meta

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from spatial.ledger import Ledger

Place = Path | Server
BOSS = Actor("试验员（虚构）", "admin")
TODAY = utc_now().date()
HALF = 0.5
SECONDS = 0.06  # a writer lives at most so long
PAUSE = 0.02  # of a reader
FULL_CHECK = 50  # kills between two checks of everything


def enter(ledger: Ledger, number: int) -> str:
    """Enter a case with a photo and a move, in one transaction; return its number."""
    content = f"{number} ".encode() * 3000
    photo = Evidence(
        kind="photo",
        name=f"{number}.jpg",
        media_type="image/jpeg",
        sha256=content_hash(content),
        size=len(content),
        content=content,
    )
    west, south = 100 + number % 100 / 10, 30 + number // 100 % 100 / 10
    with ledger.transaction() as writing:
        case_id = writing.open_case(
            NewCase(
                source="field",
                found_on=TODAY,
                title=f"试验 {number}",
                geometry=box(west, south, west + 0.01, south + 0.01),
                county="150624",
            )
        )
        writing.attach(case_id, photo)
        writing.move(case_id, "take")
    return case_id


def writer(where: Place, pipe: int, start: int) -> None:
    """Enter without end; acknowledge each entry after it was made."""
    ledger = open_ledger(where, actor=BOSS)
    number = start
    while True:
        case_id = enter(ledger, number)
        os.write(pipe, f"{case_id}\n".encode())
        number += 1


def kill(where: Place, *, kills: int, seed: int) -> dict:
    """Kill writers at random moments; look for what was acknowledged."""
    chance = random.Random(seed)  # noqa: S311 - repeated, not secret
    create_ledger(where, actor=BOSS)
    acknowledged: set[str] = set()
    faults: list[str] = []
    slowest = 0.0
    for number in range(1, kills + 1):
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(out)
            try:
                writer(where, into, number * 10_000)
            finally:
                os._exit(1)
        os.close(into)
        first = os.read(out, 64) if chance.random() < HALF else b""
        time.sleep(chance.random() * SECONDS)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(out, "rb") as pipe:
            said = (first + pipe.read()).decode().split("\n")
        acknowledged.update(said[:-1])  # the last line may be cut
        start = time.monotonic()
        ledger = open_ledger(where, actor=BOSS)
        ledger.head()
        slowest = max(slowest, time.monotonic() - start)
        if number % FULL_CHECK == 0 or number == kills:
            faults += look(ledger, acknowledged)
    there = len(ledger.cases())
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "cases": there,
        "slowest_reopening_s": round(slowest, 3),
        "faults": faults,
    }


def look(ledger: Ledger, acknowledged: set[str]) -> list[str]:
    """Return what is lost, half there or not as the events say."""
    there = ledger.cases()
    lost = sorted(acknowledged - set(there.index))
    faults = [f"lost: {one}" for one in lost]
    half = there[(there["state"] != "to_check") | there["geometry"].isna()]
    faults += [f"half there: {one}" for one in half.index]
    return faults + [str(one) for one in ledger.verify().faults]


def crowd(where: Place, *, processes: int, entries: int) -> dict:
    """Let many write and two read; count."""
    create_ledger(where, actor=BOSS)
    start = time.monotonic()
    writers = [
        forked(lambda n=n: write_some(where, n * 10_000, entries))
        for n in range(processes)
    ]
    readers = [forked(lambda: read_on(where)) for _ in range(2)]
    failed = sum(os.waitpid(one, 0)[1] != 0 for one in writers)
    took = time.monotonic() - start
    for one in readers:
        os.kill(one, signal.SIGTERM)
    inconsistent = sum(os.waitpid(one, 0)[1] != 0 for one in readers)
    ledger = open_ledger(where, actor=BOSS)
    found = ledger.cases(CaseFilter(states=("to_check",)))
    faults = [str(one) for one in ledger.verify().faults]
    if failed:
        faults.append(f"{failed} writers failed")
    if inconsistent:
        faults.append(f"{inconsistent} readers saw half a transaction")
    if len(found) != processes * entries:
        faults.append(f"{len(found)} of {processes * entries} entries")
    return {"entries": len(found), "seconds": round(took, 1), "faults": faults}


def forked(what: Callable[[], None]) -> int:
    """Do something in a process of its own."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        what()
        status = 0
    except BaseException as error:  # noqa: BLE001 - the child ends here
        print(repr(error), file=sys.stderr)
    finally:
        os._exit(status)


def write_some(where: Place, start: int, entries: int) -> None:
    """Enter some cases, each in a transaction of its own."""
    ledger = open_ledger(where, actor=BOSS, busy_timeout_s=120)
    for number in range(start, start + entries):
        enter(ledger, number)


def read_on(where: Place) -> None:
    """Read until told to stop; whatever a snapshot shows must agree with itself."""
    going = [True]

    def stop(*_: object) -> None:
        going.clear()

    signal.signal(signal.SIGTERM, stop)
    ledger = open_ledger(where, actor=BOSS, busy_timeout_s=120)
    while going:
        with ledger.store.reading() as connection:
            seen = snapshot(connection)
        if len(set(seen)) != 1:
            msg = f"half a transaction: {seen}"
            raise AssertionError(msg)
        time.sleep(PAUSE)


def snapshot(connection: Connection) -> list[int]:
    """Return the number of entries, counted in five ways."""
    ask = lambda question: connection.execute(question).scalar() or 0  # noqa: E731
    count = func.count
    first = ask(select(count()).select_from(tables.cases))
    time.sleep(0.005)  # others write meanwhile
    return [
        first,
        ask(select(count()).select_from(tables.evidence)),
        ask(select(func.max(tables.counters.c.last))),
        (int(read_meta(connection)["head_seq"]) - 1) // 3,
        (ask(select(func.max(tables.events.c.seq))) - 1) // 3,
    ]


def place(text: str) -> Place:
    """Return where the ledger is to be made."""
    if not text.startswith("postgis:"):
        return Path(text)
    host = text.removeprefix("postgis:")
    login = {"host": host, "dbname": "postgres", "user": "postgres"}
    with psycopg.connect(**login, autocommit=True) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    schema = f"trial_{os.getpid()}"
    return Server(schema=schema, host=host, database="postgres", user="postgres")


def main(arguments: list[str]) -> int:
    """Run one trial; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trial", choices=("kill", "crowd"))
    parser.add_argument("place")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--entries", type=int, default=200)
    given = parser.parse_args(arguments)
    where = place(given.place)
    if given.trial == "kill":
        found = kill(where, kills=given.kills, seed=given.seed)
    else:
        found = crowd(where, processes=given.processes, entries=given.entries)
    print(json.dumps(found, ensure_ascii=False))
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
