"""Commands that put cases together or take them apart, and ask images of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.ledger.place import opened, where_argument, writer_options
from spatial.cli.ledger.writing import case_argument, say_state, why_option
from spatial.cli.terminal import lang_option, language, say
from spatial.text import TEXTS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from spatial.ledger import Case


@click.command()
@where_argument
@case_argument
@click.argument("into", metavar="INTO")
@why_option
@writer_options
@lang_option
def merge(
    where: str, case_id: str, into: str, *, why: str, name: str, role: str
) -> None:
    """把一个案件并入另一个 / merge a case into another, which takes over its ground.

    \b
    例 / example:
      redline ledger merge ledger.gpkg 2026-150624-000002 2026-150624-000001 \\
        --why 同一处
    """
    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        writing.merge(case_id, into, why=why)
    say_state(ledger, into)


@click.command()
@where_argument
@case_argument
@click.argument("parts", type=click.Path(exists=True, path_type=Path))
@why_option
@writer_options
@lang_option
def split(
    where: str, case_id: str, parts: Path, *, why: str, name: str, role: str
) -> None:
    """把案件拆成几个 / make cases of their own out of parts of a case.

    PARTS is a file of polygons (see `redline ledger template`), one a new case; what
    they leave of the ground stays with the old one.

    \b
    例 / example:
      redline ledger split ledger.gpkg 2026-150624-000001 parts.gpkg --why 两家企业
    """
    import shapely

    import layers
    from layers.errors import InputRefusedError
    from spatial.ledger import NewCase

    ledger = opened(where, name, role)
    case = ledger.case(case_id)
    ground = _ground(case)
    listed = layers.read(parts, kind="problem_report").frame
    outlines = [shapely.intersection(one, ground) for one in listed.geometry]
    keep = shapely.difference(ground, shapely.union_all(outlines))
    apart = [one for one in outlines if not one.is_empty]
    if len(apart) < len(listed) or not len(listed) or keep.is_empty:
        raise InputRefusedError(
            source=parts,
            expected=f"polygons that each lie on a part of the ground of {case_id}",
            got=f"{len(apart)} of {len(listed)} that do, and "
            + ("nothing" if keep.is_empty else "something")
            + " left of it",
            todo="draw the parts within the case, and leave something to it",
        )
    fields = case.fields
    made = [
        NewCase(
            source=str(fields["source"]),
            found_on=ledger.today(),
            title=str(title or fields["title"]),
            geometry=one,
            kind=fields["kind"],  # type: ignore[arg-type]
            county=str(fields["county"]),
            county_name=str(fields["county_name"]),
        )
        for one, title in zip(apart, listed["name"], strict=True)
    ]
    with ledger.transaction() as writing:
        new = writing.split(case_id, made, keep=keep, why=why)
    for one in (case_id, *new):
        say_state(ledger, one)


@click.command()
@where_argument
@click.argument("sighting", type=int)
@click.option(
    "--to", "case_id", help="归入的案件；不给则另立新案 / the case, or a new one"
)
@why_option
@writer_options
@lang_option
def rematch(
    where: str, sighting: int, *, case_id: str | None, why: str, name: str, role: str
) -> None:
    """更正对应关系 / a match was wrong: give a sighting to another case.

    SIGHTING is its number in `redline ledger show`.

    \b
    例 / example:
      redline ledger rematch ledger.gpkg 17 --to 2026-150624-000003 --why 实为邻地
    """
    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        now = writing.rematch(sighting, case_id, why=why)
    say_state(ledger, now)


@click.command()
@where_argument
@case_argument
@click.option(
    "--before",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="破坏之前的影像 / image from before the damage",
)
@click.option(
    "--after",
    "afters",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    multiple=True,
    help="整改之后的影像，可重复 / image from after the rectification",
)
@click.option(
    "--damaged",
    type=click.Path(exists=True, path_type=Path),
    help="破坏时的影像 / image of the damage",
)
@click.option(
    "--attach",
    "keep",
    is_flag=True,
    help="把结论作为佐证写入案件 / enter it as evidence",
)
@writer_options
@lang_option
def image(
    where: str,
    case_id: str,
    *,
    before: Path,
    afters: tuple[Path, ...],
    damaged: Path | None,
    keep: bool,
    name: str,
    role: str,
) -> None:
    """整改前后影像复核 / compare an after-image with the state before the damage.

    Tells how much of the ground looks as before, and the indices; a person decides.
    With --attach each image is entered as evidence: its place, its hash, and the note.

    \b
    例 / example:
      redline ledger image ledger.gpkg 2026-150624-000001 --before 2024.tif \\
        --after 2026.tif --attach
    """
    from layers import read_raster
    from spatial.ledger import evidence_file
    from spatial.ledger.closing import by_day, closing_note, recovery

    ledger = opened(where, name, role)
    ground = _ground(ledger.case(case_id))
    first = read_raster(before)
    worst = None if damaged is None else read_raster(damaged)
    found = [
        (path, recovery(ground, first, read_raster(path), damaged=worst))
        for path in afters
    ]
    said = by_day([one for _, one in found])
    note = closing_note(case_id, said, head=str(ledger.head()))
    text = "\n".join(TEXTS.render(one, language()) for one in note)
    click.echo(text)
    if not keep:
        return
    with ledger.transaction() as writing:
        for path, one in found:
            evidence = evidence_file(
                path,
                kind="after_image",
                taken_on=one.after[1],
                note=text,
                where="outside",
            )
            writing.attach(case_id, evidence)
    say("ledger.cli.attached", case=case_id, what=", ".join(p.name for p in afters))
    say("ledger.cli.head", head=str(ledger.head()))


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
