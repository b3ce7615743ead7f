"""Version 1: the tables as `create_ledger` makes them; nothing to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def run(_: Connection) -> None:
    """Do nothing: there was no version before."""
