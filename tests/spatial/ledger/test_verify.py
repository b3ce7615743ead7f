"""Whatever is edited is found."""
# ruff: noqa: S608 - the names of tables and columns are those of the ledger

from __future__ import annotations

import random
import shutil
import sqlite3

import pytest
from ledger_life import BOSS, Clock, live
from sqlalchemy import text

from spatial.ledger import create_ledger, open_ledger
from spatial.ledger.geopackage import GeoPackageStore
from spatial.ledger.verify import verify

EDITS = 200


def test_a_ledger_in_which_everything_happened_is_sound(ledger):
    live(ledger)
    found = ledger.verify()
    assert found.faults == ()
    assert found.head == str(ledger.head())
    assert ledger.verify(head=found.head).ok


def test_the_same_entries_give_the_same_cases_in_both_stores(ledger, tmp_path):
    live(ledger)
    other = create_ledger(tmp_path / "other.gpkg", actor=BOSS, clock=Clock())
    live(other)
    columns = [one for one in ledger.cases().columns if one != "geometry"]
    assert ledger.cases()[columns].equals(other.cases()[columns])
    assert list(ledger.cases().geometry) == list(other.cases().geometry)


def test_events_cannot_be_changed_by_sql(ledger):
    live(ledger)
    for sql in ("UPDATE events SET why = 'x'", "DELETE FROM events WHERE seq = 3"):
        with (
            pytest.raises(Exception, match="events are never"),
            ledger.store.writing() as connection,
        ):
            connection.execute(text(sql))
    assert ledger.verify().ok


def test_a_tail_cut_off_is_found_by_who_kept_the_head(ledger):
    live(ledger)
    kept = str(ledger.head())
    assert not ledger.verify(head="9999:" + "0" * 64).ok
    assert not ledger.verify(head=kept[:-1] + "0" + "x").ok
    with ledger.transaction() as writing:
        writing.amend("2026-150624-000001", "title", "后来", why="更正")
    assert ledger.verify(head=kept).ok


# -- two hundred edits ---------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    path = tmp_path_factory.mktemp("lived") / "ledger.gpkg"
    live(create_ledger(path, actor=BOSS, clock=Clock()))
    return path


TABLES = (
    *("events", "cases", "grounds", "sightings", "evidence", "links", "conflicts"),
    *("runs", "contents", "persons", "counters", "migrations", "ledger_meta"),
)


class Tamperer:
    """Edits a ledger as somebody would who knows SQL, guards taken off and put back."""

    def __init__(self, path, seed):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute("BEGIN")
        self.random = random.Random(seed)  # noqa: S311 - repeated, not secret
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        self.triggers = self.db.execute(asked).fetchall()
        for name, _ in self.triggers:
            self.db.execute(f"DROP TRIGGER {name}")

    def done(self):
        for _, sql in self.triggers:
            self.db.execute(sql)
        self.db.execute("COMMIT")
        self.db.close()

    def table(self):
        """Return a table that has rows; half of the time, the events."""
        if self.random.random() < 0.5:
            return "events"
        filled = [one for one in TABLES if self.count(one)]
        return self.random.choice(filled)

    def count(self, table):
        return self.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    def row(self, table):
        rows = self.db.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()
        return self.random.choice(rows)[0]

    def change(self):
        """Change one value of one row."""
        table = self.table()
        columns = [one[1] for one in self.db.execute(f"PRAGMA table_info({table})")]
        column, row = self.random.choice(columns), self.row(table)
        asked = f'SELECT "{column}" FROM {table} WHERE rowid = ?'
        old = self.db.execute(asked, (row,)).fetchone()[0]
        sql = f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?'
        self.db.execute(sql, (self.other(old), row))
        return f"{table}.{column} of row {row}: {old!r}"

    def other(self, old):
        match old:
            case None:
                return "x"
            case int():
                return old + self.random.choice([1, 1000])
            case float():
                return old + 0.001
            case bytes():
                place = self.random.randrange(len(old))
                return old[:place] + bytes([old[place] ^ 1]) + old[place + 1 :]
            case "":
                return "x"
        place = self.random.randrange(len(old))
        return old[:place] + ("0" if old[place] != "0" else "1") + old[place + 1 :]

    def delete(self):
        """Remove one row."""
        table = self.table()
        row = self.row(table)
        self.db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
        return f"{table}, row {row}"

    def swap(self):
        """Let two events change places, numbers and hashes made to look right."""
        one, two = self.random.sample(range(1, self.count("events") + 1), 2)
        sql = "UPDATE events SET seq = ? WHERE seq = ?"
        for values in ((-1, one), (one, two), (two, -1)):
            self.db.execute(sql, values)
        return f"events {one} and {two}"

    def insert(self):
        """Put a copy of an event at the end."""
        last = self.count("events")
        row = self.random.randint(1, last)
        self.db.execute(
            "INSERT INTO events SELECT ?, case_id, at, actor, role, kind, from_state,"
            " to_state, why, payload, prev_hash, hash FROM events WHERE seq = ?",
            (last + 1, row),
        )
        return f"event {row} again"

    def cut(self):
        """Cut the last events off, the head as it is."""
        last = self.count("events")
        start = self.random.randint(2, last)
        self.db.execute("DELETE FROM events WHERE seq >= ?", (start,))
        return f"events from {start}"

    def rehash(self):
        """Give an event another hash."""
        row = self.random.randint(1, self.count("events"))
        value = f"{self.random.getrandbits(256):064x}"
        self.db.execute("UPDATE events SET hash = ? WHERE seq = ?", (value, row))
        return f"hash of event {row}"


KINDS = ("change", "change", "change", "delete", "swap", "insert", "cut", "rehash")


@pytest.mark.parametrize("seed", range(EDITS))
def test_an_edit_is_found(lived, tmp_path, seed):
    path = tmp_path / "edited.gpkg"
    shutil.copy(lived, path)
    tamperer = Tamperer(path, seed)
    kind = KINDS[seed % len(KINDS)]
    what = getattr(tamperer, kind)()
    tamperer.done()
    # not by open_ledger: a ledger whose version was edited does not open
    found = verify(GeoPackageStore(path))
    assert not found.ok, f"{kind}: {what}"
    print(kind, what, found.faults[0], sep=" | ")


def test_the_first_edited_event_is_named(lived, tmp_path):
    path = tmp_path / "edited.gpkg"
    shutil.copy(lived, path)
    tamperer = Tamperer(path, 0)
    tamperer.db.execute("UPDATE events SET why = 'x' WHERE seq IN (7, 9)")
    tamperer.done()
    found = open_ledger(path, actor=BOSS).verify()
    assert str(found.faults[0]).startswith("event 7: it was changed")


def test_a_guard_taken_off_is_told(lived, tmp_path):
    path = tmp_path / "edited.gpkg"
    shutil.copy(lived, path)
    tamperer = Tamperer(path, 0)  # takes them off
    tamperer.triggers = []
    tamperer.done()
    found = open_ledger(path, actor=BOSS).verify()
    told = [one.what for one in found.faults]
    assert "the trigger events_no_update is missing" in told
