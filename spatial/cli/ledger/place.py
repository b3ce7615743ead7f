"""What every command of the ledger shares: where it lies, and who speaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from spatial.ledger import Ledger, Server

_SERVER = "postgis:"
_READER = "viewer"
day = click.DateTime(["%Y-%m-%d"])

where_argument = click.argument("where", metavar="LEDGER")


def writer_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add --name and --role: nothing is written without them."""
    role = click.option(
        "--role",
        required=True,
        envvar="REDLINE_ROLE",
        show_envvar=True,
        help="角色 / role: entry, inspector, case_officer, acceptor, supervisor, admin",
    )
    name = click.option(
        "--name",
        required=True,
        envvar="REDLINE_NAME",
        show_envvar=True,
        help="经办人 / who writes",
    )
    return name(role(command))


def reader_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add --name and --role for commands that only read."""
    role = click.option(
        "--role",
        default=_READER,
        envvar="REDLINE_ROLE",
        help="角色 / role of the reader",
    )
    name = click.option(
        "--name", default=_READER, envvar="REDLINE_NAME", help="查阅人 / who reads"
    )
    return name(role(command))


def place_of(where: str) -> Path | Server:
    """Return a file, or a schema of a server."""
    if not where.startswith(_SERVER):
        return Path(where)
    from spatial.ledger import Server

    service, _, schema = where.removeprefix(_SERVER).rpartition("/")
    return Server(schema=schema or "ledger", service=service or None)


def opened(where: str, name: str, role: str) -> Ledger:
    """Open a ledger for somebody."""
    from spatial.ledger import Actor, open_ledger

    return open_ledger(place_of(where), actor=Actor(name, role))


def day_or_today(given: dt.datetime | None, ledger: Ledger) -> dt.date:
    """Return the day that was given, or today in China."""
    return given.date() if given else ledger.today()
