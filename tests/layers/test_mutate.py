"""A reduced mutation run: damaged files are never read with a loss in silence."""

import runpy
import struct

import pytest
from house import ROOT

import layers
from layers.errors import InputRefusedError

MUTATE = runpy.run_path(str(ROOT / "scripts" / "mutate.py"), run_name="mutate")
EACH = 40


@pytest.mark.parametrize("name", MUTATE["SEEDS"])
def test_no_damage_loses_rows_in_silence(name):
    seen, losses = MUTATE["run"](name, EACH)
    assert losses == []
    assert sum(seen.values()) == EACH
    assert seen["refused"] + seen["refused (reader ended)"] + seen["told"] > EACH // 8


def test_the_run_sees_a_loss_when_there_is_one(tmp_path):
    seed = MUTATE["SEEDS"]["GeoJSON"]
    path = seed.write(tmp_path)
    sound = MUTATE["read"](path)
    assert MUTATE["outcome"](path, sound, seed) == "identical"
    text = path.read_text(encoding="utf-8").replace("HX-001", "HX-901")
    path.write_text(text, encoding="utf-8")
    assert MUTATE["outcome"](path, sound, seed) == "excused"
    zipped = MUTATE["SEEDS"]["zipped Shapefile"]
    assert "LOSS" in MUTATE["outcome"](path, sound, zipped)
    more = MUTATE["Seed"](seed.write, lambda _: 41)
    assert MUTATE["outcome"](path, sound, more) == "LOSS: 40 rows of 41"


def shapefile(folder, *, change, suffix):
    """The seed's Shapefile with one part changed by a function of its bytes."""
    path = MUTATE["SEEDS"]["Shapefile"].write(folder)
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
