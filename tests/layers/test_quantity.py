"""Figures with a unit: converted and told, or missing with the reason."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import layers
from layers.quantity import UNITS, quantity
from layers.spec import FieldSpec, fold

MW = FieldSpec("capacity_mw", {}, type="number", unit="MW")
TONS = FieldSpec("capacity_t_per_year", {}, type="number", unit="t/a")


@pytest.mark.parametrize(
    ("cell", "field", "value"),
    [
        ("60万吨/年", TONS, 600_000.0),
        ("60 万吨 / 年", TONS, 600_000.0),
        ("1,200吨/年", TONS, 1_200.0),
        ("1.5kt/a", TONS, 1_500.0),
        ("120t/a", TONS, 120.0),
        ("299 MW", MW, 299.0),
        ("299000kW", MW, 299.0),
        ("30万千瓦", MW, 300.0),
        ("\uff11\uff10\uff10\uff2d\uff37", MW, 100.0),
        ("1GW", MW, 1_000.0),
    ],
)
def test_a_cell_with_its_unit_is_a_figure(cell, field, value):
    read = quantity(cell, field, heading="任意")
    assert read.value == value
    assert read.trouble is None


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("装机容量（万千瓦）", 300.0),
        ("装机容量(MW)", 30.0),
        ("capacity_mw", 30.0),
        ("装机容量（千瓦）", 0.03),
    ],
)
@pytest.mark.parametrize("cell", [30, 30.0, "30"])
def test_a_bare_number_has_the_unit_of_its_heading(heading, value, cell):
    assert quantity(cell, MW, heading=heading).value == value


@pytest.mark.parametrize(
    ("cell", "trouble"),
    [
        (30, "unit_missing"),
        ("30", "unit_missing"),
        ("60万吨", "unit_unknown"),
        ("60蒸吨/小时", "unit_unknown"),
        ("100MWp", "unit_unknown"),
        ("2×300MW", "unit_unknown"),
        ("30MW以上", "unit_unknown"),
        ("3e2MW", "unit_unknown"),
        ("约30MW", "value_not_readable"),
        ("大型", "value_not_readable"),
        (True, "value_not_readable"),
        (float("inf"), "value_not_readable"),
    ],
)
def test_what_has_no_known_unit_is_missing_with_the_reason(cell, trouble):
    read = quantity(cell, MW, heading="装机容量")
    assert (read.value, read.trouble) == (None, trouble)


def test_a_heading_in_a_unit_of_another_kind_does_not_help():
    read = quantity(30, MW, heading="装机容量（万吨）")
    assert read.trouble == "unit_unknown"


@given(
    st.floats(min_value=0.001, max_value=1e6).map(lambda one: round(one, 3)),
    st.sampled_from(sorted(UNITS["MW"])),
)
def test_a_figure_in_any_unit_is_the_number_times_the_unit(number, unit):
    read = quantity(f"{number}{unit}", MW, heading="")
    assert read.value == pytest.approx(number * UNITS["MW"][unit])
    assert read.converted == (UNITS["MW"][unit] != 1)


def test_every_unit_is_spelled_as_it_is_compared():
    for unit, spellings in UNITS.items():
        assert all(fold(one) == one for one in spellings)
        assert spellings[fold(unit)] == 1.0


def test_every_unit_of_the_catalogue_is_known():
    named = [one.unit for kind in layers.kinds() for one in layers.spec(kind).fields]
    assert {one for one in named if one} <= set(UNITS)
    assert "MW" in named


def test_a_site_table_tells_what_it_converted_and_what_it_could_not_read():
    frame = gpd.GeoDataFrame(
        {
            "装机容量": ["30万千瓦", "299 MW", "300", None],
            "产能（万吨/年）": [60, "5000吨/年", "许多", 1],
        },
        geometry=[shapely.box(107, 40, 107.1, 40.1)] * 4,
        crs=4490,
    )
    layer = layers.from_frame(frame, kind="project_site")
    assert layer.frame["capacity_mw"].tolist()[:2] == [300.0, 299.0]
    assert layer.frame["capacity_mw"].isna().tolist() == [False, False, True, True]
    assert layer.frame["capacity_t_per_year"].isna().tolist() == [
        False, False, True, False,
    ]  # fmt: skip
    told = {
        (one.row, str((one.facts or {})["field"]), one.code, (one.facts or {})["value"])
        for one in layer.issues
        if one.row is not None and "value" in (one.facts or {})
    }
    assert (0, "capacity_mw", "unit_converted", "30万千瓦 = 300 MW") in told
    assert (2, "capacity_mw", "unit_missing", "300") in told
    assert (2, "capacity_t_per_year", "value_not_readable", "许多") in told
    assert (0, "capacity_t_per_year", "unit_converted", "60 = 600000 t/a") in told
    assert not [one for one in told if one[0] == 1 and one[1] == "capacity_mw"]
