"""``redline ledger``: what goes into a ledger, and the draws and notes around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spatial.cli.reading_options import reading_options, stated
from spatial.cli.terminal import lang_option, language, plain, remark, say

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from spatial.ledger import Case
    from spatial.ledger.draw import About
    from spatial.ledger.entering import Entered
    from spatial.ledger.run_folder import Images

_PATH = click.Path(path_type=Path)
_SHOWN = 20
ROLES = (
    *("viewer", "entry", "inspector", "case_officer"),
    *("acceptor", "supervisor", "admin"),
)
ORIGINS = ("inspection", "report_12369", "drone", "field", "inspectorate", "other")
_WHO = (
    click.option(
        "-l", "--ledger", "where", type=_PATH, required=True,
        help="台账文件 / file of the ledger",
    ),
    click.option("--actor", required=True, help="操作人 / who writes"),
    click.option(
        "--role", type=click.Choice(ROLES), required=True, help="角色 / as what",
    ),
)  # fmt: skip


def who_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which ledger, who, and as what."""
    for option in reversed(_WHO):
        command = option(command)
    return command


@click.group()
def ledger() -> None:
    """问题台账 / the ledger of cases: what goes into it, and how it is matched.

    \b
    例 / example:
      redline ledger enter out/ -l ledger.gpkg --actor 张三 --role entry
    """


@ledger.command()
@who_options
@lang_option
def create(*, where: Path, actor: str, role: str) -> None:
    """新建空台账 / make an empty ledger.

    \b
    例 / example:
      redline ledger create -l ledger.gpkg --actor 张三 --role admin
    """
    from spatial.ledger import Actor, create_ledger

    made = create_ledger(where, actor=Actor(actor, role))
    say("ledger.cli.created", path=str(where), head=str(made.head()))


@ledger.command()
@click.argument("source", type=_PATH)
@who_options
@click.option(
    "--review",
    "reviews",
    type=_PATH,
    multiple=True,
    help="以往选址审查的结果文件夹 / folder of an earlier siting review",
)
@click.option("--before", type=_PATH, help="前一期影像 / earlier image of the run")
@click.option("--after", type=_PATH, help="后一期影像 / later image of the run")
@click.option(
    "--origin",
    type=click.Choice(ORIGINS),
    help="清单各行未填时的线索来源 / origin of rows that do not say",
)
@reading_options
@lang_option
def enter(
    *,
    source: Path,
    where: Path,
    actor: str,
    role: str,
    reviews: tuple[Path, ...],
    before: Path | None,
    after: Path | None,
    origin: str | None,
    crs: str | None,
    datum_shift: str | None,
    datum_region: str | None,
    encoding: str | None,
) -> None:
    """录入监测结果或线索清单 / enter a monitoring run or a list of problems.

    SOURCE is a folder that redline monitor wrote, or a file: see redline ledger
    template. Clues on the ground of known cases join them, a closed case on whose
    ground something changed opens again, and the rest become cases. Entering the same
    twice changes nothing. The images of a run are looked for where its manifest tells;
    without them absence says less.

    \b
    例 / example:
      redline ledger enter out/ -l ledger.gpkg --actor 张三 --role entry
      redline ledger enter 举报.csv -l ledger.gpkg --actor 张三 --role entry
    """
    from spatial.ledger import Actor, open_ledger
    from spatial.ledger.batches import enter_listing, enter_run

    book = open_ledger(where, actor=Actor(actor, role))
    if source.is_dir():
        images = _images(source, before, after)
        done = enter_run(book, source, images=images, reviews=reviews, lang=language())
    else:
        from spatial.ledger.sources import read_listing

        listing = read_listing(
            source,
            origin=origin,
            on=book.today(),
            encoding=encoding,
            **stated(crs, datum_shift, datum_region),
        )
        _print_refused(listing)
        done = enter_listing(book, listing, reviews=reviews, lang=language())
    _print_entered(done)
    say("ledger.cli.head", head=str(book.head()))


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


def _print_refused(listing: Any) -> None:  # noqa: ANN401  a Listing
    """Print the rows that were set aside, and headings that mean nothing."""
    from spatial.text import TEXTS

    for one in listing.refused:
        why = TEXTS.render(one.why, language())
        remark("ledger.cli.refused", row=one.row + 1, clue=plain(one.clue_id), why=why)
    if listing.not_taken:
        remark("ledger.cli.not_taken", names=plain("、".join(listing.not_taken)))


def _print_entered(done: Entered) -> None:
    """Print what entering did."""
    from spatial.text import TEXTS

    lang = language()
    if done.was_entered:
        say("ledger.cli.was_entered", run=plain(done.run_id), count=done.skipped)
        return
    known = done.seen[done.seen["relation"] != "neighbour"]
    say(
        "ledger.cli.entered",
        run=plain(done.run_id),
        opened=len(set(done.opened.values())),
        seen=int(known["clue_id"].nunique()),
        reopened=len(done.reopened),
        conflicts=len(done.conflicts),
        skipped=done.skipped,
    )
    for clue, why in list(known[["clue_id", "why"]].itertuples(index=False))[:_SHOWN]:
        click.echo(f"  {plain(clue)}: {plain(TEXTS.render(why, lang))}")
    if len(known) > _SHOWN:
        say("ledger.cli.more", count=len(known) - _SHOWN)
    for name, count in sorted(done.unseen["relation"].value_counts().to_dict().items()):
        word = TEXTS.say(f"ledger.cli.unseen.{name}", lang=lang)
        say("ledger.cli.unseen", count=int(count), word=word)


@ledger.command()
@click.argument("out", type=_PATH)
@lang_option
def template(*, out: Path) -> None:
    """写出线索清单模板 / write the form for a list of problems (.csv or .xlsx).

    \b
    例 / example:
      redline ledger template 线索.xlsx
    """
    from spatial.ledger.template import write_template

    say("ledger.cli.written", path=str(write_template(out, lang=language())))


@ledger.command()
@click.argument("objects", type=_PATH)
@click.argument("inspectors", type=_PATH)
@click.option("--seed", required=True, help="事先公布的随机数 / announced before")
@click.option(
    "--count",
    type=click.IntRange(min=0),
    required=True,
    help="随机抽取的对象数 / objects drawn at random; key objects come on top",
)
@click.option(
    "--about",
    type=click.Choice(("general", "redline")),
    default="general",
    show_default=True,
    help="检查内容；红线类检查不因正面清单降低权重 / what the checks are about",
)
@click.option("-o", "--out", type=_PATH, required=True, help="抽取记录 / the record")
@lang_option
def draw(
    *,
    objects: Path,
    inspectors: Path,
    seed: str,
    count: int,
    about: About,
    out: Path,
) -> None:
    """双随机抽取 / draw objects and inspectors at random, to be drawn again by anyone.

    OBJECTS and INSPECTORS are tables (.csv, .xlsx). The same tables and seed give the
    same record.

    \b
    例 / example:
      redline ledger draw 对象.csv 人员.csv --seed 2026-11-22 --count 20 -o 抽取.json
    """
    from spatial.ledger.draw import draw as drawn
    from spatial.ledger.draw_tables import INSPECTORS, OBJECTS, read_draw_table

    found = drawn(
        read_draw_table(objects, OBJECTS),
        read_draw_table(inspectors, INSPECTORS),
        seed=seed,
        count=count,
        about=about,
    )
    record = found.record()
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    out.write_text(text, encoding="utf-8")
    for one in record["objects"]:
        who = "、".join(one["inspectors"])
        click.echo(f"  {plain(one['object_id'])}: {plain(who)}")
    short = sum(1 for one in record["objects"] if one["short"])
    if short:
        remark("ledger.cli.short", count=short)
    say("ledger.cli.drawn", count=len(record["objects"]), sha=record["sha256"],
        path=str(out))  # fmt: skip


@ledger.command()
@click.argument("case_id")
@who_options
@click.option("--before", type=_PATH, required=True, help="发生前影像 / before")
@click.option(
    "--after",
    "afters",
    type=_PATH,
    multiple=True,
    required=True,
    help="整改后影像，可多期 / after the rectification",
)
@click.option("--damaged", type=_PATH, help="破坏时影像 / image of the damage")
@click.option("--attach", is_flag=True, help="把影像作为证据挂接 / attach as evidence")
@lang_option
def after(
    *,
    case_id: str,
    where: Path,
    actor: str,
    role: str,
    before: Path,
    afters: tuple[Path, ...],
    damaged: Path | None,
    attach: bool,
) -> None:
    """整改后影像与发生前对比 / compare after-images with the state before the damage.

    Prints the note for closing a case. It closes nothing.

    \b
    例 / example:
      redline ledger after 2026-150624-000001 -l ledger.gpkg --actor 张三
        --role inspector --before a.tif --after c.tif --damaged b.tif
    """
    from layers.raster import read_raster
    from spatial.ledger import Actor, evidence_file, open_ledger
    from spatial.ledger.closing import by_day, closing_note, recovery
    from spatial.text import TEXTS

    book = open_ledger(where, actor=Actor(actor, role))
    ground = _ground(book.case(case_id))
    first = read_raster(before)
    worst = None if damaged is None else read_raster(damaged)
    found = [
        (path, recovery(ground, first, read_raster(path), damaged=worst))
        for path in afters
    ]
    said = by_day([one for _, one in found])
    lines = closing_note(case_id, said, head=str(book.head()))
    text = "\n".join(TEXTS.render(one, language()) for one in lines)
    click.echo(text)
    if attach:
        with book.transaction() as writing:
            for path, one in found:
                given = evidence_file(
                    path, kind="after_image", taken_on=one.after[1],
                    note=text, where="outside",
                )  # fmt: skip
                writing.attach(case_id, given)
        say("ledger.cli.attached", count=len(afters), head=str(book.head()))


def _ground(case: Case) -> BaseGeometry:
    """Return the ground of a case; refuse one that is no area."""
    from layers.errors import InputRefusedError

    if case.ground is None or case.ground.geom_type not in ("Polygon", "MultiPolygon"):
        raise InputRefusedError(
            source=case.case_id,
            expected="a case with an area on the ground",
            got="no place" if case.ground is None else f"a {case.ground.geom_type}",
            todo="images cannot tell; close it with photographs and coordinates",
        )
    return case.ground
