"""``redline dossier``: lists that an office must keep complete."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from layers.text import percent
from spatial.cli.terminal import lang_option, language, remark, say, table
from spatial.text import TEXTS

if TYPE_CHECKING:
    from layers.dossier import Dossier
    from layers.dossier.gaps import Gap
    from layers.spec import FieldSpec

_SHOWN = 60
_CHANGE_HEADS = (
    *("dossier_id", "dossier_change"),
    *("dossier_field", "dossier_before", "dossier_after"),
)
_GAP_HEADS = (
    *("dossier_row", "dossier_id", "dossier_field", "why"),
    *("dossier_value", "dossier_clauses"),
)
_day = click.DateTime(["%Y-%m-%d"])


@click.group()
def dossier() -> None:
    """检查档案、名录、清单 / lists that an office must keep complete.

    \b
    例 / example:
      redline dossier check ponds.xlsx --kind tailings_pond
    """


@dossier.command()
@lang_option
def kinds() -> None:
    """列出清单类型与字段 / list the kinds, their fields and the clauses behind them.

    \b
    例 / example:
      redline dossier kinds --lang en
    """
    from layers.dossier import dossier_kinds, dossier_spec

    lang = language()
    between = TEXTS.say("dossier.and", lang=lang)
    rows = []
    for kind in dossier_kinds():
        spec = dossier_spec(kind)
        asked = [one.title[lang] for one in spec.table.fields if one.required]
        rows.append(
            (kind, spec.title[lang], " ".join(spec.clauses), between.join(asked))
        )
    table(("kind", "dossier_title", "dossier_clauses", "dossier_required"), rows)


@dossier.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, help="清单类型 / kind of list")
@click.option("--on", type=_day, help="检查日期 / day of the check")
@click.option("--sheet", help="工作表 / sheet of the workbook")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path),
              help="写成 .xlsx / write as .xlsx")  # fmt: skip
@lang_option
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    *,
    kind: str,
    on: dt.datetime | None,
    sheet: str | None,
    out: Path | None,
) -> None:
    """逐行检查缺项 / tell what each row of a list lacks, and which clause asks for it.

    Exits with 1 when anything is missing.

    \b
    例 / example:
      redline dossier check outfalls.xlsx --kind outfall --on 2026-01-01 -o gaps.xlsx
    """
    from layers.dossier import filled_share, gaps, read_dossier

    day = on.date() if on else _today()
    found = read_dossier(file, kind=kind, on=day, sheet=sheet)
    missing = gaps(found, on=day)
    say(
        "dossier.read",
        rows=len(found.table),
        entries=len(found.entries),
        removed=len(found.removed),
    )
    _print_filled(found, filled_share(found))
    _print_issues(found)
    rows = [_gap_row(found, one) for one in missing]
    if rows:
        table(_GAP_HEADS, rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say("dossier.more", count=len(rows) - _SHOWN)
    say("dossier.gaps" if rows else "dossier.complete", count=len(rows))
    if found.spec.unverified:
        say("dossier.unverified", why=found.spec.unverified[language()])
    if out is not None:
        from spatial.report.dossier import write_gaps

        write_gaps(found, missing, out, on=day, lang=language())
        say("cli.results", folder=str(out))
    if rows:
        ctx.exit(1)


@dossier.command()
@click.argument("earlier", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path))
@click.option("--kind", required=True, help="清单类型 / kind of list")
@lang_option
@click.pass_context
def compare(ctx: click.Context, earlier: Path, later: Path, *, kind: str) -> None:
    """比较两版清单 / what entered, left and changed between two editions.

    Exits with 1 when an entry left without a reason.

    \b
    例 / example:
      redline dossier compare q2.xlsx q3.xlsx --kind construction_site
    """
    from layers.dossier import compared, dossier_spec, read_dossier

    lang = language()
    spec = dossier_spec(kind)
    changes = compared(read_dossier(earlier, kind=kind), read_dossier(later, kind=kind))
    titles = {one.name: one.title[lang] for one in spec.table.fields}
    table(
        (
            "dossier_id",
            "dossier_change",
            "dossier_field",
            "dossier_before",
            "dossier_after",
        ),
        [
            (
                one.id,
                TEXTS.say(f"dossier.change.{one.sort}", lang=lang),
                titles.get(one.field, ""),
                one.before,
                one.after,
            )
            for one in changes
        ],
    )
    counts = {
        sort: sum(one.sort == sort for one in changes)
        for sort in ("entered", "left", "left_without_reason", "returned", "changed")
    }
    say("dossier.changes", **counts)
    if counts["left_without_reason"]:
        ctx.exit(1)


@dossier.command()
@click.option(
    "--list",
    "lists",
    type=(str, click.Path(path_type=Path)),
    multiple=True,
    required=True,
    help="类型和文件，可重复 / kind and file; may be repeated",
)
@lang_option
@click.pass_context
def links(ctx: click.Context, *, lists: tuple[tuple[str, Path], ...]) -> None:
    """检查断面、排污口、管线、污染源链条 / where a chain of lists is cut.

    Exits with 1 when it is.

    \b
    例 / example:
      redline dossier links --list outfall outfalls.csv --list pipe pipes.csv
    """
    from layers.dossier import broken_links, dossier_spec, read_dossier

    lang = language()
    found = broken_links([read_dossier(file, kind=kind) for kind, file in lists])
    rows = [
        (dossier_spec(kind).title[lang], entry,
         TEXTS.say(f"dossier.link.{why}", lang=lang), target)
        for kind, entry, why, target in found.itertuples(index=False)
    ]  # fmt: skip
    if rows:
        table(("dossier_title", "dossier_id", "why", "dossier_value"), rows)
    say("dossier.links" if rows else "dossier.linked", count=len(rows))
    if rows:
        ctx.exit(1)


def _today() -> dt.date:
    """Return today, and say that it counts."""
    today = dt.datetime.now().astimezone().date()
    remark("cli.checked_today", on=str(today))
    return today


def _print_filled(found: Dossier, shares: dict[str, float | None]) -> None:
    """Print how much of each required field is filled."""
    lang = language()
    titles = {one.name: one.title[lang] for one in found.spec.table.fields}
    rows = [
        (titles[name], "" if share is None else percent(share, decimals=1))
        for name, share in shares.items()
    ]
    table(("dossier_field", "dossier_filled"), rows)


def _print_issues(found: Dossier) -> None:
    """Print what reading noticed and a gap does not say again."""
    lang = language()
    told = {"required_value_missing", "duplicate_id"}
    for one in [one for one in found.issues if one.code not in told][:_SHOWN]:
        click.echo(TEXTS.render(one.message, lang))


def _gap_row(found: Dossier, gap: Gap) -> tuple[object, ...]:
    """Return a gap as a line."""
    lang = language()
    field: FieldSpec = found.spec.table.field(gap.field)
    return (
        gap.row,
        gap.id,
        field.title[lang],
        TEXTS.say(f"dossier.gap.{gap.why}", lang=lang),
        gap.value,
        " ".join(gap.clauses),
    )
