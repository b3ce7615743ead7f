import datetime as dt
from pathlib import Path

import pytest

from layers import document
from layers.errors import DocumentError, SourceNotFoundError


def test_scalars_follow_yaml_1_2():
    top = document.loads("a: on\nb: 06\nc: true\nd: 1.5\ne: 2024-05-01\nf: no\ng: 7\n")
    assert top.plain() == {
        "a": "on",
        "b": "06",
        "c": True,
        "d": 1.5,
        "e": dt.date(2024, 5, 1),
        "f": "no",
        "g": 7,
    }


def test_a_child_knows_its_line_and_dotted_key():
    top = document.loads("layers:\n  - id: a\n  - id: b\n", path="w.yaml")
    second = top.need("layers").items()[1].need("id")
    assert (second.line, second.key, second.text()) == (3, "layers.2.id", "b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\na: 2\n", r"w\.yaml:2: a: expected each key once \(first on line 1\)"),
        ("a: &x 1\nb: *x\n", r"an alias"),
        ("a: [1\n", r"w\.yaml:2"),
        ("- 1\n", r"expected a mapping, got a list of 1"),
        ("", r"expected a mapping, got nothing"),
        ("? [a]\n: 1\n", r"expected plain keys"),
        ("a: 2024-13-40\n", r"expected a plain value"),
        ("a: !!python/object:os.system x\n", r"expected"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_place(text, words):
    with pytest.raises(DocumentError, match=words):
        document.loads(text, path="w.yaml")


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for root in ("layers", "spatial")
        for path in (Path(__file__).parents[2] / root).rglob("*.yaml")
    ),
    ids=lambda path: path.stem,
)
def test_libyaml_reads_what_is_our_own_as_python_does(path):
    assert document.load_own(path) == document.load(path)


def test_what_somebody_has_broken_of_our_own_is_told_in_the_same_words(tmp_path):
    for text in ("a: 1\na: 2\n", "a: [1\n", "a: &x 1\nb: *x\n", "", "- 1\n", "a: !b 1"):
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        told = []
        for read in (document.load, document.load_own):
            with pytest.raises(DocumentError, match="expected") as caught:
                read(path)
            told.append(str(caught.value).split("\n")[0])
        assert told[0] == told[1]
    with pytest.raises(SourceNotFoundError, match="check the path"):
        document.load_own(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda top: top.only("b"), r"a: expected one of the keys b, got 'a'"),
        (lambda top: top.need("z"), r"expected the key 'z'"),
        (lambda top: top.need("a").number(), r"expected a number, got 'x'"),
        (lambda top: top.need("n").text(), r"expected a text"),
        (lambda top: top.need("a").flag(), r"expected true or false"),
        (lambda top: top.need("a").date(), r"expected a date YYYY-MM-DD"),
        (lambda top: top.need("a").items(), r"expected a list"),
        (lambda top: top.need("a").one_of("p", "q"), r"expected one of p, q"),
        (lambda top: top.need("t").number(), r"expected a number, got True"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(call, words):
    top = document.loads("a: x\nn: 5\nt: true\n", path="w.yaml")
    with pytest.raises(DocumentError, match=words):
        call(top)


def test_null_counts_as_absent():
    assert document.loads("a: null\n").get("a") is None


def test_a_file_that_is_not_there_or_not_utf8_is_an_error(tmp_path):
    with pytest.raises(SourceNotFoundError, match="no such file"):
        document.load(tmp_path / "none.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_bytes("标题: 县".encode("gbk"))
    with pytest.raises(DocumentError, match="expected UTF-8 text"):
        document.load(bad)
