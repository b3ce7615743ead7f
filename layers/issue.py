"""DataIssue: one thing found or mended in one source feature.

Nothing is repaired, dropped or guessed in silence. What a reader does to a feature,
or could not make of it, becomes a `DataIssue`; the catalogue of codes below says
how grave each is, and the text catalogue (``issue.<code>``) says it in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.text import Fact

Severity = Literal["note", "warning", "error"]

# note:    recorded, nothing was lost ("WGS 84 taken as CGCS2000")
# warning: a value or geometry was mended or could not be understood
# error:   a row was quarantined or the layer cannot be relied on
SEVERITY: Mapping[str, Severity] = {
    # geometry
    "geometry_mended": "warning",
    "geometry_doubtful": "error",
    "geometry_null": "error",
    "geometry_unreadable": "error",
    "geometry_empty": "error",
    "geometry_not_finite": "error",
    "geometry_outside_range": "error",
    "geometry_wrong_type": "error",
    "dimension_dropped": "note",
    # attributes
    "value_outside_domain": "warning",
    "value_not_readable": "warning",
    "claim_outstanding": "warning",
    "required_value_missing": "warning",
    "required_field_missing": "error",
    "field_ambiguous": "warning",
    "field_name_cut": "note",
    "field_name_cut_unclear": "warning",
    "duplicate_id": "warning",
    "id_generated": "note",
    "code_malformed": "warning",
    "code_contradicts_category": "warning",
    "code_contradicts_county": "warning",
    "industry_code_earlier": "note",
    "industry_zero_lost": "note",
    "unit_converted": "note",
    "unit_missing": "warning",
    "unit_unknown": "warning",
    # file
    "crs_equated": "note",
    "crs_given_by_user": "note",
    "datum_assumed": "warning",
    "datum_shifted": "note",
    "gcj02_suspected": "warning",
    "encoding_decided": "note",
    "encoding_fits_two": "note",
    "encoding_doubtful": "warning",
    "encoding_unchecked": "warning",
    "text_cut": "warning",
    "text_fills_width": "note",
    "field_names_equal": "warning",
    "text_garbled": "warning",
    "name_garbled": "warning",
    "deleted_records": "note",
    "stored_count_wrong": "note",
    "read_in_process": "note",
    "rows_unaccounted": "error",
    "content_not_read": "warning",
    "linked_data_not_read": "error",
    "curves_flattened": "note",
    "features_outside_coverage": "error",
    "coverage_unknown": "warning",
    # boundary-point TXT
    "axes_swapped": "warning",
    "declared_area_differs": "warning",
    "declared_area_unit": "warning",
    "declared_points_differ": "warning",
    "declared_value_unreadable": "warning",
    "ring_number_corrected": "warning",
    "ring_numbers_odd": "warning",
    "ring_number_assumed": "warning",
    "ring_closed": "warning",
    "parcel_not_readable": "warning",
    "parcel_line_odd": "warning",
    "parcel_shape_decided": "note",
    "header_not_understood": "warning",
    "section_not_read": "note",
    "zone_decided": "note",
    "far_from_meridian": "warning",
    "vertex_columns_ignored": "note",
    # tables and pasted coordinates
    "coordinates_unclear": "warning",
    "axis_order_decided": "warning",
    "angle_columns_joined": "note",
    "list_cells_read": "note",
    "vertices_assembled": "note",
    "rings_closed": "note",
    "parcel_rows_apart": "warning",
    "parcel_vertex_unreadable": "warning",
    "parcel_points_wrong": "warning",
    "parcel_points_unordered": "warning",
    "parcel_rings_unclear": "warning",
    "parcel_values_differ": "warning",
    "title_rows_skipped": "note",
    "merged_cells_filled": "note",
    "cell_errors": "warning",
    "values_joined": "warning",
    # access lists of control units
    "access_code_missing": "error",
    "access_code_malformed": "error",
    "access_code_contradicts_category": "error",
    "access_dimension_missing": "error",
    "access_dimension_unknown": "error",
    "access_text_missing": "error",
    "access_none_contradicts": "error",
    "access_effect_unreadable": "warning",
    "access_industries_unreadable": "warning",
    "access_condition_incomplete": "warning",
    "access_blanks_filled": "warning",
    "repeated_headings_skipped": "note",
    "access_unit_unknown": "warning",
    "access_unit_category": "warning",
    "access_unit_county": "warning",
    "access_units_not_listed": "warning",
}


@dataclass(frozen=True, slots=True)
class DataIssue:
    """One thing found or mended.

    Attributes
    ----------
    code
        A key of `SEVERITY`.
    layer
        Id of the layer.
    row
        Row in the source, counted from 0; None when it concerns the whole layer.
    feature_id
        Id of the feature, where it has one.
    facts
        What fills the sentence ``issue.<code>``.
    lon, lat
        Where on the earth, degrees, EPSG:4490; None when not known.
    """

    code: str
    layer: str
    row: int | None = None
    feature_id: str | None = None
    facts: Mapping[str, Fact] | None = None
    lon: float | None = None
    lat: float | None = None

    def __post_init__(self) -> None:
        """Refuse a code that the table does not have: a slip of ours."""
        if self.code not in SEVERITY:
            msg = f"no such issue code: {self.code}"
            raise KeyError(msg)

    @property
    def severity(self) -> Severity:
        """How grave it is, from the table."""
        return SEVERITY[self.code]

    @property
    def message(self) -> Message:
        """The sentence, to be rendered in a language."""
        return Message(f"issue.{self.code}", dict(self.facts or {}))


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row of the source that is kept aside because it cannot be relied on.

    Attributes
    ----------
    row
        Row in the source, counted from 0.
    feature_id
        Its id, where it has one.
    reason
        Code of the `DataIssue` that says why.
    bounds
        (min_lon, min_lat, max_lon, max_lat) of its raw coordinates, or None when it
        is not known where it lies: then it may lie anywhere.
    attributes
        Its canonical attributes (for a site: name and the rest).
    """

    row: int
    feature_id: str
    reason: str
    bounds: tuple[float, float, float, float] | None
    attributes: Mapping[str, object]
