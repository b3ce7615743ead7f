"""The text of result.json is that of the standard library, made another way."""

from __future__ import annotations

import json

import pytest
import sample_content
from hypothesis import given
from hypothesis import strategies as st

from spatial.report.json_file import Once, Spelled, spelled, write_json
from spatial.report.result import json_text, result, write_result

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=25,
)


def dumped(value):
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)


@given(values)
def test_values_are_spelled_as_json_does(value):
    assert spelled(value) == dumped(value)


@given(values)
def test_what_is_spelled_already_is_left_alone(value):
    inner = spelled(value, depth=1)
    assert spelled({"a": inner, "b": 1}) == dumped({"a": value, "b": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [-float("inf")]])
def test_a_number_that_json_has_no_sign_for_is_a_fault(value):
    with pytest.raises(ValueError, match="expected a finite number"):
        spelled(value)


def test_an_object_is_told_once():
    told = []
    once = Once(lambda one: told.append(one) or [one], depth=0)
    thing = ("x",)
    assert once(thing) is once(thing)
    assert isinstance(once(thing), Spelled)
    assert told == [thing]


@pytest.mark.parametrize("items", [[], [{"a": []}], [1, {"b": [2, "红线"]}]])
def test_a_file_written_item_by_item_is_the_whole(items, tmp_path):
    path = tmp_path / "out.json"
    write_json(path, head={"h": [1]}, items=("all", iter(items)), tail={"t": None})
    whole = {"h": [1], "all": items, "t": None}
    assert path.read_bytes() == (dumped(whole) + "\n").encode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_review_is_written_as_it_is_told(lang, tmp_path):
    content = sample_content.sample()
    path = tmp_path / "result.json"
    write_result(content, path, lang=lang)
    assert path.read_bytes() == json_text(result(content, lang)).encode()


def test_an_unpaired_surrogate_is_stored_as_a_question_mark(tmp_path):
    path = tmp_path / "out.json"
    write_json(path, head={"h": "a\ud800"}, items=("all", []), tail={"t": 1})
    assert json.loads(path.read_bytes())["h"] == "a?"
