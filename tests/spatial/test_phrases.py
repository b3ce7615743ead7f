"""Errors in Chinese: every phrase of the library is in the catalogue, and fits it."""

import ast
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from layers import document
from layers.errors import (
    CrsError,
    DocumentError,
    ExtraMissingError,
    GeometryError,
    InputRefusedError,
    NoGeometryError,
    SourceNotFoundError,
    UnknownKindError,
)
from spatial.cli import main
from spatial.cli.phrases import PHRASES, in_chinese, phrase

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_OURS = {
    "AssertionError", "AttributeError", "ComposerError", "KeyError",
    "NotImplementedError", "RuntimeError", "TypeError", "ValueError",
}  # fmt: skip

NAMES = {"code", "extra", "key"}  # no words


def catalogue():
    entries = document.load_own(PHRASES).mapping()
    return {english: one.value for english, one in entries.items()}


def literals(node):
    """Return the texts that an expression may be, ``{}`` for each value."""
    if isinstance(node, ast.IfExp):
        return [*literals(node.body), *literals(node.orelse)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value.replace("{", "{{").replace("}", "}}")]
    if isinstance(node, ast.JoinedStr):
        return ["".join(literals(one)[0] if isinstance(one, ast.Constant) else "{}"
                        for one in node.values)]  # fmt: skip
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [a + b for a in literals(node.left) for b in literals(node.right)]
    return []


def expressions(tree, path):
    """Yield what is handed to an error, or is put into ``msg`` for one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name.endswith("Error") and name not in NOT_OURS:
                words = (one for one in node.keywords if one.arg not in NAMES)
                yield from (one.value for one in words)
                yield from node.args
            elif name == "fail":
                yield from node.args
        elif isinstance(node, ast.Assign) and "cli" not in path.parts:
            yield from [node.value] * (getattr(node.targets[0], "id", "") == "msg")


def phrases():
    """Return every phrase that the library puts into an error, and where."""
    found = {}
    for root in ("layers", "spatial"):
        for path in sorted((ROOT / root).rglob("*.py")):
            place = path.relative_to(ROOT)
            for one in expressions(ast.parse(path.read_text("utf-8")), place):
                for text in literals(one):
                    if re.search("[A-Za-z]", text.replace("{}", "")):
                        found.setdefault(text, f"{place}:{one.lineno}")
    return found


def test_every_phrase_of_an_error_is_in_the_catalogue():
    there = catalogue()
    assert {one: at for one, at in phrases().items() if one not in there} == {}


def test_what_no_error_says_any_more_has_left_the_catalogue():
    frames = {one for one in catalogue() if one.startswith("{}: ")}
    assert set(catalogue()) - set(phrases()) - frames == set()


@pytest.mark.parametrize("english", sorted(catalogue()))
def test_a_phrase_is_found_again_with_its_values(english):
    chinese = catalogue()[english]
    count = english.count("{}")
    assert sorted(re.findall(r"\{(\d+)\}", chinese)) == sorted(map(str, range(count)))
    values = [f"⟦{at}⟧" for at in range(count)]
    whole = english.format(*values)
    assert phrase(whole) == chinese.format(*values)
    assert CHINESE.search(chinese) or chinese == english


def test_values_are_said_as_they_are():
    strange = "{0} of {} \\1 %s"
    error = InputRefusedError(
        source="a.shp", expected=strange, got=strange, todo="check the path"
    )
    assert in_chinese(error).startswith(f"a.shp：应为{strange}，实际为{strange}；")


def test_a_long_message_of_many_pieces_takes_no_time_to_speak_of():
    long = "a, b in c of d; " * 20_000  # a search that goes back would never end
    assert phrase(long) == long


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SourceNotFoundError("a.shp", todo="check the path"),
         "a.shp：没有这个文件或文件夹；请检查路径"),
        (UnknownKindError(what="layer kind", name="x", known=["a", "b"]), "已知：a、b"),
        (ExtraMissingError(extra="report", needed_for="a map"),
         "pip install 'ecoredline[report]'"),
        (NoGeometryError(needed_for="overlap", got="a DataFrame"), "GeoDataFrame"),
        (CrsError(source="a", expected="b", got="c", todo="d"),
         "a：应为b，实际为c；d"),
        (DocumentError(path="w.yaml", line=3, key="on", expected="b", got="c"),
         "w.yaml 第 3 行 on：应为b，实际为c"),
        (GeometryError("nobody has put this into Chinese"),
         "nobody has put this into Chinese"),
    ],
)  # fmt: skip
def test_an_error_of_each_class_has_its_frame(error, words):
    assert words in in_chinese(error)


def test_the_command_line_prints_chinese_and_the_original_below(tmp_path):
    gone = str(tmp_path / "gone.shp")
    told = CliRunner().invoke(main, ["layers", "inspect", gone])
    first, second = told.output.strip().splitlines()[-2:]
    assert first.startswith("错误：")
    assert "没有这个文件" in first
    assert "no such file or folder" in second
    english = CliRunner().invoke(main, ["layers", "inspect", gone, "--lang", "en"])
    assert not CHINESE.search(english.output)
