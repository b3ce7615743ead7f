"""What is written as boundary-point TXT is read back the same."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.errors import CrsError, InputRefusedError
from layers.formats import boundary_txt
from layers.formats.boundary_txt_write import write_boundary_txt

EPSG = 4524
E, N = 36_500_000.0, 4_400_000.0
SQUARE = shapely.box(E, N, E + 100, N + 100)
TEXTS = ("地块编号", "地块名称", "图幅号", "地块用途", "地类编码")


def frame(*shapes, crs=EPSG, **columns):
    columns = columns or {"地块编号": [f"A-{i}" for i in range(len(shapes))]}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def text_of(path, encoding="gb18030"):
    return path.read_bytes().decode(encoding)


def test_the_file_is_what_the_format_wants(tmp_path):
    holed = SQUARE.difference(shapely.box(E + 20, N + 20, E + 40, N + 40))
    table = frame(holed, 地块编号=["A-1"], 地块名称=["一号地块"], 地块用途=["工业用地"])
    path = tmp_path / "dk.txt"
    done = write_boundary_txt(
        table, path, header={"数据产生单位": "某局", "项目": "矿"}
    )
    lines = text_of(path).split("\r\n")
    assert lines[:15] == [
        "[属性描述]",
        "格式版本号=1.01",
        "数据产生单位=某局",
        "数据产生日期=",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        "带号=36",
        "精度=0.001",
        "转换参数=0,0,0,0,0,0,0",
        "项目=矿",
        "[地块坐标]",
        "10,0.9600,A-1,一号地块,面,,工业用地,,@",
        f"J1,1,4400000.000,{holed.exterior.coords[0][0]:.3f}",
    ]
    rings = [row.split(",")[:2] for row in lines[14:-1]]
    names = [f"J{at}" for at in (1, 2, 3, 4, 1, 5, 6, 7, 8, 5)]
    assert rings == [[one, "12"[at > 4]] for at, one in enumerate(names)]
    assert lines[-1] == ""
    assert (done.parcels, done.points, done.edge_shift_m) == (1, 10, 0.0)
    assert done.crs.startswith("EPSG:4524 ")


def test_the_same_parcels_give_the_same_bytes_and_leave_nothing_beside(tmp_path):
    for name in ("a.txt", "b.txt", "a.txt"):
        write_boundary_txt(frame(SQUARE), tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", "b.txt"]
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()


def test_a_file_that_is_there_stays_when_writing_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with pytest.raises(InputRefusedError, match="no geometry"):
        write_boundary_txt(frame(SQUARE, None), path)
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
def test_both_encodings_are_read_back_without_being_told(encoding, tmp_path):
    table = frame(SQUARE, 地块编号=["A-1"], 地块名称=["䶮镇𠮷地块"])
    write_boundary_txt(table, tmp_path / "a.txt", encoding=encoding)
    back = boundary_txt.read(tmp_path / "a.txt")
    assert back.attributes["地块名称"].tolist() == ["䶮镇𠮷地块"]
    assert back.encoding == encoding


@pytest.mark.parametrize(
    ("crs", "how", "epsg"),
    [
        (4490, {}, 4524),
        (4326, {}, 4524),
        (4490, {"zone_width": 6}, 4497),
        (4490, {"zone": 37}, 4525),
        (4545, {}, 4524),
        (3857, {}, 4524),
    ],
)
def test_any_accepted_system_is_brought_to_the_zone(crs, how, epsg, tmp_path):
    """The oracle goes straight from EPSG to EPSG, by pyproj."""
    degrees = shapely.box(108.2, 39.7, 108.201, 39.701)
    source = gpd.GeoDataFrame(
        {"地块编号": ["A"]},
        geometry=[degrees],
        crs=4326 if crs in (4326, 3857) else 4490,
    ).to_crs(crs)
    done = write_boundary_txt(source, tmp_path / "a.txt", **how)
    back = boundary_txt.read(tmp_path / "a.txt")
    assert back.crs == epsg
    there = pyproj.Transformer.from_crs(4490, epsg, always_xy=True)
    wanted = shapely.transform(degrees, there.transform, interleaved=False)
    away = shapely.get_coordinates(back.geometry[0]) - shapely.get_coordinates(wanted)
    assert np.abs(away).max() < 1e-3
    beside = {"far_from_meridian"} if how == {"zone": 37} else set()
    assert {code for code, _ in back.found} == {"encoding_decided", *beside}
    assert ("WGS 84 taken as CGCS2000" in done.operation) == (crs in (4326, 3857))
    assert 0 <= done.edge_shift_m < 0.001


def test_the_plane_to_the_plane_beside_it_bends_nothing(tmp_path):
    without_prefix = shapely.transform(SQUARE, lambda xy: xy - [36_000_000, 0])
    done = write_boundary_txt(frame(without_prefix, crs=4545), tmp_path / "a.txt")
    assert done.edge_shift_m == 0.0
    assert shapely.equals(boundary_txt.read(tmp_path / "a.txt").geometry[0], SQUARE)


def test_long_edges_in_degrees_are_told_to_bend(tmp_path):
    long = shapely.box(107.5, 39.7, 108.4, 39.8)
    done = write_boundary_txt(frame(long, crs=4490), tmp_path / "a.txt")
    radius = 6_371_000
    length = 0.9 * np.radians(1) * radius * np.cos(np.radians(39.75))
    bend = length**2 * np.tan(np.radians(39.75)) / (8 * radius)
    assert done.edge_shift_m == pytest.approx(bend, rel=0.02)


def test_a_layer_is_written_under_its_feature_ids_and_names(tmp_path):
    sites = frame(
        shapely.box(107.999, 39.7, 108, 39.701),
        crs=4490,
        项目编号=["P-1"],
        项目名称=["矿"],
    )
    layer = layers.from_frame(sites, kind="project_site")
    write_boundary_txt(layer, tmp_path / "a.txt")
    row = boundary_txt.read(tmp_path / "a.txt").attributes.iloc[0]
    assert row[["地块编号", "地块名称"]].tolist() == ["P-1", "矿"]


def test_lines_and_points_keep_their_parts(tmp_path):
    road = shapely.LineString([(E, N), (E + 50, N), (E + 50, N + 50)])
    shapes = [
        road,
        shapely.MultiLineString([road, shapely.LineString([(E, N + 9), (E + 9, N)])]),
        shapely.Point(E, N),
        shapely.MultiPoint([(E, N), (E + 1, N)]),
        shapely.MultiPolygon([SQUARE]),
    ]
    write_boundary_txt(frame(*shapes), tmp_path / "a.txt")
    back = boundary_txt.read(tmp_path / "a.txt")
    assert [one.geom_type for one in back.geometry] == [
        *("LineString", "MultiLineString", "Point", "MultiPoint", "Polygon")
    ]
    assert shapely.equals(back.geometry, np.array(shapes, dtype=object)).all()
    assert [code for code, _ in back.found] == ["encoding_decided"]


def test_further_fields_are_written_in_their_place(tmp_path):
    table = frame(SQUARE, 地块编号=["A"], 属性9=["耕地"], 属性11=[7], 别的=["x"])
    write_boundary_txt(table, tmp_path / "a.txt")
    row = boundary_txt.read(tmp_path / "a.txt").attributes.iloc[0]
    assert row[["属性9", "属性10", "属性11"]].tolist() == ["耕地", None, "7"]
    assert "x" not in text_of(tmp_path / "a.txt")


BOW = shapely.Polygon([(E, N), (E + 9, N + 9), (E + 9, N), (E, N + 9)])
THIN = shapely.box(E, N, E + 0.0001, N + 50)
TWO = shapely.MultiPolygon([SQUARE, shapely.box(E + 200, N, E + 300, N + 9)])
D = shapely.box(108, 39, 108.1, 39.1)
REFUSED = {
    "nothing": (frame(), {}, r"at least one parcel"),
    "no geometry": (frame(SQUARE, None), {}, r"row 1: .*no geometry"),
    "empty": (frame(shapely.Polygon()), {}, r"an empty geometry"),
    "heights": (frame(shapely.Point(E, N, 5)), {}, r"heights; drop them"),
    "NaN": (frame(shapely.Point(float("nan"), N)), {}, r"empty|Invalid Coordinate"),
    "two parts": (frame(TWO), {}, r"several separate parts.*explode"),
    "collection": (
        frame(shapely.GeometryCollection([SQUARE])),
        {},
        r"a GeometryCollection",
    ),
    "bow tie": (frame(BOW), {}, r"invalid outline \(Self-intersection"),
    "thinner than a millimetre": (frame(THIN), {}, r"valid in millimetres"),
    "comma": (frame(SQUARE, 地块编号=["A,1"]), {}, r"row 0: .*地块编号 without commas"),
    "full comma": (frame(SQUARE, 地块名称=["一，二"]), {}, r"地块名称 without commas"),
    "at": (frame(SQUARE, 地块用途=["a@b"]), {}, r"got 'a@b'"),
    "line break": (frame(SQUARE, 图幅号=["a\nb"]), {}, r"line breaks, got 'a\\nb'"),
    "two zones": (
        frame(D, shapely.box(110, 39, 110.1, 39.1), crs=4490),
        {},
        r"zones 36 to 37; give zone=",
    ),
    "far zone": (frame(D, crs=4490), {"zone": 40}, r"beside zone 40, got parcels 12"),
    "no such zone": (frame(D, crs=4490), {"zone": 18}, r"zone_width=3, zone=18"),
    "no such width": (frame(D, crs=4490), {"zone_width": 2}, r"zone_width=2"),
    "not in China": (frame(shapely.box(8, 50, 9, 51), crs=4490), {}, r"in China"),
    "derived key": (frame(SQUARE), {"header": {"带号": "36"}}, r"got '带号'"),
    "odd key": (frame(SQUARE), {"header": {"a=b": "c"}}, r"got 'a=b'"),
    "two-line value": (frame(SQUARE), {"header": {"项目": "a\nb"}}, r"text for 项目"),
}


@pytest.mark.parametrize(("table", "how", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_refused(table, how, words, tmp_path):
    with pytest.raises(InputRefusedError, match=words):
        write_boundary_txt(table, tmp_path / "a.txt", **how)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("crs", "words"), [(None, "got none"), (4610, "CGCS2000 or WGS 84")]
)
def test_an_unknown_system_is_refused(crs, words, tmp_path):
    with pytest.raises(CrsError, match=words):
        write_boundary_txt(frame(D, crs=crs), tmp_path / "a.txt")


# -- the law: what is written is read back ----------------------------------

text = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=",@，\uff20"
    ),
    max_size=12,
).map(str.strip)
HOLES = ((-10, 2), (2, 2), (2, -10))
metre = st.floats(0, 1, allow_nan=False)


@st.composite
def parcels(draw):
    """A star of 3 to 12 corners, with up to three holes near its heart."""
    corners = draw(st.integers(3, 12))
    east, north = draw(st.integers(-90_000, 90_000)), draw(st.integers(0, 900_000))
    angles = 2 * np.pi * np.arange(corners) / corners
    reach = np.array(draw(st.lists(metre, min_size=corners, max_size=corners)))
    radius = 100 + 400 * reach
    centre = np.array([E + east + draw(metre), N - 400_000 + north + draw(metre)])
    ring = centre + radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    holes = [
        shapely.box(x, y, x + 4 + draw(metre), y + 4 + draw(metre)).exterior
        for x, y in (centre + np.array(HOLES))[: draw(st.integers(0, 3))]
    ]
    return shapely.Polygon(ring, holes)


@settings(max_examples=60)
@given(
    shapes=st.lists(parcels(), min_size=1, max_size=4),
    encoding=st.sampled_from(["GB18030", "UTF-8"]),
    data=st.data(),
)
def test_written_parcels_are_read_back_within_a_millimetre(
    shapes, encoding, data, tmp_path_factory
):
    row = st.lists(text, min_size=len(shapes), max_size=len(shapes))
    columns = {name: data.draw(row) for name in TEXTS}
    path = tmp_path_factory.mktemp("w") / "a.txt"
    write_boundary_txt(frame(*shapes, **columns), path, encoding=encoding)
    back = boundary_txt.read(path)
    assert back.crs == EPSG
    assert not back.unreadable.any()
    assert {code for code, _ in back.found} <= {"encoding_decided"}
    for name, texts in columns.items():
        assert back.attributes[name].tolist() == [one or None for one in texts]
    for wanted, got in zip(shapes, back.geometry, strict=True):
        assert len(got.interiors) == len(wanted.interiors)
        away = shapely.get_coordinates(got) - shapely.get_coordinates(wanted)
        assert np.abs(away).max() <= 0.00051
