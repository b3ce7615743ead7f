"""A reduced mutation run: damaged files are never read with a loss in silence."""

import re
import struct
from dataclasses import replace

import mutate
import pytest
from mutation.census import Census
from mutation.judge import judge, read
from mutation.seeds import SEEDS

import layers
from layers.errors import InputRefusedError

EACH = 30


@pytest.mark.parametrize("name", SEEDS)
def test_no_damage_loses_rows_or_vertices_in_silence(name):
    found = mutate.run(name, EACH)
    assert found.losses == []
    assert sum(found.seen.values()) == EACH
    assert found.seen["refused"] + found.seen["told"] > EACH // 4


def test_the_reduced_run_has_enough_files_of_enough_formats():
    assert len(SEEDS) >= 8
    assert EACH * len(SEEDS) >= 400


@pytest.mark.parametrize(
    "name", [one for one, seed in SEEDS.items() if not seed.has_checksum]
)
def test_the_second_count_agrees_with_the_reader_on_a_sound_file(name, tmp_path):
    path = SEEDS[name].write(tmp_path)
    became = judge(path, read(path), SEEDS[name])
    assert (became.word, became.wrong) == ("identical", "")
    assert SEEDS[name].census(path).rows == 40


def geojson(folder):
    """The seed as GeoJSON, and the layer that is made of it."""
    path = SEEDS["GeoJSON"].write(folder)
    return path, read(path)


def test_a_changed_digit_is_excused_and_under_a_checksum_a_loss(tmp_path):
    path, sound = geojson(tmp_path)
    text = path.read_text(encoding="utf-8").replace("HX-001", "HX-901")
    path.write_text(text, encoding="utf-8")
    assert judge(path, sound, SEEDS["GeoJSON"]).word == "excused"
    zipped = SEEDS["zipped Shapefile"]
    assert "checksum should show" in judge(path, sound, zipped).wrong


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: Census(41, None), "40 rows of 41"),
        (lambda one: replace(one, vertices=16), "row 0: 5 vertices of 16"),
        (
            lambda one: replace(one, total=1.0),
            "row 0: coordinates that add up to 651.0",
        ),
        (lambda one: replace(one, total=float("nan")), "row 0: .*in the file nan"),
        (lambda one: replace(one, label="X"), "row 0: the code 'HX-000', in the file"),
    ],
)
def test_the_run_sees_a_loss_when_there_is_one(change, words, tmp_path):
    path, sound = geojson(tmp_path)
    there = SEEDS["GeoJSON"].census(path)
    made = change(there.shapes[0])
    if not isinstance(made, Census):
        made = Census(there.rows, (made, *there.shapes[1:]))
    became = judge(path, sound, replace(SEEDS["GeoJSON"], census=lambda _: made))
    assert became.word == "LOSS"
    assert re.search(words, became.wrong)


def shapefile(folder, *, change, suffix):
    """The seed's Shapefile with one part changed by a function of its bytes."""
    path = SEEDS["Shapefile"].write(folder)
    part = path.with_suffix(suffix)
    part.write_bytes(change(part.read_bytes()))
    return path


def first_record(data):
    """Return (start, width) of the first record of a .dbf."""
    start, width = struct.unpack_from("<HH", data, 8)
    return start, width


def test_records_of_a_dbf_that_are_shifted_are_refused(tmp_path):
    def change(data):
        start, _ = first_record(data)
        return data[:start] + data[start + 1 :] + b" "

    path = shapefile(tmp_path, suffix=".dbf", change=change)
    with pytest.raises(InputRefusedError, match=r"shifted, a piece is missing or"):
        layers.read(path, kind="wetland")


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_data_behind_the_last_record_of_a_dbf_is_an_error_of_the_layer(share, tmp_path):
    def change(data):
        start, width = first_record(data)
        return data + data[start : start + int(width * share)]

    path = shapefile(tmp_path, suffix=".dbf", change=change)
    layer = layers.read(path, kind="wetland")
    told = [one.facts for one in layer.usable_errors]
    assert told == [{"counted": 41, "read": 40}]


def test_padding_behind_the_last_record_of_a_dbf_is_nothing(tmp_path):
    path = shapefile(tmp_path, suffix=".dbf", change=lambda d: d + b"\0" * 500)
    assert layers.read(path, kind="wetland").usable_errors == ()


def test_a_prj_that_cannot_be_parsed_is_refused_in_words(tmp_path):
    path = shapefile(tmp_path, suffix=".prj", change=lambda d: d[:-5])
    with pytest.raises(InputRefusedError, match=r"with a readable \.prj"):
        layers.read(path, kind="wetland")
