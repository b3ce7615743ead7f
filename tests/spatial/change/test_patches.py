"""Patches: what is measured, why one is set aside, and what keeps its name."""

import numpy as np
import pytest
import shapely
from simple_change import BANDS, found, grid_of, mask_of, painted

from layers.errors import InputRefusedError
from layers.samples.scene import SURFACES
from spatial.change.events import events
from spatial.change.patches import COLUMNS, patches
from spatial.change.reasons import REASONS, near_hidden
from spatial.change.runs import components, numbered
from spatial.measure import area_m2, distance_m

LABELS = list(SURFACES)
ROOM = (40, 60)


def scene(*drawn, was="grass"):
    """Return two images and the mask: (surface, rows, columns, surface before)."""
    before = np.full(ROOM, LABELS.index(was))
    after = before.copy()
    for surface, rows, columns, *earlier in drawn:
        before[rows, columns] = LABELS.index(earlier[0] if earlier else was)
        after[rows, columns] = LABELS.index(surface)
    one, two = painted(before, SURFACES), painted(after, SURFACES)
    return one, two, before != after


def run(before, after, mask, **more):
    return patches(
        found(mask),
        grid_of(mask.shape),
        before=before,
        after=after,
        bands=BANDS,
        **more,
    )


def test_every_column_is_there_and_the_frame_is_the_one_frame():
    got = run(*scene(("bare", slice(5, 15), slice(5, 15))))
    assert tuple(got.columns[: len(COLUMNS)]) == COLUMNS
    assert got.crs == "EPSG:4490"


def test_no_change_gives_an_empty_table_of_the_same_columns():
    before, after, _ = scene()
    got = run(before, after, np.zeros(ROOM, dtype=bool))
    assert len(got) == 0
    assert tuple(got.columns[: len(COLUMNS)]) == COLUMNS


def test_area_and_width_are_those_on_the_ground():
    got = run(*scene(("bare", slice(5, 15), slice(5, 25))))
    # 20,000 m2 and 100 m on the map; UTM shrinks by 0.9996 on its middle meridian
    assert got["area_m2"].item() == pytest.approx(20_000 / 0.9996**2, rel=1e-6)
    assert got["width_m"].item() == pytest.approx(100 / 0.9996, rel=1e-6)
    assert got["length_m"].item() == pytest.approx(200 / 0.9996, rel=1e-6)
    assert got["fill"].item() == pytest.approx(1.0, abs=0.01)
    assert got["area_m2"].item() == area_m2(got.geometry.item())


def test_a_patch_keeps_its_id_when_another_comes():
    alone = run(*scene(("bare", slice(5, 15), slice(5, 15))))
    both = run(
        *scene(
            ("roof", slice(0, 3), slice(50, 55)), ("bare", slice(5, 15), slice(5, 15))
        )
    )
    assert alone["patch_id"].item() in set(both["patch_id"])
    assert both["patch_id"].is_unique


def test_the_arrays_are_left_alone():
    before, after, mask = scene(("bare", slice(5, 15), slice(5, 15)))
    copies = before.copy(), after.copy(), mask.copy()
    run(before, after, mask)
    for one, two in zip((before, after, mask), copies, strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("name", ["before", "after"])
def test_arrays_that_do_not_lie_on_the_grid_are_refused(name):
    before, after, mask = scene()
    images = {"before": before, "after": after} | {name: before[:, :-1]}
    with pytest.raises(
        InputRefusedError, match=f"{name}: expected an array of the shape"
    ):
        patches(found(mask), grid_of(mask.shape), bands=BANDS, **images)


def test_a_band_that_is_missing_makes_the_kind_unknown_and_nothing_set_aside():
    before, after, mask = scene(("stubble", slice(5, 15), slice(5, 25), "crop"))
    got = patches(
        found(mask),
        grid_of(mask.shape),
        before=before[:2],
        after=after[:2],
        bands=BANDS[:2],
    )
    assert got["kind"].tolist() == ["unknown"]
    assert got["kept"].tolist() == [True]


# -- kinds ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "surface", "kind", "trend"),
    [
        (("road", 20, slice(5, 45)), "road", "transport", "new"),
        (("bare", slice(5, 20), slice(5, 25)), "bare_ground", "other", "new"),
        (("panels", slice(5, 20), slice(5, 25)), "panels", "energy", "new"),
        (("water", slice(5, 13), slice(5, 20)), "ponds", "farming", "new"),
        (("roof", slice(5, 9), slice(5, 10)), "buildings", "settlement", "new"),
        (("roof", slice(5, 20), slice(5, 25)), "large_roofs", "industry", "new"),
        (("grass", slice(5, 20), slice(5, 25), "bare"), "regrowth", "other", "reduced"),
        (("bare", slice(5, 15), slice(5, 15), "water"), "filled_water", "other", "new"),
    ],
)
def test_what_a_patch_looks_like(drawn, surface, kind, trend):
    got = run(*scene(drawn)).iloc[0]
    assert (got["surface"], got["kind"], got["trend"]) == (surface, kind, trend)
    assert 0 < got["kind_confidence"] <= 1
    assert got["kept"]


def test_ground_that_adjoins_the_same_ground_is_enlarged():
    before, after, mask = scene(
        ("bare", slice(5, 25), slice(5, 25), "bare"),
        ("bare", slice(5, 25), slice(25, 35)),
    )
    assert run(before, after, mask)["trend"].tolist() == ["enlarged"]


# -- reasons --------------------------------------------------------------


def test_two_pixels_are_too_small_and_three_are_not():
    got = run(*scene(("roof", 5, slice(5, 7)), ("roof", 15, slice(5, 8))))
    assert got["reason"].tolist() == ["too_small", None]
    assert got["kept"].tolist() == [False, True]


def test_the_smallest_area_and_width_can_be_set():
    drawn = scene(("road", 5, slice(5, 45)), ("roof", slice(15, 18), slice(5, 8)))
    assert run(*drawn, min_width_m=20)["reason"].tolist() == ["too_narrow", None]
    assert run(*drawn, min_area_m2=1000)["reason"].tolist() == [None, "too_small"]


def test_a_reaped_field_is_seasonal_and_so_is_a_sown_one():
    got = run(
        *scene(
            ("stubble", slice(5, 15), slice(5, 25), "crop"),
            ("crop", slice(20, 30), slice(5, 25), "stubble"),
        )
    )
    assert got["reason"].tolist() == ["seasonal_vegetation"] * 2


def test_a_border_that_moved_by_the_measured_shift_is_no_change():
    before, _, _ = scene(("road", slice(0, 40), slice(20, 23), "road"))
    after = before.copy()
    after[:, :, 1:] = (before[:, :, 1:] + before[:, :, :-1]) / 2
    mask = np.abs(after - before).sum(axis=0) > 0.05
    got = run(before, after, mask, shift_px=(0.5, 0.0))
    assert set(got["reason"]) == {"shift"}
    unmoved = run(before, after, mask)
    assert "shift" not in set(unmoved["reason"])


def test_a_new_road_is_no_shift():
    got = run(*scene(("road", slice(0, 40), 20)), shift_px=(0.5, 0.0))
    assert got["reason"].tolist() == [None]


def test_the_border_of_a_lake_that_has_sunk_is_its_level():
    before, after, mask = scene(("water", slice(5, 35), slice(5, 45), "water"))
    after[:, 5:8, 5:45] = np.array(SURFACES["shore"])[:, None, None]
    mask[5:8, 5:45] = True
    assert run(before, after, mask)["reason"].tolist() == ["water_level"]


def test_the_rim_of_a_cloud_is_told_and_bare_ground_beside_it_is_kept():
    before, after, mask = scene(("bare", slice(30, 36), slice(20, 32)))
    after[:, 5:25, 10:40] = np.nan
    after[:, 25:27, 10:40] += 0.15
    mask[25:27, 10:40] = True
    got = run(before, after, mask)
    assert got["reason"].tolist() == ["cloud_edge", None]


def test_what_its_surroundings_did_as_well_is_haze():
    before, after, mask = scene()
    after += 0.02
    mask[10:20, 10:20] = True
    assert run(before, after, mask)["reason"].tolist() == ["haze"]


def test_ground_opened_up_amid_more_of_it_is_no_haze():
    # half of a building site was marked; the rest of it lies around the patch
    before, after, mask = scene(("bare", slice(5, 30), slice(5, 40)))
    mask[:] = False
    mask[10:20, 10:20] = True
    assert run(before, after, mask)["reason"].tolist() == [None]


# Leaves that fill the pixel: NDVI 0.88; and what is left after the axe: 0.6.
WOOD = np.array([0.02, 0.03, 0.02, 0.32, 0.12, 0.06], np.float32)
FELLED = np.array([0.03, 0.05, 0.06, 0.24, 0.16, 0.09], np.float32)


def test_what_is_cut_out_of_a_wood_is_a_felling_and_no_season():
    before = np.broadcast_to(WOOD[:, None, None], (6, *ROOM)).copy()
    after = before.copy()
    after[:, 10:16, 10:16] = FELLED[:, None, None]
    mask = (before != after).any(axis=0)
    got = run(before, after, mask)
    assert got[["surface", "trend", "reason"]].values.tolist() == [
        ["felling", "new", None]
    ]


def test_a_field_that_differed_from_its_neighbours_is_seasonal_though_green():
    before, after, _ = scene()  # grass, NDVI 0.6
    before[:, 10:16, 10:16] = WOOD[:, None, None]
    after[:, 10:16, 10:16] = FELLED[:, None, None]
    mask = (before != after).any(axis=0)
    assert run(before, after, mask)["reason"].tolist() == ["seasonal_vegetation"]


def test_a_wood_that_lost_its_leaves_as_a_whole_is_no_felling():
    before = np.broadcast_to(WOOD[:, None, None], (6, *ROOM)).copy()
    after = np.broadcast_to(FELLED[:, None, None], (6, *ROOM)).copy()
    mask = np.zeros(ROOM, dtype=bool)
    mask[10:16, 10:16] = True
    got = run(before, after, mask)
    assert got["reason"].tolist() == ["seasonal_vegetation"]


def test_what_was_hidden_is_not_observed():
    before, after, mask = scene()
    after[:, 10:20, 10:20] = np.nan
    mask[10:20, 10:20] = True
    assert run(before, after, mask)["reason"].tolist() == ["not_observed"]


def test_every_patch_is_kept_or_has_a_reason_that_is_known():
    rng = np.random.default_rng(5)
    before, after, _ = scene(("bare", slice(5, 15), slice(5, 15)))
    got = run(before, after, rng.random(ROOM) < 0.2, trim=False)
    assert (got["reason"].isna() == got["kept"]).all()
    assert set(got["reason"].dropna()) <= set(REASONS)
    assert got["event_id"].notna().equals(got["kept"])


def test_hidden_pixels_reach_as_far_as_was_asked():
    seen = ~mask_of("......\n......\n..#...\n......")
    near = near_hidden(seen, reach_px=1)
    assert np.array_equal(near, mask_of("......\n.###..\n.###..\n.###.."))


# -- events ---------------------------------------------------------------


def test_patches_near_to_each_other_are_one_event_over_a_third():
    #   0   100   200          500 m: 0 and 200 are joined by 100
    grid = grid_of((3, 80))
    mask = np.zeros((3, 80), dtype=bool)
    for column in (0, 10, 20, 60):
        mask[:, column : column + 3] = True
    before, after = (np.zeros((6, *mask.shape), dtype=np.float32) for _ in range(2))
    after[:, mask] = 0.2
    got = patches(found(mask), grid, before=before, after=after, bands=BANDS)
    ids = got["event_id"].tolist()
    assert ids[0] == ids[1] == ids[2] != ids[3]


def test_an_event_is_named_after_its_largest_patch():
    got = run(
        *scene(
            ("roof", slice(5, 8), slice(5, 8)), ("roof", slice(5, 15), slice(12, 22))
        )
    )
    large = got.sort_values("area_m2")["patch_id"].iloc[-1]
    assert set(got["event_id"]) == {"E" + large[1:]}


def test_no_patch_no_event():
    assert len(events(np.empty(0, dtype=object), within_m=100)) == 0


def test_the_distance_of_events_is_geodesic_and_includes_its_end():
    a, b = (
        shapely.box(106, 40, 106.001, 40.001),
        shapely.box(106.002, 40, 106.003, 40.001),
    )
    both = np.array([a, b], dtype=object)
    # 0.001 degrees of longitude at 40.001 north: 111,320 m x cos(40.001) x 0.001
    assert events(both, within_m=85.0).tolist() == [0, 1]
    assert events(both, within_m=86.0).tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(4))
def test_events_are_those_of_all_distances_measured(seed):
    """Two bounds in a plane settle most pairs, also where degrees differ in length."""
    rng = np.random.default_rng(seed)
    west, south = rng.uniform(100, 100.03, 30), rng.uniform(-0.01, 0.02, 30)
    south += (0.0, 30.0, -45.0, 58.0)[seed]
    south += (seed == 3) * rng.choice([0, 2.0], 30)
    wide, high = rng.uniform(0.0001, 0.001, (2, 30))
    shapes = shapely.box(west, south, west + wide, south + high)
    first, second = np.triu_indices(30, 1)
    far = distance_m(shapes[first], shapes[second])
    for within_m in (30.0, 120.0, 400.0):
        near = far <= within_m
        wanted = numbered(components(30, first[near], second[near]))
        assert events(shapes, within_m=within_m).tolist() == wanted.tolist()
