"""The roles of PostgreSQL in docs/ledger.md do what the page says."""

from __future__ import annotations

import re

import psycopg
import pytest
from house import ROOT
from ledger_life import BOSS, Clock, live, monitored

from spatial.ledger import Person, Server, create_ledger, open_ledger
from spatial.ledger.errors import LedgerReadOnlyError

pytestmark = pytest.mark.postgis
PAGE = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
ROLES = {
    "reader": ["ledger_reader"],
    "writer": ["ledger_writer"],
    "clerk": ["ledger_writer", "ledger_private"],
}


@pytest.fixture(scope="module")
def logins(ledger_server):
    given = {"host": ledger_server.host, "database": "postgres", "schema": "ledger"}
    live(create_ledger(Server(user="postgres", **given), actor=BOSS, clock=Clock()))
    (sql,) = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)
    ledger_server.run(sql)
    for name, roles in ROLES.items():
        ledger_server.run(f"CREATE ROLE {name} LOGIN IN ROLE {', '.join(roles)}")
    return {name: Server(user=name, **given) for name in ROLES}


@pytest.fixture
def connect(ledger_server):
    opened = []

    def connected(user):
        opened.append(
            psycopg.connect(
                host=ledger_server.host, dbname="postgres", user=user, autocommit=True
            )
        )
        return opened[-1]

    yield connected
    for one in opened:
        one.close()


def enter(server, **other):
    with open_ledger(server, actor=BOSS).transaction() as writing:
        return writing.open_case(monitored(**other))


def test_a_reader_reads_and_does_not_write(logins):
    ledger = open_ledger(logins["reader"], actor=BOSS)
    assert len(ledger.cases()) >= 5
    assert ledger.case("2026-150624-000001").state == "reopened"
    with pytest.raises(LedgerReadOnlyError, match="role of a writer"):
        enter(logins["reader"])


def test_a_writer_makes_every_entry_but_a_reporter(logins, connect):
    case = enter(logins["writer"])
    ledger = open_ledger(logins["writer"], actor=BOSS, clock=Clock())
    with ledger.transaction() as writing:
        writing.move(case, "take")
        writing.merge(enter_in(writing), case, why="同一处")
    with pytest.raises(LedgerReadOnlyError, match="role of a writer"):
        enter(logins["writer"], reporter=Person("某人（虚构）"))
    with pytest.raises(LedgerReadOnlyError, match="role of a writer"):
        ledger.verify()


def enter_in(writing):
    return writing.open_case(monitored())


def test_a_clerk_enters_reporters_and_verifies(logins):
    ledger = open_ledger(logins["clerk"], actor=BOSS, clock=Clock())
    with ledger.transaction() as writing:
        case = writing.open_case(monitored(reporter=Person("某人（虚构）")))
    assert ledger.persons(case) == (Person("某人（虚构）"),)
    with ledger.transaction() as writing:
        writing.erase(case, why="申请删除")
    assert ledger.verify().faults == ()


@pytest.mark.parametrize("user", ROLES)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger.events SET why = ''",
        "DELETE FROM ledger.events",
        "TRUNCATE ledger.events",
        "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_no_change ON ledger.events",
        "UPDATE ledger.evidence SET sha256 = ''",
        "UPDATE ledger.contents SET bytes = ''",
    ],
)
def test_nobody_touches_events_and_evidence(logins, connect, user, sql):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission|owner"):
        connect(user).execute(sql)


@pytest.mark.parametrize("user", ["reader", "writer"])
def test_reporters_are_not_for_everybody(logins, connect, user):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="persons"):
        connect(user).execute("SELECT * FROM ledger.persons")
