"""``redline ledger create``, ``template`` and ``add``: how cases come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.ledger.place import opened, place_of, where_argument, writer_options
from spatial.cli.terminal import lang_option, language, progress, say, table
from spatial.text import TEXTS

if TYPE_CHECKING:
    from spatial.ledger import Ledger
    from spatial.ledger.entering import Entered
    from spatial.ledger.run_folder import Images
    from spatial.ledger.sources import Listing

_ORIGINS = ("inspection", "report_12369", "drone", "field", "inspectorate", "other")
_SHOWN = 60
_MANIFEST = "manifest.json"


@click.command()
@where_argument
@writer_options
@lang_option
def create(where: str, *, name: str, role: str) -> None:
    """新建台账 / make an empty ledger.

    \b
    例 / example:
      redline ledger create ledger.gpkg
    """
    from spatial.ledger import Actor, create_ledger

    made = create_ledger(place_of(where), actor=Actor(name, role))
    say("ledger.cli.created", where=where, head=str(made.head()))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@lang_option
def template(file: Path) -> None:
    """写出空白线索表 / write an empty form for lists of problems (.xlsx or .csv).

    \b
    例 / example:
      redline ledger template problems.xlsx
    """
    from spatial.ledger.template import write_template

    say("cli.results", folder=str(write_template(file, lang=language())))


@click.command()
@where_argument
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--origin",
    type=click.Choice(_ORIGINS),
    help="线索来源，表中未写时用 / origin of rows that do not say",
)
@click.option(
    "--review",
    "reviews",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="以往选址审查的成果文件夹，可重复 / folder of an earlier siting review",
)
@click.option(
    "--images",
    type=(click.Path(exists=True, path_type=Path),) * 2,
    help="该次监测的两期影像 / the two images of the run, so that absence means more",
)
@click.option("--crs", help="清单坐标系 / reference system of the list")
@writer_options
@lang_option
def add(
    where: str,
    source: Path,
    *,
    origin: str | None,
    reviews: tuple[Path, ...],
    images: tuple[Path, Path] | None,
    crs: str | None,
    name: str,
    role: str,
) -> None:
    """录入监测成果或线索清单 / enter a monitoring run or a list of problems.

    SOURCE is a folder that `redline monitor` wrote, or a file of points or patches
    with attributes (see `redline ledger template`). What is known already is not
    entered as new; entering a run twice changes nothing.

    \b
    例 / example:
      redline ledger add ledger.gpkg out/
      redline ledger add ledger.gpkg calls.xlsx --origin report_12369
    """
    from spatial.ledger.batches import enter_listing, enter_run

    ledger = opened(where, name, role)
    progress("ledger.cli.entering", source=str(source))
    if source.is_dir():
        pair = _images(images)
        done = enter_run(ledger, source, images=pair, reviews=reviews, lang=language())
    else:
        listing = _listing(source, origin, crs, ledger)
        _print_refused(listing)
        done = enter_listing(ledger, listing, reviews=reviews, lang=language())
    _print_done(done)
    say("ledger.cli.head", head=str(ledger.head()))


def _images(images: tuple[Path, Path] | None) -> Images | None:
    """Return the two images of a run, opened."""
    if images is None:
        return None
    from layers import read_raster

    before, after = images
    return read_raster(before), read_raster(after)


def _listing(
    source: Path, origin: str | None, crs: str | None, ledger: Ledger
) -> Listing:
    """Read a list of problems."""
    from spatial.ledger.sources import read_listing

    return read_listing(source, origin=origin, on=ledger.today(), crs=crs)


def _print_refused(listing: Listing) -> None:
    """Print the rows that were set aside, with their reasons."""
    lang = language()
    rows = [
        (one.row, one.clue_id, TEXTS.render(one.why, lang)) for one in listing.refused
    ]
    if rows:
        table(("ledger_row", "ledger_clue", "why"), rows[:_SHOWN])
        say("ledger.cli.refused", count=len(rows))


def _print_done(done: Entered) -> None:
    """Print what entering did."""
    lang = language()
    if done.was_entered:
        say("ledger.cli.known_run", run_id=done.run_id)
        return
    rows = [
        *((clue, case, _relation("new"), "") for clue, case in done.opened.items()),
        *(
            (
                one["clue_id"],
                one["case_id"],
                _relation(one["relation"]),
                TEXTS.render(one["why"], lang),
            )
            for one in done.seen.to_dict("records")
        ),
    ]
    if rows:
        heads = ("ledger_clue", "ledger_case", "ledger_relation", "why")
        table(heads, sorted(rows, key=lambda row: (row[1], row[0]))[:_SHOWN])
    if len(rows) > _SHOWN:
        say("ledger.cli.more", count=len(rows) - _SHOWN)
    say(
        "ledger.cli.entered",
        opened=len(done.opened),
        seen=len(done.seen),
        unseen=len(done.unseen),
        reopened=len(done.reopened),
        conflicts=len(done.conflicts),
        skipped=done.skipped,
    )


def _relation(relation: str) -> str:
    """Return the word for how a clue relates to a case."""
    return TEXTS.say(f"ledger.relation.{relation}", lang=language())
