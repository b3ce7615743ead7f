"""A reduced mutation run: damaged files are never read with a loss in silence."""

import runpy

import pytest
from house import ROOT

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
