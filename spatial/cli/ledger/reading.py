"""Commands that read cases: list, show, export."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from spatial.cli.ledger.place import (
    day,
    day_or_today,
    opened,
    reader_options,
    where_argument,
)
from spatial.cli.terminal import lang_option, language, say, table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from spatial.ledger import CaseFilter, Ledger
    from spatial.ledger.export.rows import Line

_SHOWN = 200
_LIST = (
    *("case_id", "state", "source", "kind", "county", "zones", "area_ha"),
    *("due_on", "days_left", "department", "title"),
)
_HEADS = (
    *("ledger_case", "ledger_state", "ledger_source", "ledger_kind", "ledger_county"),
    *("ledger_zones", "ledger_area_ha", "ledger_due", "ledger_days_left"),
    *("ledger_department", "ledger_title"),
)
_DIGITS = {"area_ha": 4, "area_m2": 2, "area_mu": 2}


def filter_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options by which cases are chosen."""
    options = (
        click.option("--state", "states", multiple=True, help="状态 / state"),
        click.option(
            "--county", default="", help="行政区代码开头 / begin of the adcode"
        ),
        click.option("--zone-kind", default="", help="管控区类型 / kind of zone"),
        click.option("--kind", default="", help="活动类型 / class of activity"),
        click.option("--source", default="", help="来源 / source"),
        click.option("--clause", "rule", default="", help="依据条款 / clause or rule"),
        click.option("--department", default="", help="责任部门 / department"),
        click.option(
            "--bounds",
            type=(float, float, float, float),
            metavar="W S E N",
            help="范围（度）/ box in degrees",
        ),
        click.option("--found-from", type=day, help="发现日期起 / found on or after"),
        click.option("--found-to", type=day, help="发现日期止 / found on or before"),
        click.option("--overdue", is_flag=True, help="只要逾期的 / overdue ones only"),
        click.option("--conflict", is_flag=True, help="有数据矛盾的 / with conflicts"),
        click.option("--on", type=day, help="计算期限的日期 / day for deadlines"),
    )
    for option in reversed(options):
        command = option(command)
    return command


def asked_of(
    ledger: Ledger,
    *,
    on: dt.date,
    overdue: bool,
    conflict: bool,
    found_from: dt.datetime | None,
    found_to: dt.datetime | None,
    **equal: Any,  # noqa: ANN401 - as of CaseFilter
) -> CaseFilter:
    """Return the filter that the options say; an unknown state is refused."""
    from layers.errors import InputRefusedError
    from spatial.ledger import CaseFilter

    known = ledger.lifecycle.states
    for state in equal["states"]:
        if state not in known:
            raise InputRefusedError(
                source="--state",
                expected=", ".join(known),
                got=repr(state),
                todo="name one of them",
            )
    return CaseFilter(
        **equal,
        found_from=found_from.date() if found_from else None,
        found_to=found_to.date() if found_to else None,
        overdue_on=on if overdue else None,
        has_conflict=True if conflict else None,
    )


@click.command("list")
@where_argument
@filter_options
@click.option(
    "--like", metavar="CASE", help="与此案同类的其他案件 / others of its sort"
)
@click.option("--limit", type=click.IntRange(1), help="最多列出 / list at most")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="输出形式 / form of the output",
)
@reader_options
@lang_option
def list_cases(
    where: str,
    *,
    like: str | None,
    limit: int | None,
    form: str,
    on: dt.datetime | None,
    name: str,
    role: str,
    **options: Any,  # noqa: ANN401 - the filter
) -> None:
    """列出案件 / list cases.

    \b
    例 / example:
      redline ledger list ledger.gpkg --county 150624 --overdue --on 2026-06-30
      redline ledger list ledger.gpkg --format json
    """
    ledger = opened(where, name, role)
    today = day_or_today(on, ledger)
    asked = replace(asked_of(ledger, on=today, **options), limit=limit)
    if like is not None:
        asked = _like(ledger, like, asked)
    found = _lines(ledger, asked, today, leave_out=like)
    if form == "json":
        click.echo(as_json([_plain(one) for one in found]))
        return
    from spatial.ledger.export.rows import value

    shown = found[:_SHOWN]
    table(
        _HEADS, [[cell_of(name, value(one, name)) for name in _LIST] for one in shown]
    )
    if len(found) > len(shown):
        say("ledger.cli.more", count=len(found) - len(shown))
    say("ledger.cli.count", count=len(found))


def _like(ledger: Ledger, case_id: str, asked: CaseFilter) -> CaseFilter:
    """Return the filter of cases of the same sort: kind and clause, where known."""
    fields = ledger.case(case_id).fields
    return replace(
        asked, kind=str(fields["kind"] or ""), rule=str(fields["rule"] or "")
    )


def _lines(
    ledger: Ledger, asked: CaseFilter, on: dt.date, *, leave_out: str | None
) -> list[Line]:
    """Return the cases of a filter, ready to be read."""
    from spatial.ledger.export.rows import lines

    cases = ledger.cases(asked)
    return lines(ledger, cases[cases.index != leave_out], on=on, lang=language())


def cell_of(name: str, cell: object) -> object:
    """Return a cell of the list; numbers with their decimals."""
    digits = _DIGITS.get(name)
    return f"{cell:.{digits}f}" if digits and isinstance(cell, float) else cell


def _plain(one: Line) -> dict[str, object]:
    """Return a case for other programs: ids, not words."""
    kept = {
        name: cell
        for name, cell in one.row.items()
        if name not in {"geometry", "geom", "zone_kinds", "fid", "person_hash"}
    }
    found = {
        name: json.loads(str(cell))
        if name in {"zones", "facts", "locked", "open_conflicts"}
        else cell
        for name, cell in kept.items()
    }
    return {"case_id": one.case_id, "lon": one.lon, "lat": one.lat, **found}


def as_json(what: object) -> str:
    """Return JSON; days as text, missing numbers as null."""

    def told(value: object) -> object:
        if isinstance(value, dict):
            return {str(key): told(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [told(one) for one in value]
        if value is None or value != value:  # noqa: PLR0124 - NaN
            return None
        if isinstance(value, (str, bool, int, float)):
            return value
        return value.item() if hasattr(value, "item") else str(value)

    return json.dumps(told(what), ensure_ascii=False, indent=1)
