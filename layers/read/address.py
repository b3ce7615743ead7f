"""Addresses of databases, taken for files: refused before anything repeats them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = re.compile(r"\s*(postgres(ql)?|postgis|pg):", re.IGNORECASE)
CONNECTION = re.compile(r"\bpassword\s*=", re.IGNORECASE)


def is_address(source: Path | str) -> bool:
    """Whether a source is the address of a database; it may hold a password."""
    text = str(source)
    return bool(ADDRESS.match(text) or CONNECTION.search(text))


def need_file(source: Path | str) -> None:
    """Refuse the address of a database where a file is meant, without repeating it.

    Raises
    ------
    InputRefusedError
        It is one.
    """
    if is_address(source):
        raise InputRefusedError(
            source="<database>",
            expected="a file",
            got="the address of a database",
            todo="use layers.read_postgis, or postgis: in workspace.yaml",
        )
