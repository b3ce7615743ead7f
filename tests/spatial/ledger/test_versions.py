"""Ledgers of past versions open; a migration is made with its record or not at all."""

from __future__ import annotations

import gzip

import pytest
from house import ROOT
from ledger_life import BOSS, Clock, monitored
from sqlalchemy import text

from spatial.ledger import migrate_ledger, open_ledger, tables
from spatial.ledger.errors import LedgerVersionError, NotALedgerError
from spatial.ledger.ledger import stamp
from spatial.ledger.migrate import MIGRATIONS, Migration, migrate
from spatial.ledger.pending import read_meta

STORED = sorted((ROOT / "tests" / "golden").glob("ledger_v*.gpkg.gz"))
NEXT = tables.VERSION + 1


def told():
    clock = Clock("2026-07-01T00:00:00+00:00")
    return lambda: stamp(clock())


def add_column(connection):
    connection.execute(text("ALTER TABLE runs ADD COLUMN made_up TEXT"))


def fail(connection):
    add_column(connection)
    connection.execute(text("UPDATE counters SET last = last + 100"))
    msg = "half way"
    raise RuntimeError(msg)


def test_there_is_a_stored_ledger_of_every_version():
    assert [int(one.name[8:-8]) for one in STORED] == [
        one.version for one in MIGRATIONS
    ]


@pytest.mark.parametrize("stored", STORED, ids=lambda one: one.name)
def test_a_ledger_of_a_past_version_opens(stored, tmp_path):
    path = tmp_path / "old.gpkg"
    path.write_bytes(gzip.decompress(stored.read_bytes()))
    migrate_ledger(path, actor=BOSS)
    ledger = open_ledger(path, actor=BOSS)
    assert ledger.verify().faults == ()
    assert len(ledger.cases()) == 5
    with ledger.transaction() as writing:
        writing.open_case(monitored())
    assert ledger.verify().ok


def test_a_migration_leaves_its_record(ledger, monkeypatch):
    steps = (*MIGRATIONS, Migration(NEXT, "made_up", add_column))
    assert migrate(ledger.store, actor=BOSS, clock=told(), migrations=steps) == (NEXT,)
    assert migrate(ledger.store, actor=BOSS, clock=told(), migrations=steps) == ()
    with ledger.store.reading() as connection:
        rows = connection.execute(text("SELECT version, name FROM migrations"))
        assert [*map(tuple, rows)][-1] == (NEXT, "made_up")
        assert read_meta(connection)["schema_version"] == str(NEXT)
    assert ledger.verify().ok


def test_failing_migration_rolls_back(ledger):
    with ledger.transaction() as writing:
        writing.open_case(monitored())
    before = ledger.head()
    steps = (*MIGRATIONS, Migration(NEXT, "made_up", fail))
    with pytest.raises(RuntimeError, match="half way"):
        migrate(ledger.store, actor=BOSS, clock=told(), migrations=steps)
    assert ledger.head() == before
    assert ledger.verify().ok
    with ledger.store.reading() as connection:
        names = connection.execute(text("SELECT * FROM runs")).keys()
    assert "made_up" not in names


@pytest.mark.parametrize(
    ("version", "words"),
    [(NEXT, "newer ecoredline that made it"), (0, "then migrate it")],
)
def test_a_ledger_of_another_version_is_refused(ledger, place, version, words):
    with ledger.store.writing() as connection:
        asked = "UPDATE ledger_meta SET value = :v WHERE key = 'schema_version'"
        connection.execute(text(asked), {"v": str(version)})
    with pytest.raises(LedgerVersionError, match=words):
        open_ledger(place, actor=BOSS)
    with pytest.raises(LedgerVersionError, match=words), ledger.transaction():
        pass


def test_a_place_without_a_ledger_is_refused(ledger, place):
    with ledger.store.writing() as connection:
        connection.execute(text("DROP TABLE ledger_meta"))
    with pytest.raises(NotALedgerError, match="made by create_ledger"):
        open_ledger(place, actor=BOSS)
