"""Patches against approvals: on squared paper, with every way in which one can fail."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from layers.errors import InputRefusedError
from layers.samples import scene
from layers.samples.zones import sheets
from spatial.measure import area_m2
from spatial.permits import STATES, permit_counts, permit_table

ON = dt.date(2025, 9, 16)
UNIT = 0.001  # degrees: about 85 m by 111 m


def square(x, y, wide=1, high=1):
    return box(
        106 + x * UNIT, 40 + y * UNIT, 106 + (x + wide) * UNIT, 40 + (y + high) * UNIT
    )


def patches(*shapes, kind="mining"):
    names = [f"P{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"kind": kind}, index=names, geometry=list(shapes), crs="EPSG:4490"
    )


def permits(*rows):
    """Return permits: (code, from, to, shape[, class])."""
    table = {
        "code": [row[0] for row in rows],
        "activity_class": [row[4] if len(row) > 4 else "mining" for row in rows],
        "valid_from": [row[1] and dt.date.fromisoformat(row[1]) for row in rows],
        "valid_to": [row[2] and dt.date.fromisoformat(row[2]) for row in rows],
    }
    shapes = [row[3] for row in rows]
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def state(shape, *rows, tolerance_m=1.0, kind="mining", **more):
    table = permit_table(
        patches(shape, kind=kind),
        permits(*rows),
        on=ON,
        tolerance_m=tolerance_m,
        **more,
    )
    return table.iloc[0]


def test_inside_an_approved_footprint():
    got = state(square(1, 1), ("A", "2024-01-01", "2026-12-31", square(0, 0, 3, 3)))
    assert got["permit_state"] == "inside"
    assert got["beyond_m2"] == 0
    assert got["permit_codes"] == ("A",)
    assert got["permit_until"] == dt.date(2026, 12, 31)
    assert got["class_agrees"] is True


def test_beyond_it_by_so_many_square_metres():
    patch = square(0, 0, 2, 1)
    got = state(patch, ("A", "2024-01-01", "2026-12-31", square(0, 0, 1, 1)))
    assert got["permit_state"] == "beyond"
    assert got["beyond_m2"] == pytest.approx(area_m2(patch) / 2, rel=1e-6)
    assert got["approved_m2"] + got["beyond_m2"] == pytest.approx(area_m2(patch))


def test_two_footprints_that_adjoin_approve_what_lies_across():
    got = state(
        square(0, 0, 2, 1),
        ("A", "2024-01-01", "2026-12-31", square(0, 0, 1, 1)),
        ("B", "2024-01-01", "2025-12-31", square(1, 0, 1, 1)),
    )
    assert got["permit_state"] == "inside"


def test_a_rim_of_a_pixel_is_within_the_accuracy_of_the_image():
    rows = ("A", "2024-01-01", "2026-12-31", square(0.1, 0.1, 1.8, 1.8))
    # the rim is 0.1 of 85 m and of 111 m wide
    assert state(square(0, 0, 2, 2), rows, tolerance_m=12)["permit_state"] == "inside"
    assert state(square(0, 0, 2, 2), rows, tolerance_m=5)["permit_state"] == "beyond"


@pytest.mark.parametrize(
    ("long", "expected"), [(0.1, "inside"), (0.2, "beyond"), (9, "beyond")]
)
def test_a_thin_tail_is_within_the_accuracy_no_farther_than_a_pixel(long, expected):
    # A road of 0.1 squares (11 m) that leaves the pit by so many squares of 85 m.
    pit, road = square(0, 0, 2, 2), square(2, 1, long, 0.1)
    got = state(pit.union(road), ("A", "2024-01-01", "2026-12-31", pit), tolerance_m=12)
    assert got["permit_state"] == expected
    assert got["beyond_m2"] == pytest.approx(area_m2(road), rel=1e-4)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-01-01", "2025-09-15", "expired"),
        ("2020-01-01", "2025-09-16", "inside"),
        ("2025-09-16", "2026-01-01", "inside"),
        ("2025-09-17", "2026-01-01", "not_yet_valid"),
        (None, "2026-01-01", "unclear"),
        ("2020-01-01", None, "unclear"),
        (None, None, "unclear"),
        (None, "2020-01-01", "expired"),
    ],
)
def test_the_days_of_a_permit(start, end, expected):
    got = state(square(0, 0), ("A", start, end, square(0, 0, 2, 2)))
    assert got["permit_state"] == expected


def test_no_permit_is_none_where_permits_are_known_and_not_checked_elsewhere():
    far = ("A", "2024-01-01", "2026-12-31", square(9, 9))
    assert state(square(0, 0), far)["permit_state"] == "none"
    got = state(square(0, 0), far, known=np.array([False]))
    assert got["permit_state"] == "not_checked"
    assert np.isnan(got["beyond_m2"])


def test_without_a_layer_nothing_is_checked():
    got = permit_table(patches(square(0, 0)), None, on=ON, tolerance_m=1)
    assert got["permit_state"].tolist() == ["not_checked"]


def test_an_approval_counts_even_where_the_layer_does_not_cover():
    got = state(
        square(0, 0),
        ("A", "2024-01-01", "2026-12-31", square(0, 0, 2, 2)),
        known=np.array([False]),
    )
    assert got["permit_state"] == "inside"


@pytest.mark.parametrize(
    "shape",
    [Point(106.0005, 40.0005), LineString([(106, 40.0005), (106.001, 40.0005)])],
    ids=["point", "line"],
)
def test_a_permit_that_is_no_area_may_cover_it_or_not(shape):
    got = state(square(0, 0), ("A", "2024-01-01", "2026-12-31", shape))
    assert got["permit_state"] == "unclear"


def test_a_rest_that_an_undated_permit_may_cover_is_unclear():
    got = state(
        square(0, 0, 2, 1),
        ("A", "2024-01-01", "2026-12-31", square(0, 0, 1, 1)),
        ("B", None, None, square(1, 0, 1, 1)),
    )
    assert got["permit_state"] == "unclear"
    assert np.isnan(got["beyond_m2"])


def test_a_footprint_that_only_touches_approves_nothing():
    got = state(square(0, 0), ("A", "2024-01-01", "2026-12-31", square(1, 0)))
    assert got["permit_state"] == "none"


@pytest.mark.parametrize(
    ("kind", "agrees"), [("mining", True), ("energy", False), ("unknown", None)]
)
def test_whether_a_permit_is_of_the_kind(kind, agrees):
    got = state(
        square(0, 0), ("A", "2024-01-01", "2026-12-31", square(0, 0, 2, 2)), kind=kind
    )
    assert got["class_agrees"] is agrees


def test_another_table_is_refused():
    with pytest.raises(InputRefusedError, match="no valid_to"):
        permit_table(
            patches(square(0, 0)),
            permits().drop(columns="valid_to"),
            on=ON,
            tolerance_m=1,
        )


def test_all_planted_permits_are_matched():
    (sheet,) = (one for one in sheets() if one.kind == "permit")
    rows = [
        (row["许可证号"], row["有效期起"], row["有效期止"], row["geometry"])
        for _, row in sheet.frame.iterrows()
    ]
    planted = scene.CHANGES
    table = permit_table(
        patches(*(one.geometry for one in planted)),
        permits(*rows),
        on=ON,
        tolerance_m=10,
    )
    assert table["permit_state"].tolist() == [one.permit for one in planted]
    (beyond,) = (i for i, one in enumerate(planted) if one.permit == "beyond")
    # 20 of 44 columns of 22 pixels of 100 m2 lie outside of the footprint
    assert table["beyond_m2"].iloc[beyond] == pytest.approx(44_000, rel=1e-3)


def test_states_are_counted_in_the_order_of_urgency():
    table = permit_table(patches(square(0, 0)), None, on=ON, tolerance_m=1)
    assert list(permit_counts(table)) == list(STATES)
    assert permit_counts(table)["not_checked"] == 1
