"""Every test of the ledger runs on both stores."""

from __future__ import annotations

import itertools

import pytest
from ledger_life import BOSS, Clock
from postgis_server import Base, running

from spatial.ledger import Server, create_ledger

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def ledger_server():
    with running() as host:
        base = Base(host, "postgres")
        yield base
        base.db.close()


@pytest.fixture(params=["gpkg", pytest.param("postgis", marks=pytest.mark.postgis)])
def place(request, tmp_path):
    """Where a new ledger can be made."""
    if request.param == "gpkg":
        return tmp_path / "ledger.gpkg"
    base = request.getfixturevalue("ledger_server")
    return Server(
        schema=f"台账_{next(_numbers)}",
        host=base.host,
        database="postgres",
        user="postgres",
    )


@pytest.fixture
def ledger(place):
    """A new ledger."""
    return create_ledger(place, actor=BOSS, clock=Clock())
