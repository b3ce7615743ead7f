"""PostGIS as a source: what a box brings, what it never hides, what is never told."""

import logging
import runpy
import traceback
from dataclasses import replace

import geopandas as gpd
import numpy as np
import psycopg
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from postgis_server import BOX, SCRIPT, UNIT, Base, running, square
from psycopg import sql

import layers
from layers.errors import CrsError, InputRefusedError
from layers.postgis import catalogue, rows, select, session
from layers.postgis.reading import _settled
from layers.provenance import Coverage
from layers.read.statement import Statement

pytestmark = pytest.mark.postgis
SECRET = "Geheim-7x"  # noqa: S105 - what must not be told


@pytest.fixture(scope="module")
def host():
    with running() as folder:
        yield folder


@pytest.fixture
def base(host, request):
    admin = psycopg.connect(
        host=host, dbname="postgres", user="postgres", autocommit=True
    )
    name = f"t{abs(hash(request.node.nodeid))}"
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
            sql.Identifier(name)
        )
    )
    one = Base(host, name)
    yield one
    one.db.close()
    admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
    admin.close()


def ids(layer):
    return sorted(layer.frame["feature_id"])


def codes(layer):
    return [one.code for one in layer.issues]


# -- the box --------------------------------------------------------------


def test_a_box_brings_what_meets_it_whole_and_nothing_else(base):
    base.zones(UNIT, square(107.95, 40.5), square(108.0, 40.9), square(109, 40))
    layer = base.read()
    assert ids(layer) == ["HX-0", "HX-1", "HX-2"]
    assert layer.total_bounds()[2] == pytest.approx(108.1)
    assert layer.provenance.window.rows_elsewhere == 1


def test_a_coverage_never_reaches_beyond_the_box_whoever_states_it(base):
    base.zones(UNIT)
    wide = Coverage(shapely.box(100, 30, 120, 50), "province")
    first = base.read(coverage=wide)
    for layer in (first, layers.with_coverage(first, wide)):
        assert layer.coverage.area.equals(shapely.box(*BOX))
        assert layer.coverage.stated == f"province, inside bbox {list(BOX)}"


def test_a_coverage_inside_the_box_stays_as_it_is(base):
    base.zones(UNIT)
    small = Coverage(shapely.box(107.1, 40.1, 107.5, 40.5), "county")
    assert base.read(coverage=small).coverage == small


def test_a_coverage_that_only_touches_the_box_is_none(base):
    base.zones(UNIT)
    beside = Coverage(shapely.box(108, 40, 109, 41), "next county")
    layer = base.read(coverage=beside)
    assert layer.coverage is None
    assert "coverage_unknown" in codes(layer)


def test_a_table_of_another_place_is_no_empty_table(base):
    base.zones(square(90, 30), square(91, 30))
    layer = base.read(coverage=Coverage(shapely.box(*BOX), "county"))
    (error,) = layer.usable_errors
    assert (error.code, error.facts["count"]) == ("features_outside_coverage", 2)


def test_an_empty_table_is_empty_where_it_was_looked_at(base):
    base.zones()
    layer = base.read(coverage=Coverage(shapely.box(*BOX), "county"))
    assert len(layer) == 0
    assert layer.usable_errors == ()
    assert layer.coverage.area.equals(shapely.box(*BOX))


@pytest.mark.parametrize(
    "bbox",
    [(108, 40, 107, 41), (107, 40, 108), (179, 0, 181, 1), (107, 40, np.nan, 41)],
)
def test_what_is_no_box_of_degrees_is_refused_before_anything_connects(bbox):
    table = layers.PostgisTable("zones", host="/nowhere")
    with pytest.raises(InputRefusedError, match="min_lon, min_lat, max_lon, max_lat"):
        layers.read_postgis(table, kind="ecological_redline", bbox=bbox)


@pytest.mark.parametrize("srid", [4490, 4326, 4549, 4508, 3857])
def test_every_system_brings_the_rows_that_the_whole_table_would(base, srid):
    squares = [square(106.9 + i / 20, 39.9 + i / 20, 0.04) for i in range(26)]
    base.zones(*squares)
    base.run(
        sql.SQL(
            "ALTER TABLE zones ALTER geom TYPE geometry(Polygon, {0})"
            " USING ST_Transform(geom, {0})"
        ).format(sql.Literal(srid))
    )
    part, whole = base.read(), base.read(bbox=(100, 30, 120, 50))
    there = whole.frame[whole.frame.intersects(shapely.box(*BOX))]
    assert len(whole) == 26
    assert 0 < len(there) < 26
    assert set(there["feature_id"]) <= set(part.frame["feature_id"])
    assert len(part) < 26


def test_a_shifted_datum_has_no_way_back_so_the_whole_table_is_read(base):
    base.zones(UNIT, square(109, 40))
    layer = base.read(crs="GCJ-02")
    assert len(layer) == 2
    assert layer.provenance.window.bbox == BOX


# -- rows that nobody can place ---------------------------------------------


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "geometry_null"),
        ("POLYGON EMPTY", "geometry_empty"),
        ("POLYGON((90 30,91 30,NaN 31,90 30))", "geometry_not_finite"),
        ("POLYGON((40.2 107.2,40.4 107.2,40.4 107.4,40.2 107.2))", None),
        ("POLYGON((40.2 88.2,40.4 88.2,40.4 88.4,40.2 88.2))", None),
        ("POLYGON((500 10,501 10,501 11,500 10))", None),
        ("MULTIPOINT(1 1, NaN 2, 3 3)", "geometry_wrong_type"),
        ("GEOMETRYCOLLECTION(POINT(1 1),POLYGON((1 1,2 1,NaN 2,1 1)))", None),
    ],
)
def test_a_row_that_may_lie_anywhere_is_taken_and_set_aside(base, shape, reason):
    base.zones(UNIT, *[square(107.5, 40.5)] * 9, shape, kind="geometry")
    layer = base.read()
    (aside,) = layer.quarantine
    assert aside.feature_id == "HX-10"
    assert reason in (None, aside.reason)
    read = layer.provenance
    assert (read.rows_in_file, read.rows_kept, read.rows_quarantined) == (11, 10, 1)


def test_what_is_set_aside_is_what_a_file_of_the_same_rows_would_set_aside(
    base, tmp_path
):
    shapes = [UNIT, None, "POINT(107.5 40.5)", "LINESTRING(107 40,108 41)"]
    bowtie = "POLYGON((107.5 40.5,107.6 40.6,107.6 40.5,107.5 40.6,107.5 40.5))"
    base.zones(*shapes, bowtie, kind="geometry(Geometry,4490)")
    geometry = shapely.from_wkt(np.array([*shapes, bowtie], dtype=object))
    names = {"红线编码": [f"HX-{i}" for i in range(5)]}
    same = gpd.GeoDataFrame(names, geometry=geometry, crs=4490)
    same.to_parquet(tmp_path / "same.parquet")
    file = layers.read(tmp_path / "same.parquet", kind="ecological_redline")
    ours = base.read()
    assert [(q.feature_id, q.reason) for q in ours.quarantine] == [
        (q.feature_id, q.reason) for q in file.quarantine
    ]
    assert [i.code for i in ours.issues if i.row is not None] == [
        i.code for i in file.issues if i.row is not None
    ]


def test_a_curve_costs_its_row_and_no_other(base):
    curve = "CURVEPOLYGON(CIRCULARSTRING(107 40,107.1 40.1,107.2 40,107.1 39.9,107 40))"
    base.zones(UNIT, curve, UNIT, kind="geometry")
    layer = base.read()
    assert [one.reason for one in layer.quarantine] == ["geometry_unreadable"]
    assert ids(layer) == ["HX-0", "HX-2"]


# -- one snapshot -----------------------------------------------------------


def test_a_row_changed_between_count_and_read_changes_neither(base):
    base.zones(UNIT, square(107.5, 40.5))
    table = base.table()
    with session.snapshot(table) as db:
        about = catalogue.described(db, table)
        crs, said = catalogue.system_of(db, about.srids, table)
        settled = _settled(crs, said, Statement(), table)
        which = select.chosen(db, table, about, settled=settled, bbox=BOX)
        count = rows.counted(db, table, which)
        base.run("DELETE FROM zones WHERE id = 1")
        base.run("UPDATE zones SET \"红线编码\" = 'late'")
        taken = rows.fetched(db, table, about, which)
    assert count == len(taken) == 2
    assert [row[1] for row in taken] == ["HX-0", "HX-1"]
    assert ids(base.read()) == ["late"]


def test_the_transaction_cannot_write(base):
    base.zones(UNIT)
    with (
        pytest.raises(InputRefusedError, match="read-only transaction"),
        session.snapshot(base.table()) as db,
    ):
        db.execute("DELETE FROM zones")
    assert len(base.read()) == 1


def test_a_view_that_answers_differently_each_time_is_refused(base):
    base.zones(*[UNIT] * 400)
    base.run("CREATE VIEW odd AS SELECT * FROM zones WHERE random() < 0.5")
    with pytest.raises(InputRefusedError, match="counted in the same snapshot"):
        base.read("odd")


def test_the_same_content_is_the_same_bytes_however_it_lies(base):
    base.zones(UNIT, square(107.5, 40.5), square(107.7, 40.5))
    first = base.read()
    base.run("UPDATE zones SET id = id WHERE id = 1")  # moves the row to the end
    base.run("CREATE VIEW seen AS SELECT * FROM zones ORDER BY id DESC")
    base.run("CREATE VIEW other AS SELECT * FROM zones ORDER BY id")
    again, seen, other = base.read(), base.read("seen"), base.read("other")
    assert again.provenance.sha256 == first.provenance.sha256
    assert again.frame.equals(first.frame)
    assert seen.provenance.sha256 == other.provenance.sha256
    base.run("UPDATE zones SET \"红线编码\" = 'x' WHERE id = 2")
    assert base.read().provenance.sha256 != first.provenance.sha256


# -- reference systems --------------------------------------------------------


def test_without_srid_the_caller_says_it_or_nothing_is_read(base):
    base.zones(UNIT, srid=0, kind="geometry")
    with pytest.raises(CrsError, match="expected a coordinate reference system"):
        base.read()
    layer = base.read(crs="EPSG:4490")
    assert "crs_given_by_user" in codes(layer)
    assert ids(layer) == ["HX-0"]


def test_the_evidence_is_spatial_ref_sys_and_the_caller_cannot_contradict_it(base):
    base.zones(UNIT)
    assert base.read().provenance.crs_evidence == "spatial_ref_sys, SRID 4490"
    with pytest.raises(CrsError, match="leave crs out"):
        base.read(crs="EPSG:4549")


def test_rows_of_two_systems_are_refused(base):
    base.zones(UNIT, kind="geometry")
    base.run("INSERT INTO zones (geom) SELECT ST_SetSRID(geom, 4326) FROM zones")
    with pytest.raises(CrsError, match="the SRIDs 4326, 4490"):
        base.read()


def test_an_srid_that_nobody_explains_is_refused(base):
    base.zones(UNIT, srid=990001, kind="geometry")
    with pytest.raises(CrsError, match="SRID 990001, which it does not"):
        base.read(crs="EPSG:4490")


def test_a_text_that_contradicts_its_number_is_refused(base):
    base.zones(UNIT)
    base.run(
        "UPDATE spatial_ref_sys SET srtext = (SELECT srtext FROM spatial_ref_sys"
        " WHERE srid = 4549) WHERE srid = 4490"
    )
    with pytest.raises(CrsError, match="EPSG:4490, the number in spatial_ref_sys"):
        base.read()


def test_a_system_that_names_a_file_is_refused(base):
    base.zones(UNIT)
    base.run(
        "UPDATE spatial_ref_sys SET srtext = '+proj=longlat +nadgrids=/etc/passwd'"
        " WHERE srid = 4490"
    )
    with pytest.raises(CrsError, match="names a file"):
        base.read()


def test_beijing_1954_needs_the_offices_parameters_here_too(base):
    base.zones(UNIT, srid=4214, kind="geometry")
    with pytest.raises(CrsError, match="CGCS2000 or WGS 84"):
        base.read()


# -- names, columns, tables -----------------------------------------------------


def test_names_are_names_and_never_sql(base):
    for name in ('a"; DROP TABLE zones; --', "红线.2023", "%s {} %(x)s"):
        base.zones(UNIT, name=name)
        assert ids(base.read(name)) == ["HX-0"]
    base.run('CREATE TABLE odd (id int PRIMARY KEY, "a""b%s{}" text, "geo m" geometry)')
    base.run("INSERT INTO odd VALUES (1, '甲', ST_GeomFromText(%s, 4490))", UNIT)
    layer = base.read("odd")
    assert layer.frame['a"b%s{}'].tolist() == ["甲"]


def test_text_written_in_gbk_is_read_as_it_was_meant(base):
    base.zones()
    with psycopg.connect(
        host=base.host, dbname=base.name, user="postgres", client_encoding="GBK"
    ) as other:
        other.execute(
            'INSERT INTO zones ("红线编码", geom)'
            " VALUES ('阴山北麓', ST_GeomFromText(%s, 4490))",
            (UNIT,),
        )
    layer = base.read()
    assert ids(layer) == ["阴山北麓"]
    assert layer.provenance.encoding == "UTF8"


@pytest.mark.parametrize("coding", ["EUC_CN", "SQL_ASCII"])
def test_a_database_in_another_encoding_is_turned_or_refused(base, coding):
    base.run(f"CREATE DATABASE old{coding} TEMPLATE template0 ENCODING '{coding}'")
    old = Base(base.host, f"old{coding}".lower())
    try:
        old.zones(UNIT)
        if coding == "EUC_CN":
            assert old.read().provenance.encoding == "EUC_CN"
            assert "红线编码" not in old.read().frame.columns  # it became the code
        else:
            with pytest.raises(InputRefusedError, match="bytes of any encoding"):
                old.read()
    finally:
        old.db.close()
        base.run(f"DROP DATABASE old{coding}")


def test_cells_come_as_a_file_would_bring_them(base):
    base.run(
        "CREATE TABLE cells (id int PRIMARY KEY, c_int int, c_long numeric(12,0),"
        " c_part numeric, c_fine numeric, c_real real, c_flag boolean, c_day date,"
        " c_time timestamptz, c_list text[], c_far date,"
        " geom geometry(Polygon, 4490), blob bytea, second geometry)"
    )
    base.run(
        "INSERT INTO cells VALUES (1, NULL, 150624, 0.25, 0.1234567890123456789, 0.1,"
        " NULL, '2023-06-01', '2023-06-01 08:00+08', '{甲,乙}', 'infinity',"
        " ST_GeomFromText(%s, 4490), 'x', NULL)",
        UNIT,
    )
    with pytest.raises(InputRefusedError, match=r"geom \(geometry\), .*second"):
        base.read("cells")
    layer = base.read(table=base.table("cells", geometry="geom"))
    row = layer.frame.iloc[0]
    assert [row[one] for one in layer.frame.columns if one.startswith("c_")] == [
        *(None, 150624, 0.25, "0.1234567890123456789", 0.1, None, "2023-06-01"),
        *("2023-06-01 00:00:00+00", "{甲,乙}", "infinity"),
    ]
    (left,) = [one for one in layer.issues if one.code == "content_not_read"]
    assert left.facts["what"] == "blob (bytea), second (geometry)"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        ("SELECT 1", "got none"),
        ("CREATE TABLE thing (id int)", "a column of type geometry"),
        ("CREATE TABLE thing (g geography)", r"g \(geography\)"),
        ("CREATE SEQUENCE thing", "relkind S"),
        (
            "CREATE MATERIALIZED VIEW thing AS SELECT * FROM zones WITH NO DATA",
            "never filled",
        ),
    ],
)
def test_what_is_no_table_of_geometries_is_refused(base, make, words):
    base.zones(UNIT)
    base.run(make)
    with pytest.raises(InputRefusedError, match=words):
        base.read("thing")


def test_a_view_is_read_like_its_table(base):
    base.zones(UNIT, square(107.5, 40.5))
    base.run("CREATE VIEW current AS SELECT * FROM zones WHERE id = 2")
    assert ids(base.read("current")) == ["HX-1"]


def test_a_database_without_postgis_is_refused(base):
    base.run("DROP EXTENSION postgis CASCADE")
    with pytest.raises(InputRefusedError, match="expected a database with PostGIS"):
        base.read()


# -- permission, patience, secrets ------------------------------------------------


@pytest.fixture
def clerk(base):
    name = f"clerk_{base.name}"
    base.run(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(name), sql.Literal(SECRET)
        )
    )
    yield name
    base.run(sql.SQL("DROP OWNED BY {0}").format(sql.Identifier(name)))
    base.run(sql.SQL("DROP ROLE {0}").format(sql.Identifier(name)))


def test_without_permission_nothing_is_read_and_nobody_is_named(base, clerk):
    base.zones(UNIT)
    table = base.table(user=clerk, password=SECRET)
    with pytest.raises(InputRefusedError, match=r"no permission \(42501\)") as caught:
        base.read(table=table)
    assert clerk not in told_by(caught.value)
    base.run(
        sql.SQL("GRANT SELECT (id, geom) ON zones TO {}").format(sql.Identifier(clerk))
    )
    with pytest.raises(InputRefusedError, match="no permission"):
        base.read(table=table)


def test_rows_hidden_by_row_security_are_an_error_not_an_absence(base, clerk):
    base.zones(UNIT, square(107.5, 40.5))
    base.run(sql.SQL("GRANT SELECT ON zones TO {}").format(sql.Identifier(clerk)))
    base.run("ALTER TABLE zones ENABLE ROW LEVEL SECURITY")
    base.run("CREATE POLICY half ON zones USING (id = 1)")
    with pytest.raises(InputRefusedError, match="for a role that bypasses it"):
        base.read(table=base.table(user=clerk))


def told_by(error):
    """Return all that an error tells when it is printed with its causes."""
    return "".join(traceback.format_exception(error)) + repr(error.__dict__)


def test_a_wrong_password_is_refused_without_repeating_anything(base, clerk, caplog):
    base.zones(UNIT)
    hba = base.run("SHOW hba_file").fetchone()[0]
    with open(hba, encoding="utf-8") as file:  # noqa: PTH123
        before = file.read()
    try:
        with open(hba, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(f"local all {clerk} scram-sha-256\n{before}")
        base.run("SELECT pg_reload_conf()")
        caplog.set_level(logging.DEBUG)
        table = base.table(user=clerk, password="wrong-" + SECRET)
        with pytest.raises(InputRefusedError, match="expected a login") as caught:
            base.read(table=table)
        said = told_by(caught.value) + repr(table) + str(table) + caplog.text
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        for word in (SECRET, clerk):
            assert word not in said
        right = replace(table, password=SECRET)
        base.run(sql.SQL("GRANT SELECT ON zones TO {}").format(sql.Identifier(clerk)))
        layer = base.read(table=right)
        record = repr((layer.provenance, layer.issues)) + caplog.text
        for word in (SECRET, clerk, base.host):
            assert word not in record
    finally:
        with open(hba, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(before)
        base.run("SELECT pg_reload_conf()")


def test_a_server_that_is_not_there_is_refused(tmp_path):
    table = layers.PostgisTable("zones", host=str(tmp_path), user="u", password=SECRET)
    with pytest.raises(InputRefusedError, match="expected a login") as caught:
        layers.read_postgis(table, kind="ecological_redline", bbox=BOX)
    assert SECRET not in told_by(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_statement_that_takes_too_long_ends(base):
    base.zones(UNIT)
    base.run("CREATE VIEW slow AS SELECT z.* FROM zones z, pg_sleep(60)")
    table = base.table("slow", statement_timeout_s=0.2)
    with pytest.raises(InputRefusedError, match="statement_timeout_s"):
        base.read(table=table)


def test_an_address_taken_for_a_file_is_refused_without_repeating_it():
    for address in (
        f"postgresql://clerk:{SECRET}@db/gis",
        f"PG:host=db password={SECRET}",
        f"host=db password={SECRET}",
    ):
        for door in (layers.read, layers.inspect):
            with pytest.raises(InputRefusedError, match="read_postgis") as caught:
                door(address, kind="ecological_redline")
            assert SECRET not in told_by(caught.value)


# -- workspace ---------------------------------------------------------------------

OFFICE = """
title: 示范
layers:
  - id: redline
    kind: ecological_redline
    postgis: {{host: {host}, database: {name}, user: postgres, table: {table},
              bbox: [107, 40, 108, 41]}}
    coverage: {{bbox: [100, 30, 120, 50]}}
    valid: {{from: 2023-06-01}}
"""


def test_a_workspace_names_a_table_and_covers_no_more_than_its_box(base, tmp_path):
    base.zones(UNIT)
    text = OFFICE.format(host=base.host, name=base.name, table="zones")
    (tmp_path / "workspace.yaml").write_text(text, encoding="utf-8")
    layer = layers.open_workspace(tmp_path).layers["redline"]
    assert ids(layer) == ["HX-0"]
    assert layer.coverage.area.equals(shapely.box(*BOX))
    assert layer.provenance.source == (
        f"PostGIS table public.zones of {base.name}, bbox [107.0, 40.0, 108.0, 41.0]"
    )


def test_a_table_that_cannot_be_read_is_unavailable_with_its_reason(base, tmp_path):
    text = OFFICE.format(host=base.host, name=base.name, table="gone")
    (tmp_path / "workspace.yaml").write_text(text, encoding="utf-8")
    office = layers.open_workspace(tmp_path)
    assert "PostGIS table public.gone" in office.unavailable["redline"].reason


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (f"password: {SECRET},", "no secret here"),
        ("port: 1.5,", "a port number"),
        ("statement_timeout_s: 0,", "seconds, above 0"),
        ("where: x,", "where"),
    ],
)
def test_what_a_workspace_may_not_say_is_told_with_its_place(tmp_path, more, words):
    text = OFFICE.format(host="db", name="gis", table="zones")
    text = text.replace("postgis: {", "postgis: {" + more)
    (tmp_path / "workspace.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(layers.ToolkitError, match=words) as caught:
        layers.open_workspace(tmp_path)
    assert SECRET not in told_by(caught.value)


def test_a_workspace_does_not_repeat_an_address_taken_for_a_file(tmp_path):
    text = OFFICE.format(host="db", name="gis", table="zones")
    start, end = text.index("postgis:"), text.index("    coverage")
    address = f'source: "postgresql://clerk:{SECRET}@db/gis"\n'
    text = text[:start] + address + text[end:]
    (tmp_path / "workspace.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(layers.ToolkitError, match="under 'postgis'") as caught:
        layers.open_workspace(tmp_path)
    assert SECRET not in told_by(caught.value)


# -- the server of the tests ---------------------------------------------------------


def test_stop_removes_no_folder_but_its_own(tmp_path):
    stop = runpy.run_path(str(SCRIPT))["stop"]
    with pytest.raises(SystemExit, match="a folder that `start` has printed"):
        stop(tmp_path)
    assert tmp_path.is_dir()


# -- laws --------------------------------------------------------------------------

CORNERS = st.tuples(
    st.floats(106, 109, allow_nan=False), st.floats(39, 42, allow_nan=False)
)
SHAPES = st.lists(st.none() | CORNERS, min_size=1, max_size=12)


@pytest.fixture(scope="module")
def common(host):
    admin = psycopg.connect(
        host=host, dbname="postgres", user="postgres", autocommit=True
    )
    admin.execute("CREATE DATABASE laws TEMPLATE template0 ENCODING 'UTF8'")
    one = Base(host, "laws")
    one.zones(kind="geometry(Polygon, 4549)")
    yield one
    one.db.close()
    admin.execute("DROP DATABASE laws")
    admin.close()


@given(corners=SHAPES, west=st.floats(106, 108), south=st.floats(39, 41))
@settings(max_examples=40)
def test_a_box_misses_nothing_and_the_ledger_adds_up(common, corners, west, south):
    bbox = (west, south, west + 0.5, south + 0.5)
    shapes = [
        None if one is None else shapely.box(*one, *np.add(one, 0.1)) for one in corners
    ]
    common.run("TRUNCATE zones RESTART IDENTITY")
    for i, shape in enumerate(shapes, start=1):
        common.run(
            'INSERT INTO zones ("红线编码", geom) VALUES'
            " (%s, ST_Transform(ST_GeomFromWKB(%s, 4490), 4549))",
            str(i),
            None if shape is None else shapely.to_wkb(shape),
        )
    layer = common.read(bbox=bbox)
    read, box = layer.provenance, shapely.box(*bbox)
    expected = {
        str(i)
        for i, shape in enumerate(shapes, start=1)
        if shape is not None and shapely.area(shapely.intersection(shape, box)) > 1e-9
    }
    assert expected <= set(layer.frame["feature_id"])
    assert read.rows_quarantined == shapes.count(None)
    assert read.rows_kept + read.rows_quarantined == read.rows_in_file
    assert read.rows_in_file + read.window.rows_elsewhere == len(shapes)
