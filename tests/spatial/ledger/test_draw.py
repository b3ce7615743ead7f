"""双随机 draws: reproducible, weighted, nobody exempt."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import DocumentError, InputRefusedError
from spatial.ledger.draw import WEIGHTS_FILE, draw, load_weights

IDS = [f"企业{i:03d}（虚构）" for i in range(60)]


def objects(ids=IDS, **columns):
    return pd.DataFrame(columns, index=pd.Index(ids, dtype=object))


def people(count=5, **columns):
    return pd.DataFrame(columns, index=[f"执法员{i}（虚构）" for i in range(count)])


def drawn(table, seed="2026-11-22", count=10, **more):
    return draw(table, people(), seed=seed, count=count, **more)


def test_the_same_seed_draws_the_same():
    assert drawn(objects()).record() == drawn(objects()).record()
    assert list(drawn(objects()).objects.index) != list(
        drawn(objects(), seed="2026-11-23").objects.index
    )


def test_a_draw_is_the_same_for_ever():
    """Lots are SHA-256 and decimal logarithms; this list may never change."""
    found = draw(
        objects(["a", "b", "c", "d"], risk=["high", "low", None, "normal"]),
        people(3), seed="seed", count=2,
    )  # fmt: skip
    assert found.record()["sha256"] == GOLDEN
    assert len(found.objects) == 2


def test_another_process_draws_the_same():
    code = (
        "import pandas as pd; from spatial.ledger.draw import draw;"
        "f = draw(pd.DataFrame(index=list('abcdefgh')), pd.DataFrame(index=['x', 'y']),"
        " seed='s', count=3); print(f.record()['sha256'])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


@given(st.permutations(range(12)))
def test_order_does_not_count(order):
    table = objects(IDS[:12], risk=["high", "low", "normal"] * 4)
    mixed = table.iloc[list(order)]
    assert drawn(mixed, count=4).record() == drawn(table, count=4).record()


def test_an_object_more_changes_no_other_lot():
    before = set(drawn(objects(IDS[:-1])).objects.index)
    after = set(drawn(objects()).objects.index)
    assert len(before - after) <= 1


def test_weights_are_honoured():
    """High risk weighs four times low risk: of one draw each, four in five are high."""
    table = objects(["a", "b"], risk=["high", "low"])
    first = [drawn(table, seed=f"s{i}", count=1).objects.index[0] for i in range(2000)]
    assert first.count("a") / 2000 == pytest.approx(0.8, abs=0.03)


def test_the_positive_list_lowers_the_weight_but_not_on_the_red_line():
    table = objects(["a", "b"], positive_list=[True, False])
    general, redline = (
        draw(table, people(), seed="s", count=2, about=about).objects["weight"]
        for about in ("general", "redline")
    )
    assert general["a"] == 0.5 * general["b"]
    assert redline["a"] == redline["b"]


def test_nobody_is_exempt(tmp_path):
    text = WEIGHTS_FILE.read_text(encoding="utf-8")
    path = tmp_path / "draw.yaml"
    path.write_text(text.replace("positive_list: 0.5", "positive_list: 0"))
    with pytest.raises(DocumentError, match="nobody is exempt"):
        load_weights(path)
    path.write_text(text.replace("object: 2", "object: 1.5"))
    with pytest.raises(DocumentError, match="whole number"):
        load_weights(path)


def test_random_and_key_objects_together():
    key = [name in IDS[:3] for name in IDS]
    found = drawn(objects(key=key)).objects
    assert set(IDS[:3]) <= set(found.index)
    random = found[found["rank"] > 0]
    assert len(random) == 10
    assert set(found.index) - set(random.index) == set(
        found.index[found["drawn_as"] == "key"]
    )


def test_an_unknown_risk_is_not_a_low_one():
    weight = drawn(objects(["a", "b"], risk=[None, "low"]), count=2).objects["weight"]
    assert weight["a"] > weight["b"]


def test_inspectors_keep_away_from_what_they_avoid():
    who = people(3, avoids=["a，b", ("a",), None])
    found = draw(objects(["a", "b", "c"]), who, seed="s", count=3).objects
    assert found.loc["a", "inspectors"] == ("执法员2（虚构）",)
    assert found.loc["a", "short"] == 1
    assert "执法员0（虚构）" not in found.loc["b", "inspectors"]
    assert found.loc["c", "short"] == 0


def test_every_inspector_goes_about_as_often():
    found = drawn(objects([f"o{i}" for i in range(500)]), count=500).objects
    times = pd.Series([one for some in found["inspectors"] for one in some])
    share = times.value_counts(normalize=True)
    assert np.allclose(share, 0.2, atol=0.04)


def test_the_record_is_plain_and_leaves_room_for_what_is_made_public():
    record = drawn(objects(), count=1).record()
    assert json.loads(json.dumps(record)) == record
    assert record["objects"][0]["public_result"] is None


@pytest.mark.parametrize(
    ("table", "more", "words"),
    [
        (objects(["a", "a"]), {"count": 1}, "more than once"),
        (objects(["a", " "]), {"count": 1}, "empty id"),
        (objects(["a"]), {"count": 2}, "from 0 to the number of objects, 1"),
        (objects(["a"]), {"count": 1, "seed": " "}, "a seed"),
        (objects(["a"], risk=["很高"]), {"count": 1}, "one of high"),
        (objects(["a"], key=["perhaps"]), {"count": 1}, "true or false"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(table, more, words):
    with pytest.raises(InputRefusedError, match=words):
        drawn(table, **more)


GOLDEN = "8da1f7f7f87a58679a20dd921469190f17cac17b6ab839ec0c600c5028fe3621"
