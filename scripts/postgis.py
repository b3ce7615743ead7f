"""A PostgreSQL with PostGIS for tests and benchmarks: in a temporary folder, one's own.

    python scripts/postgis.py start            prints the folder of its socket
    python scripts/postgis.py stop FOLDER
    python scripts/postgis.py run -- COMMAND   with PGHOST, PGUSER, PGDATABASE set

It listens on a Unix socket alone, so it needs no free port and nobody else reaches it.
PostgreSQL refuses to run as root; root starts it as the user postgres (or nobody).
Debian: apt install postgresql-15 postgresql-15-postgis-3
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pwd

OWNER = "postgres"
PREFIX = "ecoredline-pg-"
PACKAGES = "postgresql-15 postgresql-15-postgis-3"
OPTIONS = (
    "listen_addresses=",  # the socket alone
    "fsync=off",  # it is thrown away: safety against power cuts costs seconds
    "full_page_writes=off",
    "max_connections=20",
    "shared_buffers=64MB",
)


def programs() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``, newest first; None without."""
    homes = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"),
        key=lambda one: int(one.parts[-3]),
        reverse=True,
    )
    found = [str(one) for one in homes] or [shutil.which("pg_ctl") or ""]
    return Path(found[0]).parent if found[0] else None


def missing() -> str:
    """Return why no server can be started here; the empty text when one can."""
    if os.name != "posix":
        return "the server of the tests wants Unix sockets"
    home = programs()
    if home is None or not (home / "pg_config").is_file():
        return f"no PostgreSQL here: apt install {PACKAGES}"
    said = subprocess.run(
        [home / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
    )
    if not (Path(said.stdout.strip()) / "extension" / "postgis.control").is_file():
        return f"no PostGIS here: apt install {PACKAGES}"
    if os.geteuid() == 0 and not (_user() and shutil.which("runuser")):
        return "PostgreSQL does not run as root, and there is nobody to run it as"
    return ""


def start() -> Path:
    """Start a server; return the folder that holds it, which is also its host."""
    home = programs()
    if home is None:
        raise SystemExit(missing())
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    if os.geteuid() == 0:
        user = _user()
        os.chown(folder, user.pw_uid, user.pw_gid)
    common = ("-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync", "--locale=C")
    _run(folder, home / "initdb", "-D", folder / "data", *common)
    options = " ".join(
        f"-c {one}" for one in (*OPTIONS, f"unix_socket_directories={folder}")
    )
    log = folder / "log.txt"
    call = ("-D", folder / "data", "-l", log, "-w", "-t", "120", "-o", options, "start")
    _run(folder, home / "pg_ctl", *call)
    return folder


def stop(folder: Path) -> None:
    """Stop a server and remove its folder; of another folder, nothing is removed."""
    if not (
        folder.name.startswith(PREFIX) and (folder / "data" / "PG_VERSION").exists()
    ):
        msg = f"{folder}: expected a folder that `start` has printed"
        raise SystemExit(msg)
    home = programs()
    if home is not None and (folder / "data" / "postmaster.pid").exists():
        _run(folder, home / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _user() -> pwd.struct_passwd | None:
    """Return whom root starts the server as."""
    import pwd  # noqa: PLC0415 - Windows has none, and only asks what is missing

    names = {one.pw_name: one for one in pwd.getpwall()}
    return names.get(OWNER) or names.get("nobody")


def _run(folder: Path, *call: str | Path) -> None:
    """Run a program of PostgreSQL, as somebody else where we are root."""
    words = [str(one) for one in call]
    if os.geteuid() == 0:
        words = ["runuser", "-u", _user().pw_name, "--", *words]
    # output into a file: the server that pg_ctl leaves behind would hold a pipe open
    with (folder / "said.txt").open("w+") as said:
        done = subprocess.run(
            words, cwd=folder, stdout=said, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            said.seek(0)
            msg = f"{words}: {said.read()}"
            raise SystemExit(msg)


def main(arguments: list[str]) -> int:
    """Do what the first argument says."""
    match arguments:
        case ["start"]:
            print(start())
        case ["stop", folder]:
            stop(Path(folder))
        case ["run", "--", *command] if command:
            folder = start()
            try:
                given = {"PGHOST": str(folder), "PGUSER": OWNER, "PGDATABASE": OWNER}
                environment = {**os.environ, **given}
                return subprocess.run(command, env=environment, check=False).returncode
            finally:
                stop(folder)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
