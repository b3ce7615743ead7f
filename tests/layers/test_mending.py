"""A repair that matters is a person's; one that takes long is given up, and said."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

import layers
from layers import worker
from layers.crs import settle
from layers.geometry import mend
from layers.geometry.clean import clean
from layers.geometry.effort import Met, is_light, meet
from layers.geometry.valid import are_finite, are_valid, in_pieces
from layers.text import TEXTS, Message
from layers.worker import pool
from layers.worker.mending import Mender

NUMBERS = {"area_before_m2", "area_after_m2", "vertices_before", "vertices_after"}
METRE = 1 / 111_195  # degrees at the equator, near enough for squared paper


def paper(*rings):
    """Polygons on squared paper, one square a metre, beside longitude 110, equator."""
    shapes = [shapely.Polygon(np.array(ring) * METRE + (110, 0)) for ring in rings]
    return shapes[0] if len(shapes) == 1 else shapely.MultiPolygon(shapes)


def field_with_tie(lobe_m2, side=100):
    """A field of side x side squares with a bow tie of twice lobe_m2 on its north
    border. The shoelace formula counts the outer lobe against the field.

        o---o   o      lobe outside, run around the wrong way
        |    \\ /|
        |     X |      crossing on the border
        |    / \\|
    """
    edge = np.sqrt(lobe_m2)
    top = side
    return paper(
        [
            (0, 0),
            (side, 0),
            (side, top),
            (50 + edge, top),
            (50 - edge, top + edge),
            (50 + edge, top + edge),
            (50 - edge, top),
            (0, top),
        ]
    )


def test_a_bow_tie_that_moves_less_than_a_square_metre_is_mended():
    done = mend(field_with_tie(0.3))
    before, after = done.facts["area_before_m2"], done.facts["area_after_m2"]
    assert done.geometry.is_valid
    assert 0 < abs(after - before) <= 1.0
    assert done.facts["method"] == "structure"
    assert done.facts.keys() >= NUMBERS
    assert (done.facts["vertices_before"], done.facts["vertices_after"]) == (9, 12)


@pytest.mark.parametrize(
    ("lobe_m2", "side", "which"),
    [(1.2, 100, "more than 1 m2 of 10,000"), (0.2, 12, "more than 0.1 % of 144 m2")],
)
def test_a_bow_tie_that_moves_more_is_set_aside_with_all_its_numbers(
    lobe_m2, side, which
):
    shape = field_with_tie(lobe_m2, side) if side == 100 else small_tie(lobe_m2)
    done = mend(shape)
    assert (done.geometry, done.why) == (None, "area_changes"), which
    assert done.facts.keys() >= NUMBERS
    moved = abs(done.facts["area_after_m2"] - done.facts["area_before_m2"])
    assert moved > min(1.0, 0.001 * done.facts["area_before_m2"])


def small_tie(lobe_m2):
    """A field of 12 x 12 squares with a lobe on its border: under 1 m2, above 0.1 %."""
    edge = np.sqrt(lobe_m2)
    return paper(
        [
            (0, 0),
            (12, 0),
            (12, 12),
            (6 + edge, 12),
            (6 - edge, 12 + edge),
            (6 + edge, 12 + edge),
            (6 - edge, 12),
            (0, 12),
        ]
    )


def test_two_methods_that_disagree_leave_it_to_a_person():
    """A field stands twice where a square lies in a square: one method counts the
    inner one once, the other cuts it out. A bow tie of half a square on each side,
    nothing to the shoelace, hides the change of area.

    shoelace 16 + 1 + 0 = 17, structure 16 + 1 = 17, linework 15 + 1 = 16.
    """
    outer = [(0, 0), (4, 0), (4, 4), (0, 4)]
    inner = [(1, 1), (2, 1), (2, 2), (1, 2)]
    side = np.sqrt(2)
    tie = [(10, 0), (10 + side, side), (10 + side, 0), (10, side)]
    done = mend(paper(outer, inner, tie))
    assert (done.geometry, done.why) == (None, "methods_disagree")
    before, after = done.facts["area_before_m2"], done.facts["area_after_m2"]
    assert before == pytest.approx(after, rel=1e-3)


def test_an_outline_of_spikes_alone_has_no_area_and_is_no_zone():
    """Mended it would be an empty polygon: a row that is kept and covers nothing."""
    spikes = paper([(0, 0), (5, 5), (0, 0), (5, -5), (0, 0), (-5, 5)])
    assert (mend(spikes).geometry, mend(spikes).why) == (None, "no_area_left")
    layer = layers.from_frame(
        gpd.GeoDataFrame(geometry=[spikes], crs=4490), kind="wetland"
    )
    assert len(layer) == 0
    assert [one.reason for one in layer.quarantine] == ["geometry_doubtful"]


# -- how much work --------------------------------------------------------


def test_edges_that_meet_are_counted_once_and_neighbours_never():
    nothing = paper([(0, 0), (4, 0), (4, 4), (0, 4)])
    tie = paper([(0, 0), (4, 4), (4, 0), (0, 4)])
    pinched = paper([(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)])
    upto = Met(100, 100)
    assert meet(nothing, upto=upto) == Met(0, 0)
    assert meet(tie, upto=upto) == Met(1, 1)
    assert meet(pinched, upto=upto) == Met(4, 0)


@pytest.mark.parametrize("count", [400, 1000, 5000])
def test_an_outline_at_random_is_given_up_before_it_is_tried(count):
    rng = np.random.default_rng(count)
    shape = shapely.Polygon(rng.uniform(30, 31, (count, 2)))
    assert not is_light(shape)
    done = Mender()(shape)
    assert (done.geometry, done.why) == (None, "too_many_crossings")
    assert done.facts["vertices_before"] == count + 1


def teeth(count):
    """Edges that lie upon each other: none crosses, and mending takes minutes."""
    along = np.random.default_rng(7).uniform(105, 106, count)
    return shapely.Polygon(
        [(105, 30), *((x, 30) for x in along), (106, 30), (106, 31), (105, 31)]
    )


def test_an_outline_that_takes_too_long_is_set_aside_with_the_reason():
    done = Mender(limit_s=0.05)(teeth(600))
    assert (done.geometry, done.why) == (None, "too_slow")
    assert done.facts["seconds"] == 0.05
    assert done.facts["vertices_before"] == 605


def test_a_layer_with_one_of_these_keeps_its_other_rows_and_says_so():
    frame = gpd.GeoDataFrame(
        geometry=[shapely.box(105, 30, 106, 31), teeth(600)], crs=4490
    )
    mender = Mender(limit_s=0.05)
    done = clean(
        np.asarray(frame.geometry.array, dtype=object),
        unreadable=np.zeros(2, dtype=bool),
        accepted=("polygon",),
        settled=settle(4490, source="x", evidence="test"),
        source="x",
        mender=mender,
    )
    (fault,) = done.faults
    assert (fault.position, fault.code, fault.kept) == (1, "geometry_doubtful", False)
    assert fault.bounds == (105, 30, 106, 31)
    assert done.geometry[0] is not None
    assert done.geometry[1] is None
    said = TEXTS.render(Message("issue.geometry_doubtful", fault.facts), "zh")
    assert "在 0.05 秒内未能完成修复" in said


def test_after_some_of_these_no_other_is_tried():
    mender = Mender(limit_s=0.05, most_given_up=1)
    assert [mender(teeth(600)).why for _ in range(3)] == [
        "too_slow",
        "not_tried",
        "not_tried",
    ]
    assert mender(field_with_tie(0.3)).why is None


def test_a_child_mends_as_the_caller_would():
    """300 teeth are above what is done here, and below what is given up."""
    shape = teeth(100)
    assert not is_light(shape)
    there, here = Mender(limit_s=60)(shape), mend(shape)
    assert there == here
    assert shapely.equals_exact(there.geometry, here.geometry, tolerance=0)


def test_a_child_that_dies_over_an_outline_is_the_outline_s_end(monkeypatch):
    monkeypatch.setattr(
        pool.Child, "_exchange", lambda self, _: self._process.kill() or b""
    )
    worker.close()
    done = Mender()(teeth(100))
    assert (done.geometry, done.why) == (None, "reader_ended")
    assert "SIGKILL" in done.facts["words"]


# -- validity in pieces ---------------------------------------------------


def mixed_column():
    rng = np.random.default_rng(3)
    shapes = [shapely.Polygon(rng.uniform(0, 1, (n, 2))) for n in (3, 4, 5, 6) * 30]
    shapes += [None, shapely.Point(1, 2), shapely.Polygon(), shapely.box(0, 0, 1, 1)]
    with np.errstate(invalid="ignore"):
        shapes.append(shapely.LineString([(0, 0), (np.nan, 1)]))
    return np.array(shapes, dtype=object)


@pytest.mark.parametrize("vertices", [1, 7, 100, 10**6])
def test_pieces_make_the_column_again(vertices):
    column = mixed_column()
    pieces = in_pieces(column, vertices=vertices)
    assert np.concatenate(pieces).tolist() == column.tolist()
    assert len(in_pieces(column, vertices=1)) > len(in_pieces(column, vertices=100))
    assert in_pieces(column[:0]) == []


def test_validity_in_pieces_is_what_shapely_says(monkeypatch):
    column = mixed_column()
    monkeypatch.setattr(in_pieces, "__kwdefaults__", {"vertices": 20})
    assert len(in_pieces(column)) > 10
    for threads in (1, 2, 4):
        monkeypatch.setattr("layers.geometry.valid.MAX_THREADS", threads)
        assert are_valid(column).tolist() == shapely.is_valid(column).tolist()
    alone = [bool(np.isfinite(shapely.get_coordinates(one)).all()) for one in column]
    assert are_finite(column).tolist() == alone
    assert alone.count(False) == 1
    assert are_valid(column[:0]).tolist() == []
