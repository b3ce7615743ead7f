"""What a store cannot do is told in plain words, and nothing is lost by it."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from house import ROOT
from ledger_life import BOSS, Clock, live, monitored, proof

from layers.errors import SourceNotFoundError, ToolkitError
from spatial.ledger import Actor, Server, create_ledger, open_ledger
from spatial.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    LedgerLockedError,
    LedgerReadOnlyError,
    NotALedgerError,
    RoleError,
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "office" / "ledger.gpkg"
    path.parent.mkdir()
    live(create_ledger(path, actor=BOSS, clock=Clock()))
    return path


def test_a_name_that_was_mistyped_makes_no_file(tmp_path):
    with pytest.raises(SourceNotFoundError, match="create_ledger"):
        open_ledger(tmp_path / "leger.gpkg", actor=BOSS)
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_is_not_made_over_another(place, ledger):
    with pytest.raises(NotALedgerError, match="got one"):
        create_ledger(place, actor=BOSS)
    assert ledger.verify().ok


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(LedgerReadOnlyError, match="choose another folder"):
        create_ledger(tmp_path / "nowhere" / "l.gpkg", actor=BOSS)


@pytest.mark.parametrize(
    "content", [b"", b"site_id,lon,lat\n1,2,3\n" * 100], ids=["empty", "csv"]
)
def test_something_else_is_no_ledger(tmp_path, content):
    path = tmp_path / "other.gpkg"
    path.write_bytes(content)
    with pytest.raises(NotALedgerError, match="expected a ledger"):
        open_ledger(path, actor=BOSS)
    assert path.read_bytes() == content


def test_half_a_file_is_damaged(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 // 4096 * 4096])
    with pytest.raises(LedgerDamagedError, match="go back to the last copy"):
        open_ledger(path, actor=BOSS).cases()


def test_a_role_that_nobody_knows(path):
    with pytest.raises(RoleError, match="viewer, entry"):
        open_ledger(path, actor=Actor("甲（虚构）", "king"))


def test_another_program_that_holds_the_file(path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ledger = open_ledger(path, actor=BOSS, busy_timeout_s=0.1)
    with pytest.raises(LedgerLockedError, match="network drive"), ledger.transaction():
        pass
    assert len(ledger.cases()) == 5  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    with ledger.transaction() as writing:
        writing.open_case(monitored())
    assert len(ledger.cases()) == 6


def test_a_file_that_qgis_has_switched_to_wal(path):
    """QGIS does so while it is open, and back when it is closed."""
    other = sqlite3.connect(path, isolation_level=None)
    assert other.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    other.execute("SELECT count(*) FROM cases").fetchone()
    ledger = open_ledger(path, actor=BOSS)
    with ledger.transaction() as writing:
        writing.open_case(monitored())
    assert other.execute("SELECT count(*) FROM cases").fetchone() == (7,)
    assert other.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    other.close()
    assert ledger.verify().ok
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.postgis
def test_another_program_that_holds_the_schema(ledger_server):
    server = Server(
        schema="held", host=ledger_server.host, database="postgres", user="postgres"
    )
    ledger = create_ledger(server, actor=BOSS, busy_timeout_s=0.1)
    with (
        ledger.transaction(),
        pytest.raises(LedgerLockedError, match="pg_stat_activity"),
        ledger.transaction(),
    ):
        pass


@pytest.mark.postgis
def test_a_server_that_does_not_answer_is_not_named(tmp_path):
    server = Server(host=str(tmp_path / "Geheim-7x"), user="postgres")
    with pytest.raises(LedgerError, match="a server that answers") as caught:
        open_ledger(server, actor=BOSS)
    assert "Geheim" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_full_disk(path):
    """SQLite says that the disk is full when the pages that it may use run out."""
    ledger = open_ledger(path, actor=BOSS)
    before, size = ledger.head(), path.stat().st_size
    with (  # noqa: PT012
        pytest.raises(LedgerFullError, match="make room"),
        ledger.transaction() as writing,
    ):
        pages = size // 4096
        writing.pending.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        case = writing.open_case(monitored())
        writing.attach(case, proof("photo", "x" * 100_000))
    assert ledger.head() == before
    assert ledger.verify().ok


LIMITED = """
import resource, sys
from ledger_life import BOSS, monitored, proof
from spatial.ledger import open_ledger
from spatial.ledger.errors import LedgerError
ledger = open_ledger(sys.argv[1], actor=BOSS)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with ledger.transaction() as writing:
        case = writing.open_case(monitored())
        writing.attach(case, proof("photo", "x" * 1_000_000))
except LedgerError as error:
    print(type(error).__name__, error)
"""


def child(program, *words, **other):
    env_path = [str(ROOT), str(ROOT / "tests" / "support")]
    code = f"import sys; sys.path[:0] = {env_path}\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=False,
        **other,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_drive_that_fails_while_writing(path):
    """The system refuses a file that grows: nothing of the entry is there."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    ledger = open_ledger(path, actor=BOSS)
    before = ledger.head()
    said = child(LIMITED, str(path), str(path.stat().st_size + 50_000))
    assert said.startswith(("LedgerDamagedError", "LedgerFullError")), said
    assert "nothing of" in said
    assert ledger.head() == before
    assert ledger.verify().ok


@pytest.fixture
def shared_folder():
    """A folder that everybody may enter; pytest keeps its own to itself."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


READER = """
import os, sys
from ledger_life import BOSS, monitored
from spatial.ledger import open_ledger
from spatial.ledger.errors import LedgerReadOnlyError
if os.geteuid() == 0:
    ledger = open_ledger(sys.argv[1], actor=BOSS)
    with ledger.transaction():  # every module is there before we are nobody
        ledger.cases()
    os.setgid(65534)
    os.setuid(65534)
ledger = open_ledger(sys.argv[1], actor=BOSS)
print(len(ledger.cases()))
try:
    with ledger.transaction() as writing:
        writing.open_case(monitored())
except LedgerReadOnlyError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_place_can_be_read(shared_folder, what):
    path = shared_folder / "ledger.gpkg"
    live(create_ledger(path, actor=BOSS, clock=Clock()))
    path.chmod(0o444 if what == "file" else 0o666)
    path.parent.chmod(0o777 if what == "file" else 0o555)
    try:
        count, said = child(READER, str(path)).splitlines()
    finally:
        path.parent.chmod(0o755)
    assert count == "5"
    assert "reading works where it is" in said or "permissions of the folder" in said
    assert open_ledger(path, actor=BOSS).verify().ok


def test_every_error_is_one_that_the_command_line_prints():
    from spatial.ledger import errors

    classes = [one for one in vars(errors).values() if isinstance(one, type)]
    assert all(issubclass(one, ToolkitError) for one in classes)
