"""From two files straight to areas: what the table says, and nothing less checked."""

from __future__ import annotations

import gc
import struct
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.errors import GeometryError, InputRefusedError, SourceNotFoundError
from layers.geoparquet import geometry_column
from spatial.index.arrow_rows import ArrowRows
from spatial.index.rings import rings_of
from spatial.index.wkb_rows import WkbRows, rings_of_rows
from spatial.overlap import files, overlap_table, shared_areas
from spatial.overlap.loading import load_kernels


def square(x, y, side=1.0, hole=None):
    """Return a square of so many thousandths of a degree near (110, 40)."""
    corners = np.round([x, y, x + side, y + side], 6) * 1000 + [110e6, 40e6] * 2
    shape = shapely.box(*corners / 1e6)
    return shape if hole is None else shape.difference(hole)


def frame(shapes, crs="EPSG:4490"):
    """Return a frame of some shapes."""
    return gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs=crs)


@pytest.fixture
def on_disk(tmp_path):
    """Write a frame and return the file."""
    count = iter(range(100))

    def written(shapes, crs="EPSG:4490", encoding="WKB"):
        path = tmp_path / f"{next(count)}.parquet"
        frame(shapes, crs).to_parquet(path, geometry_encoding=encoding)
        return path

    return written


#   0   1   2   3   4
# 2 +-------+-------+      zone 0 with a hole (0.5..1.5), zone 1 beside it
#   |  +-+  |       |
#   |  +-+  |       |
# 0 +-------+-------+
ZONES = [square(0, 0, 2, hole=square(0.5, 0.5)), square(2, 0, 2)]
SITES = [
    square(0.5, 0.5),  # fills the hole: touches
    square(1.6, 0.1, 0.8),  # over the border of the two
    square(2.5, 0.5),  # inside zone 1
    square(4, 0),  # touches zone 1
    square(9, 9),  # far away
    shapely.MultiPolygon([square(0.1, 0.1, 0.2), square(5, 5, 0.2)]),
]


def same_as_table(found, sites, zones):
    """Whether two answers agree to the bit."""
    table = overlap_table(frame(sites), frame(zones), engine="kernel")
    return (
        found.site.tolist() == table["site"].tolist()
        and found.zone.tolist() == table["zone"].tolist()
        and found.area_m2.tobytes() == table["area_m2"].to_numpy().tobytes()
        and found.share_of_site.tobytes() == table["share_of_site"].to_numpy().tobytes()
    )


@pytest.mark.parametrize("validity", ["check", "known"])
@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_two_files_give_what_the_table_of_the_two_frames_gives(
    on_disk, validity, encoding
):
    # In GeoArrow the sites are multipolygons, as one of them is, the zones polygons.
    sites, zones = (on_disk(some, encoding=encoding) for some in (SITES, ZONES))
    found = shared_areas(sites, zones, validity=validity)

    assert list(zip(found.site, found.zone, strict=True)) == [
        *((0, 0), (1, 0), (1, 1), (2, 1), (3, 1), (5, 0))
    ]
    assert np.allclose(found.share_of_site, [0, 0.5, 0.5, 1, 0, 0.5], atol=1e-4)
    assert found.area_m2[[0, 4]].tolist() == [0.0, 0.0]
    assert (found.sites, found.zones) == (6, 2)
    assert same_as_table(found, SITES, ZONES)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    batch=st.sampled_from([1, 7, 1_000]),
    encoding=st.sampled_from(["WKB", "geoarrow"]),
)
def test_threads_and_batches_change_no_bit(tmp_path_factory, seed, batch, encoding):
    rng = np.random.default_rng(seed)
    places = np.round(rng.uniform(0, 6, (60, 3)), 1)  # so that borders coincide
    shapes = [square(x, y, 0.1 + side / 3) for x, y, side in places]
    sites, zones = shapes[:45], shapes[45:]
    folder = tmp_path_factory.mktemp("files")
    for name, some in (("sites", sites), ("zones", zones)):
        frame(some).to_parquet(folder / name, geometry_encoding=encoding)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BATCH", batch)
        patch.setattr(files, "_ZONES_IN_BATCH", batch)
        patch.setattr(files, "_ZONE_BYTES", 100 * batch)
        for threads in (1, 3):
            found = shared_areas(folder / "sites", folder / "zones", threads=threads)
            assert same_as_table(found, sites, zones)


def test_a_file_without_a_row_shares_nothing(on_disk):
    nothing, something = on_disk([]), on_disk(ZONES)

    assert len(shared_areas(nothing, something)) == 0
    assert len(shared_areas(something, nothing)) == 0


def test_neither_tables_nor_proj_are_loaded_for_it():
    code = (
        "import sys; from spatial.overlap.files import shared_areas\n"
        "from spatial.overlap.loading import load_kernels; load_kernels('a test')\n"
        "import spatial.index.near, spatial.index.wkb, spatial.overlap.kernel\n"
        "print(sorted({'pandas', 'pyproj', 'geopandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("collects", [True, False])
def test_loading_leaves_the_collection_of_garbage_as_it_was(collects):
    was = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        load_kernels("a test")
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was else gc.disable)()


# -- from bytes to rings -----------------------------------------------------------


def rows(*blobs):
    """Return rows of bytes as they come from a file."""
    return WkbRows(0, pa.array(blobs, pa.binary()), "a.parquet")


def same_rings(a, b):
    """Whether two tables of rings are the same to the bit."""
    return a.count == b.count and all(
        np.array_equal(getattr(a, part), getattr(b, part))
        for part in ("xy", "ring", "owner", "side")
    )


@pytest.mark.parametrize("nbytes", [1, 100, 250, 10**6])
@pytest.mark.parametrize("cut", [slice(None), slice(1, 5), slice(2, 2)])
def test_parts_are_the_rows_in_order_and_of_about_one_size(nbytes, cut):
    blobs = [shapely.to_wkb(one) for one in (*SITES, shapely.Point(110, 40).buffer(1))]
    whole = WkbRows(7, pa.array(blobs, pa.binary())[cut], "a.parquet")

    parts = whole.parts(nbytes)

    assert [one for part in parts for one in part.blobs.to_pylist()] == blobs[cut]
    firsts = np.cumsum([7, *(len(part) for part in parts)])[:-1].tolist()
    assert [part.first for part in parts] == firsts
    sizes = [sum(map(len, part.blobs.to_pylist())) for part in parts]
    assert all(one < nbytes + max(map(len, blobs)) for one in sizes)
    assert all(len(part) for part in parts) or not len(whole)


@pytest.mark.parametrize("order", [0, 1], ids=["big-endian", "little-endian"])
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("height", [False, True], ids=["flat", "with heights"])
@pytest.mark.parametrize("way", [False, True], ids=["as drawn", "turned round"])
def test_bytes_give_the_rings_that_geometries_give(order, flavor, height, way):
    shapes = np.array([*ZONES, *SITES], dtype=object)
    shapes = shapely.reverse(shapes) if way else shapes
    shapes = shapely.force_3d(shapes, 7.0) if height else shapes
    blobs = shapely.to_wkb(shapes, byte_order=order, flavor=flavor)

    read = rings_of_rows([rows(*blobs[:3]), rows(*blobs[3:])])

    assert same_rings(read, rings_of(shapes))


def test_a_slice_of_a_large_array_is_read_from_its_own_bytes():
    blobs = pa.array(shapely.to_wkb(np.array(SITES)), pa.large_binary()).slice(2, 3)

    read = rings_of_rows([WkbRows(2, blobs, "a.parquet")])

    assert same_rings(read, rings_of(np.array(SITES[2:5], dtype=object)))


def polygon(*rings, tail=b""):
    """Return the bytes of a polygon, whatever its rings are."""
    body = b"".join(
        struct.pack("<I", len(one)) + b"".join(struct.pack("<2d", *xy) for xy in one)
        for one in rings
    )
    return struct.pack("<BII", 1, 3, len(rings)) + body + tail


RING = [(110, 40), (110.1, 40), (110.1, 40.1), (110, 40)]
NAN = float("nan")


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (None, "row 1: expected a valid polygon in EPSG:4490, got null"),
        (b"", "row 1: expected a valid polygon"),
        (polygon(RING)[:-1], "row 1: expected a valid polygon"),
        (polygon(RING)[:7], "row 1: expected a valid polygon"),
        (polygon([*RING[:3], (110, 40.0001)]), "row 1: expected a valid polygon"),
        (polygon(RING[:2]), "row 1: expected a valid polygon"),
        (struct.pack("<BIII", 1, 3, 1, 2**31), "row 1: expected a valid polygon"),
        (struct.pack("<BII", 1, 6, 2**31), "row 1: expected a valid polygon"),
        (polygon(), "POLYGON EMPTY"),
        (struct.pack("<BII", 1, 6, 0), "MULTIPOLYGON EMPTY"),
        (shapely.to_wkb(shapely.Point(1, 2)), "POINT"),
        (polygon([*RING[:2], (110.1, NAN), RING[0]]), "nan"),
        (polygon([*RING[:2], (110.1, np.inf), RING[0]]), "inf"),
        (polygon([*RING[:2], (110.1, 90.5), RING[0]]), "90.5"),
        (polygon([*RING[:2], (499_000.0, 40), RING[0]]), "499000"),
    ],
    ids=lambda one: one if isinstance(one, str) else "row",
)
def test_a_row_that_is_no_polygon_in_degrees_is_named(blob, words):
    with pytest.raises(GeometryError, match=rf"a\.parquet, .*{words}"):
        rings_of_rows([rows(polygon(RING), blob)])


@example(b"", 8, 189)  # 3.2 thousand million rings: no room is made for them
@given(st.binary(max_size=60), st.integers(0, 80), st.integers(0, 255))
def test_damaged_bytes_are_refused_or_read_as_geos_reads_them(junk, at, value):
    sound = polygon(RING)
    broken = sound[:at] + bytes([value]) + sound[at + 1 :]
    for blob in (junk, broken, sound + junk):
        try:
            read = rings_of_rows([rows(blob)])
        except GeometryError:
            continue
        assert same_rings(read, rings_of(np.array([shapely.from_wkb(blob)])))


# -- GeoArrow ----------------------------------------------------------------------


def nested(*rows, large=False, height=False):
    """Return rows of rings as an array of lists; None is null at any depth."""
    fields = [(name, pa.float64()) for name in ("z" * height, "x", "y") if name]
    kind = (pa.large_list if large else pa.list_)(pa.list_(pa.struct(fields)))

    def vertex(xy):
        return xy and {"x": xy[0], "y": xy[1], **({"z": 7.0} if height else {})}

    made = [
        row and [ring and [vertex(xy) for xy in ring] for ring in row] for row in rows
    ]
    return pa.array(made, kind)


HOLE = [(110.02, 40.02), (110.03, 40.02), (110.03, 40.03), (110.02, 40.02)]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("height", [False, True])
@pytest.mark.parametrize("cut", [slice(None), slice(1, 3)])
def test_lists_give_the_rings_that_geometries_give(large, height, cut):
    lists = [[RING], [RING, HOLE], [RING[::-1], HOLE[::-1]]]
    shapes = np.array([shapely.Polygon(one[0], one[1:]) for one in lists])[cut]
    rows = ArrowRows.of(5, nested(*lists, large=large, height=height)[cut], "a.parquet")

    assert same_rings(rings_of_rows([rows]), rings_of(shapes))
    assert shapely.equals_identical(rows.shapes(), shapes).all()
    assert shapely.equals_identical(rows.shapes(np.array([1])), shapes[1:2]).all()
    parts = rows.parts(1)
    assert [one.first for one in parts] == list(range(5, 5 + len(shapes)))
    assert same_rings(rings_of_rows(parts), rings_of(shapes))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (None, "null"),
        ([], "an empty polygon"),
        ([None], "null"),
        ([[]], "fewer than four"),
        ([RING, HOLE[1:]], "fewer than four"),
        ([[*RING, (110.0, 39.9)]], "not closed"),
        ([[*RING[:2], None, RING[0]]], "a vertex that is null"),
        ([[*RING[:2], (110.1, None), RING[0]]], "a vertex that is null"),
        ([[*RING[:2], (110.1, np.nan), RING[0]]], "nan"),
        ([[*RING[:2], (499_000.0, 40.0), RING[0]]], "499000"),
    ],
)
def test_a_row_of_lists_that_is_no_polygon_in_degrees_is_named(row, words):
    with pytest.raises(GeometryError, match=rf"a\.parquet, row 4: .*{words}"):
        ArrowRows.of(2, nested([RING], [RING, HOLE], row, [RING]), "a.parquet")


def test_a_multipolygon_without_a_polygon_is_named(on_disk):
    empty = on_disk([*SITES, shapely.MultiPolygon()], encoding="geoarrow")
    with pytest.raises(GeometryError, match=r"row 6: .*an empty polygon"):
        shared_areas(empty, on_disk(ZONES))


# -- what is refused ---------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_a_shape_that_crosses_itself_is_refused_unless_it_is_known_to_be_sound(
    on_disk, encoding
):
    bow = shapely.Polygon([(110, 40), (110.1, 40.1), (110.1, 40), (110, 40.1)])
    sound, crossed = on_disk(ZONES), on_disk([ZONES[0], bow], encoding=encoding)

    for sites, zones in ((sound, crossed), (crossed, sound)):
        with pytest.raises(GeometryError, match=r"row 1: .*Self-intersection"):
            shared_areas(sites, zones)
    assert len(shared_areas(sound, crossed, validity="known"))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4547", None])
def test_any_other_frame_is_refused(on_disk, crs):
    with pytest.raises(InputRefusedError, match="EPSG:4490"):
        shared_areas(on_disk(SITES), on_disk(ZONES, crs))


def test_a_file_that_is_not_there_or_cut_short_is_refused(on_disk, tmp_path):
    sound = on_disk(SITES)
    with pytest.raises(SourceNotFoundError, match="check the path"):
        shared_areas(sound, tmp_path / "none.parquet")
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(sound.read_bytes()[:-20])
    with pytest.raises(InputRefusedError, match="GeoParquet"):
        shared_areas(cut, sound)


def test_plain_parquet_and_other_encodings_are_refused(on_disk, tmp_path):
    plain, points = tmp_path / "plain.parquet", tmp_path / "arrow.parquet"
    lines = on_disk([shapely.LineString([(110, 40), (111, 41)])], encoding="geoarrow")
    frame(SITES).drop(columns="geometry").to_parquet(plain)
    frame(ZONES).to_parquet(points, geometry_encoding="geoarrow")

    with pytest.raises(InputRefusedError, match="without geo metadata"):
        geometry_column(plain)
    with pytest.raises(InputRefusedError, match="is not WKB"):
        geometry_column(points)
    with pytest.raises(InputRefusedError, match="is not WKB or polygon or multipoly"):
        shared_areas(lines, points)


@pytest.mark.parametrize("setting", [{"validity": "perhaps"}, {"threads": 0}])
def test_settings_without_a_meaning_are_refused(on_disk, setting):
    with pytest.raises(InputRefusedError, match=next(iter(setting))):
        shared_areas(on_disk(SITES), on_disk(ZONES), **setting)
