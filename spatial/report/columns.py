"""The columns of the report's tables: names, order, and how each is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cell = str | float | int | None
Row = tuple[Cell, ...]
Format = Literal["text", "long", "count", "m2", "ha", "mu", "m", "share", "degree"]
"""How a column is printed: ``long`` is text that wraps; ``share`` is 0..1, shown as
per cent; the rest are numbers with as many decimals as their unit deserves."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its text key ``report.column.<key>`` and how its cells are printed.

    `title` is its heading where the heading is data, as in a form of an office.
    """

    key: str
    format: Format = "text"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report.

    Attributes
    ----------
    key
        Its name; the sheet title is ``report.sheet.<key>``.
    columns
        In order.
    rows
        In the order of the content; a cell is a text without control characters, a
        finite number, or None. Numbers are numbers, in the unit of the column.
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


SITES = (
    Column("site_id"),
    Column("site_name"),
    Column("outcome"),
    Column("machine_outcome"),
    Column("deciding", "long"),
    Column("stable"),
    Column("flips_m", "m"),
    Column("flips", "long"),
    Column("area_m2", "m2"),
    Column("area_ha", "ha"),
    Column("area_mu", "mu"),
    Column("length_m", "m"),
    Column("findings", "count"),
    Column("unknowns", "count"),
)
UNKNOWNS_LIST, QUESTIONS_LIST = Column("unknowns_list"), Column("questions_list")
"""Of `SITES` as well, where the lists stand once."""

MEASURES = (
    Column("area_m2", "m2"),
    Column("area_ha", "ha"),
    Column("area_mu", "mu"),
    Column("share_of_site", "share"),
    Column("length_m", "m"),
    Column("distance_m", "m"),
)
FINDINGS = (
    Column("finding_id"),
    Column("site_id"),
    Column("site_name"),
    Column("outcome"),
    Column("overruled_outcome"),
    Column("rule"),
    Column("rule_title", "long"),
    Column("document", "long"),
    Column("article"),
    Column("quote", "long"),
    Column("edition"),
    Column("citation_status"),
    Column("verified"),
    Column("layer_kind"),
    Column("layer"),
    Column("zone_id"),
    Column("zone_name"),
    Column("relation"),
    *MEASURES,
    Column("margin_m", "m"),
    Column("stable"),
    Column("why", "long"),
    Column("because", "long"),
    Column("requires", "long"),
    Column("relief", "long"),
    Column("assumptions", "long"),
    Column("note", "long"),
)
UNKNOWNS = (
    Column("site_id"),
    Column("site_name"),
    Column("outcome"),
    Column("rule"),
    Column("unknown_kind"),
    Column("unknown_what"),
    Column("unknown_why", "long"),
)
QUESTIONS = (
    Column("site_id"),
    Column("site_name"),
    Column("question", "long"),
    Column("attribute"),
    Column("waiting", "long"),
    Column("could_change"),
)
OVERLAPS = (
    Column("site_id"),
    Column("site_name"),
    Column("layer_kind"),
    Column("layer"),
    Column("zone_id"),
    Column("zone_name"),
    Column("relation"),
    *MEASURES,
    Column("sliver"),
    Column("sliver_cause", "long"),
)
LAYERS = (
    Column("layer"),
    Column("layer_kind"),
    Column("status"),
    Column("remarks", "long"),
    Column("source"),
    Column("layer_edition"),
    Column("valid"),
    Column("coverage", "long"),
    Column("accuracy_m", "m"),
    Column("rows_in_file", "count"),
    Column("rows_kept", "count"),
    Column("rows_quarantined", "count"),
    Column("format"),
    Column("crs", "long"),
    Column("crs_evidence", "long"),
    Column("operation", "long"),
    Column("licence"),
    Column("layer_notice", "long"),
    Column("sha256"),
)
RULES = (
    Column("rule"),
    Column("rule_title", "long"),
    Column("rulebook"),
    Column("status"),
    Column("edition"),
    Column("sites_hit", "count"),
    Column("sites_unknown", "count"),
)
ISSUES = (
    Column("severity"),
    Column("layer"),
    Column("row", "count"),
    Column("feature_id"),
    Column("issue", "long"),
    Column("lon", "degree"),
    Column("lat", "degree"),
)
SETTINGS = (Column("setting"), Column("value", "long"), Column("source", "long"))
OVERRIDES = (
    Column("site_id"),
    Column("site_name"),
    Column("status"),
    Column("override_target", "long"),
    Column("machine_outcome"),
    Column("overruled_outcome"),
    Column("override_reason", "long"),
    Column("checked_instead", "long"),
    Column("override_name"),
    Column("override_date"),
    Column("override_document", "long"),
)
COMPARISON = (
    Column("site_id"),
    Column("site_name"),
    Column("presence"),
    Column("outcome_before"),
    Column("outcome_after"),
    Column("change"),
    Column("rule"),
    Column("change_what", "long"),
    Column("finding_id"),
    Column("change_fields", "long"),
    Column("change_causes", "long"),
)
COMPARISON_BY_SITE = (
    Column("site_id"),
    Column("site_name"),
    Column("outcome_before"),
    Column("outcome_after"),
    Column("change", "long"),
    Column("change_causes", "long"),
)
