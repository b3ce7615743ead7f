"""The corpus runner reads such files as JTS and GEOS have, and counts honestly."""

from __future__ import annotations

import subprocess
import sys

import pytest
import shapely
from house import ROOT

A, B = shapely.box(0, 0, 300, 100), shapely.box(200, 0, 400, 100)


def case(a, b, *ops):
    """Return one case; an operation is its attributes and its result."""
    tests = "".join(
        f'<test><op {words} arg1="A" arg2="B">{result}</op></test>'
        for words, result in ops
    )
    return f"<case><desc>made up</desc><a>{a}</a><b>{b}</b>{tests}</case>"


def corpus(folder, *cases, model=""):
    folder.mkdir(exist_ok=True)
    text = f"<run>{model}{''.join(cases)}</run>"
    (folder / "TestMadeUp.xml").write_text(text, encoding="utf-8")
    return folder


def asked(folder):
    """Return exit code and lines of the runner."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "overlay_corpus.py", folder],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).splitlines()


ALL = [
    ('name="intersection"', A & B),
    ("name='unionNG'", (A | B).wkt),
    ('name="difference"', shapely.to_wkb(A - B, hex=True)),
    ('name="symDifference"', A ^ B),
    ('name="overlayAreaTest"', "true"),
    ('name="covers"', "false"),
]


def test_overlays_and_identities_are_counted_for_both_engines(tmp_path):
    folder = corpus(
        tmp_path / "xml",
        case(A, B, *ALL),
        case(shapely.to_wkb(A, hex=True), B, *ALL),
        case("POINT (1 1)", B, ALL[0]),
        case("POLYGON EMPTY", B, ALL[0]),
        case("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))", B, ALL[0]),
        case("CURVED (1 1)", B, ALL[0]),
        case(A, B, ('name="intersectionSR"', A & B), ('name="union" arg3="1"', A | B)),
    )
    corpus(folder / "failure", case(A, B, ('name="intersection"', A)))
    code, said = asked(folder)
    assert code == 0
    for engine in ("kernel", "geometry"):
        assert f"overlays, {engine}: 8 of 8 agree" in said
        assert f"identities, {engine}: 2 of 2 agree" in said
    assert "skipped, fixed precision: 2" in said
    for reason in ("operand is no polygon", "empty operand", "invalid operand",
                   "geometry that shapely cannot read"):  # fmt: skip
        assert f"skipped, {reason}: 1" in said
    assert said[-1] == "worse than bare shapely: 0"


def test_a_wrong_result_is_told_and_shapely_is_heard(tmp_path):
    code, said = asked(corpus(tmp_path / "xml", case(A, B, ('name="union"', A))))
    assert code == 0
    assert "overlays, kernel: 0 of 1 agree" in said
    told = [
        one for one in said if one.startswith("differs: TestMadeUp.xml case 1, union")
    ]
    assert len(told) == 2
    assert said[-1] == "worse than bare shapely: 0"


@pytest.mark.parametrize(
    "model",
    ['<precisionModel type="FIXED" scale="1"/>', '<precisionModel scale="10"/>'],
)
def test_a_file_of_fixed_precision_has_nothing_for_us(tmp_path, model):
    code, said = asked(corpus(tmp_path / "xml", case(A, B, ALL[0]), model=model))
    assert (code, said) == (
        2,
        [f"{tmp_path / 'xml'}: no overlay of two polygons found"],
    )


def test_what_is_not_xml_is_named(tmp_path):
    folder = corpus(tmp_path / "xml", case(A, B, ALL[0]))
    (folder / "Broken.xml").write_text("<run><case>", encoding="utf-8")
    code, said = asked(folder)
    assert code == 0
    assert any(one.startswith("Broken.xml: no XML (") for one in said)
