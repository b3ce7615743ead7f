"""``redline ledger create``, ``template`` and ``add``: how cases come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spatial.cli.ledger.place import opened, place_of, where_argument, writer_options
from spatial.cli.reading_options import reading_options, stated
from spatial.cli.terminal import (
    lang_option,
    language,
    plain,
    progress,
    remark,
    say,
    table,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt

    from spatial.ledger.entering import Entered
    from spatial.ledger.run_folder import Images
    from spatial.ledger.sources import Listing

_ORIGINS = ("inspection", "report_12369", "drone", "field", "inspectorate", "other")
_PATH = click.Path(path_type=Path)
_SHOWN = 60


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
@click.option("--before", type=_PATH, help="前一期影像 / earlier image of the run")
@click.option("--after", type=_PATH, help="后一期影像 / later image of the run")
@reading_options
@writer_options
@lang_option
def add(
    where: str,
    source: Path,
    *,
    origin: str | None,
    reviews: tuple[Path, ...],
    before: Path | None,
    after: Path | None,
    crs: str | None,
    datum_shift: str | None,
    datum_region: str | None,
    encoding: str | None,
    name: str,
    role: str,
) -> None:
    """录入监测成果或线索清单 / enter a monitoring run or a list of problems.

    SOURCE is a folder that `redline monitor` wrote, or a file of points or patches
    with attributes (see `redline ledger template`). What is known already is not
    entered as new; entering a run twice changes nothing. The images of a run are
    looked for where its manifest tells; without them absence says less.

    \b
    例 / example:
      redline ledger add ledger.gpkg out/
      redline ledger add ledger.gpkg calls.xlsx --origin report_12369
    """
    from spatial.ledger.batches import enter_listing, enter_run

    ledger = opened(where, name, role)
    progress("ledger.cli.entering", source=str(source))
    if source.is_dir():
        pair = _images(source, before, after)
        done = enter_run(ledger, source, images=pair, reviews=reviews, lang=language())
    else:
        from spatial.ledger.sources import read_listing

        listing = read_listing(
            source,
            origin=origin,
            on=ledger.today(),
            encoding=encoding,
            **stated(crs, datum_shift, datum_region),
        )
        _print_refused(listing)
        done = enter_listing(ledger, listing, reviews=reviews, lang=language())
    _print_done(done)
    say("ledger.cli.head", head=str(ledger.head()))


def _images(folder: Path, before: Path | None, after: Path | None) -> Images | None:
    """Return the images of a run, or None and a remark where they are not at hand."""
    from layers.errors import ToolkitError
    from layers.raster import read_raster
    from spatial.rerun.places import found

    try:
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        call = told.get("call") or {}
    except (OSError, ValueError):
        return None  # the folder is refused where it is read
    try:
        one, two = (
            found(call.get(name), folder, given, option=f"--{name}")
            for name, given in (("before", before), ("after", after))
        )
        bands, sensor = call.get("bands"), call.get("sensor")
        day = _day(call, "before"), _day(call, "after")
        return (
            read_raster(one, bands=bands, sensor=sensor, date=day[0]),
            read_raster(two, bands=bands, sensor=sensor, date=day[1]),
        )
    except ToolkitError as error:
        if before is not None or after is not None:
            raise
        remark("ledger.cli.no_images", why=str(error))
        return None


def _day(call: dict[str, Any], name: str) -> dt.date | None:
    import datetime as dt

    day = call.get(f"date_{name}")
    return dt.date.fromisoformat(day) if day else None


def _print_refused(listing: Listing) -> None:
    """Print the rows that were set aside with their reasons, and unknown headings."""
    for one in listing.refused:
        why = TEXTS.render(one.why, language())
        clue = plain(one.clue_id)
        remark("ledger.cli.refused", row=one.row + 1, clue=clue, why=why)
    if listing.not_taken:
        remark("ledger.cli.not_taken", names=plain("、".join(listing.not_taken)))


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
    for name, count in sorted(done.unseen["relation"].value_counts().to_dict().items()):
        word = TEXTS.say(f"ledger.cli.unseen.{name}", lang=lang)
        say("ledger.cli.unseen", count=int(count), word=word)


def _relation(relation: str) -> str:
    """Return the word for how a clue relates to a case."""
    return TEXTS.say(f"ledger.relation.{relation}", lang=language())
