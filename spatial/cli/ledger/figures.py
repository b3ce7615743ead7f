"""Commands that add up: stats, period, due, check, units."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from layers.text import percent
from spatial.cli.ledger.place import (
    day,
    day_or_today,
    opened,
    reader_options,
    where_argument,
)
from spatial.cli.terminal import lang_option, language, say, table
from spatial.text import TEXTS

if TYPE_CHECKING:
    import pandas as pd

    from spatial.ledger.figures.counts import By

_BY = (
    *("county", "zone_kind", "kind", "source", "department", "rule", "state"),
    *("month", "quarter", "year"),
)
_COUNTS = (
    *("found", "open", "without_conclusion", "confirmed", "unfounded", "closed"),
    *("closed_with_image", "overdue", "recurred", "area_ha"),
)
_SHARES = (
    *("false_alarm_share", "concluded_share", "closed_share"),
    *("in_time_share", "recurred_share"),
)
_PERIOD = (
    *("carried_over", "found", "reopened", "closed", "unfounded", "merged"),
    *("open_at_end", "rectifying_at_end", "overdue"),
)
_HECTARE_M2 = 10_000.0
_PATTERN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@click.command()
@where_argument
@click.option("--by", type=click.Choice(_BY), help="分组 / count by")
@click.option("--on", type=day, help="计算期限的日期 / day for deadlines")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="另写成 .docx 或 .pdf / also write them as a document",
)  # fmt: skip
@click.option(
    "--fonts",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="PDF 只用此文件夹中的字体 / folder with the fonts of the PDF",
)
@reader_options
@lang_option
def stats(
    where: str,
    *,
    by: By | None,
    on: dt.datetime | None,
    out: Path | None,
    fonts: Path | None,
    name: str,
    role: str,
) -> None:
    """统计：发现、属实、销号、误报率、按期率、反弹率 / counts and shares.

    With -o also a document that can be handed in: the whole on the first page, with
    what is overdue; then counts by county, kind of zone, source and state (with --by by
    that alone).

    \b
    例 / example:
      redline ledger stats ledger.gpkg --by county
      redline ledger stats ledger.gpkg -o 统计.pdf
    """
    from spatial.ledger.export.statistics import GROUPS, group_title, write_statistics
    from spatial.ledger.figures import counts

    ledger = opened(where, name, role)
    today = day_or_today(on, ledger)
    if out is not None:
        groups = (by,) if by else GROUPS
        write_statistics(ledger, out, on=today, by=groups, lang=language(), fonts=fonts)
    found = counts(ledger, by=by, on=today)
    whole = counts(ledger, on=today) if by else found
    heads = tuple(f"ledger_{one}" for one in (*_COUNTS, *_SHARES))
    rows = [
        _told(group_title(ledger, by, str(group), language()), row)
        for group, row in (_rows(found) if by else [])
    ]
    total = TEXTS.say("ledger.cli.all", lang=language())
    table(("ledger_group", *heads), [*rows, _told(total, dict(_rows(whole))["all"])])
    if by == "zone_kind":
        say("ledger.cli.kinds_overlap")
    if out is not None:
        say("cli.results", folder=str(out))


def _rows(table: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a table by their label."""
    told: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    return list(zip(map(str, table.index), told, strict=True))


def _told(group: str, row: dict[str, Any]) -> tuple[object, ...]:
    """Return a row of counts and shares as printed; nothing for an unknown share."""
    shown = {**row, "area_ha": row["area_m2"] / _HECTARE_M2}
    cells = [
        f"{shown[name]:.2f}" if name == "area_ha" else int(shown[name])
        for name in _COUNTS
    ]
    shares = [
        "" if shown[name] != shown[name] else percent(shown[name], decimals=1)
        for name in _SHARES
    ]
    return (group, *cells, *shares)


@click.command()
@where_argument
@click.argument("span", metavar="PERIOD")
@click.option("--by-county", is_flag=True, help="分旗县 / a row a county")
@click.option("--on", type=day, help="报告日期 / day of the report")
@reader_options
@lang_option
def period(
    where: str,
    span: str,
    *,
    by_county: bool,
    on: dt.datetime | None,
    name: str,
    role: str,
) -> None:
    """月报、季报、年报 / what came, what went and what is left: it adds up.

    PERIOD is 2026, 2026-Q1 or 2026-03.

    \b
    例 / example:
      redline ledger period ledger.gpkg 2026-Q1 --by-county
    """
    from spatial.ledger.figures import period as report

    start, end = _span(span)
    ledger = opened(where, name, role)
    today = day_or_today(on, ledger)
    found = report(ledger, start, end, by_county=by_county, on=today)
    rows = [
        (
            group if by_county else TEXTS.say("ledger.cli.all", lang=language()),
            *("" if row[name] is None or row[name] != row[name] else row[name]
              for name in _PERIOD),
        )
        for group, row in found.astype(object).where(found.notna(), None).iterrows()
    ]  # fmt: skip
    table(("ledger_group", *(f"ledger_{one}" for one in _PERIOD)), rows)
    say("ledger.cli.period", start=str(start), end=str(end))


def _span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, a quarter or a month."""
    read = _PATTERN.fullmatch(text)
    if read is None:
        raise click.BadParameter(TEXTS.say("ledger.cli.no_period", lang=language()))
    year, quarter, month = (int(one) if one else 0 for one in read.groups())
    first = month or (3 * quarter - 2 if quarter else 1)
    months = 1 if month else 3 if quarter else 12
    after = first + months
    ends = dt.date(year + after // 13, (after - 1) % 12 + 1, 1)
    return dt.date(year, first, 1), ends - dt.timedelta(days=1)


@click.command()
@where_argument
@click.option("--on", type=day, help="日期 / day")
@reader_options
@lang_option
@click.pass_context
def due(
    ctx: click.Context, where: str, *, on: dt.datetime | None, name: str, role: str
) -> None:
    """催办：逾期、将到期、移交未反馈 / what is overdue, due soon or unanswered.

    Exits with 1 when something is overdue or unanswered.

    \b
    例 / example:
      redline ledger due ledger.gpkg --on 2026-06-30
    """
    from spatial.ledger.figures import duties

    ledger = opened(where, name, role)
    today = day_or_today(on, ledger)
    found = duties(ledger, on=today)
    rows = [
        (
            one.case_id,
            TEXTS.say(f"ledger.duty.{one.what}", lang=language()),
            one.due_on,
            one.days_left,
            "" if one.is_certain else TEXTS.say("ledger.duty.doubt", lang=language()),
            one.department,
            one.title,
        )
        for one in found.itertuples(index=False)
    ]
    heads = ("ledger_case", "ledger_duty", "ledger_due", "ledger_days_left", "why")
    if rows:
        table((*heads, "ledger_department", "ledger_title"), rows)
    late = int((found["what"] != "due_soon").sum())
    say("ledger.cli.due", on=str(today), count=len(rows), late=late)
    if late:
        ctx.exit(1)


@click.command()
@where_argument
@reader_options
@lang_option
@click.pass_context
def check(ctx: click.Context, where: str, *, name: str, role: str) -> None:
    """检查信访四环节、追责要素是否齐全 / what reports and filed cases still lack.

    Reports of the public: registered, handed on, handled, answered. Filed cases: who
    answers for it, number of the penalty, duty to restore. Exits with 1 when anything
    lacks.

    \b
    例 / example:
      redline ledger check ledger.gpkg
    """
    from spatial.ledger.figures import complaints, liabilities

    ledger = opened(where, name, role)
    rows = [
        (case_id, TEXTS.say(f"ledger.check.{sort}", lang=language()), _named(lacks))
        for sort, found in (
            ("complaint", complaints(ledger)),
            ("liability", liabilities(ledger)),
        )
        for case_id, lacks in found["lacks"].items()
        if lacks
    ]
    if rows:
        table(("ledger_case", "ledger_sort", "ledger_lacks"), rows)
    say("ledger.cli.checked", count=len(rows))
    if rows:
        ctx.exit(1)


def _named(lacks: tuple[str, ...]) -> str:
    """Return what lacks in words."""
    lang = language()
    words = [TEXTS.say(f"ledger.lack.{one}", lang=lang) for one in lacks]
    return TEXTS.say("dossier.and", lang=lang).join(words)


@click.command()
@where_argument
@click.option(
    "-w",
    "--workspace",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="工作区 / workspace with the layer",
)
@click.option("--layer", required=True, help="单元图层的 id / id of the layer of units")
@click.option("--shares", is_flag=True, help="列出每案占比 / the share of each case")
@reader_options
@lang_option
def units(
    where: str, *, workspace: Path, layer: str, shares: bool, name: str, role: str
) -> None:
    """按旗县、网格、河段归属与密度 / cases by unit: how many, how dense, which share.

    \b
    例 / example:
      redline ledger units ledger.gpkg -w office/ --layer admin
    """
    import layers
    from layers.errors import UnknownKindError
    from spatial.ledger.figures import density, unit_counts, unit_shares
    from spatial.measure import area_m2

    ledger = opened(where, name, role)
    office = layers.open_workspace(workspace)
    ready = dict(office.layers)
    if layer not in ready:
        raise UnknownKindError(what="layer", name=layer, known=sorted(ready))
    frame = ready[layer].frame.set_index("feature_id")
    cases = ledger.cases()
    found = unit_shares(cases, frame)
    names = dict(
        zip(map(str, frame.index), frame[ready[layer].spec.name_field], strict=True)
    )
    if shares:
        rows = [
            (one.case_id, one.unit_id, names.get(str(one.unit_id)),
             percent(float(str(one.share_of_case)), decimals=1))
            for one in found.itertuples(index=False)
        ]  # fmt: skip
        table(("ledger_case", "ledger_unit", "ledger_name", "ledger_share"), rows)
        return
    by_unit = unit_counts(cases, found, ledger.lifecycle)
    told = {str(unit): row for unit, row in _rows(by_unit)}
    sizes = area_m2(frame.geometry.to_numpy())
    areas = dict(zip(map(str, frame.index), sizes.tolist(), strict=True))
    count = {unit: int(row["found"]) for unit, row in told.items()}
    found_in = density(count, areas)
    rows = [
        (unit, names.get(unit), f"{dense:.2f}", *_put_right(told.get(unit)))
        for unit, dense in zip(found_in.index.map(str), found_in, strict=True)
    ]
    heads = ("ledger_unit", "ledger_name", "ledger_density", "ledger_found")
    table((*heads, "ledger_confirmed", "ledger_closed", "ledger_closed_share"), rows)


def _put_right(row: dict[str, Any] | None) -> tuple[object, ...]:
    """Return the counts of a unit as printed."""
    if row is None:
        return 0, 0, 0, ""
    share = row["closed_share"]
    known = "" if share != share else percent(share, decimals=1)  # noqa: PLR0124 - NaN
    return int(row["found"]), int(row["confirmed"]), int(row["closed"]), known
