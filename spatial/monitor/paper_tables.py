"""The tables of a printed overview of clues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.monitor import views
from spatial.report.blocks import Grid, GridColumn, Span
from spatial.report.palette import OUTCOME_SIGN
from spatial.report.paper_site import outcome_span
from spatial.report.paper_zones import in_hectares
from spatial.report.words import M2_PER_HA, M2_PER_MU, deciding, number, percent, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spatial.finding import Outcome
    from spatial.monitor.run import Monitoring
    from spatial.report.blocks import Text
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

MOST_CLUES = 1_000
"""Clues in the list, the most urgent first; what is left out is said."""
MOST_ZONES = 60
"""Zones in the table, those with most change first; what is left out is said."""
APPROVED = ("inside",)
"""States of approval that are none of concern."""
OPEN = ("unclear", "not_checked")
"""States of approval that nobody knows."""


def outcome_grid(found: Monitoring, outcomes: Sequence[Outcome], lang: Lang) -> Grid:
    """Return how many clues have each outcome, their area, and how they are approved.

    The last row adds up. A clue is in one of the three columns of approvals: approved;
    not, not any more or beyond; not known.
    """
    table = found.table
    state = table["permit_state"]
    groups = [
        (say(f"outcome.{one}", lang), one, table["outcome"] == one) for one in outcomes
    ]
    rows: list[tuple[Text, ...]] = []
    for label, outcome, mask in groups:
        if mask.any():
            cells = _counted(table[mask], state[mask], lang)
            rows.append((outcome_span(OUTCOME_SIGN[outcome], label, outcome), *cells))
    rows.append((Span(say("monitor.sheet.total", lang), "strong"),
                 *_counted(table, state, lang)))  # fmt: skip
    keys = ("count", "area_ha", "area_mu", "not_approved", "permit_open", "approved")
    columns = (
        GridColumn(say("column.outcome", lang), 1.7),
        *(
            GridColumn(say(f"monitor.sheet.column.{one}", lang), 1.3, number=True)
            for one in keys
        ),
    )
    return Grid(say("monitor.sheet.counts", lang), columns, tuple(rows))


def _counted(table: object, state: object, lang: Lang) -> tuple[str, ...]:
    """Return count, hectares, mu, and the clues by how they are approved."""
    area = float(table["area_m2"].sum())  # type: ignore[index]
    approved = int(state.isin(APPROVED).sum())  # type: ignore[attr-defined]
    unknown = int(state.isin(OPEN).sum())  # type: ignore[attr-defined]
    count = len(table)  # type: ignore[arg-type]
    return (
        str(count),
        number(area / M2_PER_HA, 4, lang),
        number(area / M2_PER_MU, 2, lang),
        str(count - approved - unknown),
        str(unknown),
        str(approved),
    )


def clue_grid(found: Monitoring, content: ReviewContent, lang: Lang) -> Grid:
    """Return the list of the clues, most urgent first."""
    listed = views.clues(found, lang)[:MOST_CLUES]
    rows: list[tuple[Text, ...]] = []
    for rank, (one, site) in enumerate(zip(listed, content.sites, strict=False), 1):
        row = one.row
        label = say(f"outcome.{site.outcome}", lang)
        rows.append(
            (
                str(rank),
                (Span(one.patch_id, "strong"), f"\n{one.kind}"),
                outcome_span(OUTCOME_SIGN[site.outcome], label, site.outcome),
                views.zones_named(row["zones"], lang),
                deciding(site, lang),
                views.permit_state(row, lang),
                in_hectares(float(row["area_m2"]), lang),
                number(float(row["score"]), 1, lang),
            )
        )
    remark = ""
    if len(listed) < len(found.table):
        remark = say(
            "monitor.sheet.listed", lang, listed=len(listed), total=len(found.table)
        )
    columns = (
        GridColumn(say("column.rank", lang), 0.8, number=True),
        GridColumn(say("column.clue_id", lang), 2.4),
        GridColumn(say("column.outcome", lang), 1.5),
        GridColumn(say("column.zones", lang), 2.5),
        GridColumn(say("column.deciding", lang), 2.9),
        GridColumn(say("column.permit_state", lang), 1.6),
        GridColumn(say("column.area", lang), 1.8, number=True),
        GridColumn(say("monitor.score", lang), 1.1, number=True),
    )
    return Grid(say("monitor.section.clues", lang), columns, tuple(rows), remark)


def zone_grid(found: Monitoring, lang: Lang) -> Grid | None:
    """Return what was seen and what changed by zone; None where nothing was seen."""
    seen = found.zones[found.zones["observed_m2"] > 0]
    if not len(seen):
        return None
    # stable: zones of the same change stay in the order of the layers
    order = seen.sort_values("changed_m2", ascending=False, kind="stable")
    rows = tuple(
        (
            views.zone_named(row["kind"], row["zone_id"], row["zone_name"], lang),
            number(row["area_m2"] / M2_PER_HA, 2, lang),
            percent(row["observed_share"], lang),
            number(row["patches"], 0, lang),
            number(row["changed_m2"] / M2_PER_HA, 4, lang),
        )
        for row in order.head(MOST_ZONES).to_dict("records")
    )
    unseen = len(found.zones) - len(seen)
    remarks = [say("monitor.zones_changed", lang)]
    if unseen:
        remarks.append(say("monitor.zones_unseen", lang, count=unseen))
    if len(rows) < len(seen):
        remarks.append(say("print.cut", lang, total=len(seen), shown=len(rows)))
    columns = (
        GridColumn(say("column.zones", lang), 4.0),
        GridColumn(say("column.area_ha", lang), 1.6, number=True),
        GridColumn(say("column.observed_share", lang), 1.3, number=True),
        GridColumn(say("column.patches", lang), 1.1, number=True),
        GridColumn(say("monitor.sheet.column.changed_ha", lang), 1.6, number=True),
    )
    title = say("monitor.sheet.zones", lang)
    return Grid(title, columns, rows, _joined(remarks, lang))


def _joined(remarks: list[str], lang: Lang) -> str:
    """Return sentences one after another; English ones with a blank between."""
    return ("" if lang == "zh" else " ").join(remarks)


def reason_grid(found: Monitoring, lang: Lang) -> Grid | None:
    """Return why patches are no clue; None where all are."""
    rows = tuple(
        (say(f"monitor.reason.{name}", lang), str(count), number(area, 2, lang))
        for name, count, area in views.reasons(found)
    )
    if not rows:
        return None
    columns = (
        GridColumn(say("monitor.aside_reason", lang), 4.0),
        GridColumn(say("monitor.aside_count", lang), 1.0, number=True),
        GridColumn(say("monitor.aside_area", lang), 1.6, number=True),
    )
    return Grid(say("monitor.section.aside", lang), columns, rows)
