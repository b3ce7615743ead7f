"""``redline ledger``: cases, from clue to struck off, with a history that holds."""

from __future__ import annotations

import click

from spatial.cli.ledger.entering import add, create, template
from spatial.cli.ledger.exporting import export
from spatial.cli.ledger.figures import check, due, period, stats, units
from spatial.cli.ledger.keeping import migrate, verify
from spatial.cli.ledger.lots import draw
from spatial.cli.ledger.reading import list_cases
from spatial.cli.ledger.regrouping import image, merge, rematch, split
from spatial.cli.ledger.showing import show
from spatial.cli.ledger.writing import amend, answer, attach, move, transfer

__all__ = ["ledger"]


@click.group()
def ledger() -> None:
    """问题台账 / the ledger of cases, from clue to struck off.

    LEDGER is a GeoPackage file, or ``postgis:SCHEMA`` (``postgis:SERVICE/SCHEMA``) on
    a server; how to reach it is libpq's own business (PGHOST, PGSERVICE, .pgpass).
    Who writes is said with --name and --role, or in REDLINE_NAME and REDLINE_ROLE.

    \b
    例 / example:
      redline ledger create ledger.gpkg
      redline ledger add ledger.gpkg out/
    """


for _command in (
    *(create, template, add, list_cases, show, move, amend, attach, transfer, answer),
    *(merge, split, rematch, image, stats, period, due, check, units, export, draw),
    *(verify, migrate),
):
    ledger.add_command(_command)
