"""One table of broken files: each has one defect, and it is said in these words."""

from __future__ import annotations

from importlib import import_module

import pytest

import layers
from layers.errors import InputRefusedError
from layers.issue import SEVERITY
from layers.text import TEXTS

MODULES = (
    "shapefile", "databases", "geojson", "xml", "dxf", "tables", "boundary",
    "archives", "contents",
)  # fmt: skip
TABLE = [
    pytest.param(one, id=f"{name}: {one.name}")
    for name in MODULES
    for one in import_module(f"broken_cases.{name}").CASES
]


def test_there_are_enough_of_them_and_each_says_what_it_must():
    cases = [one.values[0] for one in TABLE]
    assert len(cases) >= 120
    assert len({one.id for one in TABLE}) == len(cases)
    assert [one.name for one in cases if not one.words or not all(one.words)] == []
    assert {one.code for one in cases} - {""} <= set(SEVERITY)
    assert {one.outcome for one in cases} == {"refused", "told", "aside"}


@pytest.mark.parametrize("case", TABLE)
def test_a_broken_file_is_refused_or_told_in_words(case, tmp_path):
    path = case.make(tmp_path)
    before = {
        one: one.read_bytes() for one in sorted(tmp_path.rglob("*")) if one.is_file()
    }
    if case.outcome == "refused":
        _need_refusal(case, path)
    else:
        _need_issue(case, layers.read(path, kind=case.kind, **case.stated))
    assert before == {
        one: one.read_bytes() for one in sorted(tmp_path.rglob("*")) if one.is_file()
    }


def _need_refusal(case, path):
    with pytest.raises(InputRefusedError, match=r"expected .*, got ") as caught:
        layers.read(path, kind=case.kind, **case.stated)
    said = str(caught.value)
    assert [one for one in case.words if one not in said] == [], said
    assert "made the reader" not in said


def _need_issue(case, layer):
    """The issue says it, and every row of the file is accounted for."""
    issues = [one for one in layer.issues if one.code == case.code]
    said = [TEXTS.render(one.message, "zh") for one in issues]
    assert any(all(one in text for one in case.words) for text in said), layer.issues
    aside = tuple(one.row for one in layer.quarantine)
    assert aside == case.rows
    assert [one.reason for one in layer.quarantine] == [case.code] * len(case.rows)
    ledger = layer.provenance
    assert ledger.rows_in_file == ledger.rows_kept + ledger.rows_quarantined
    assert ledger.rows_kept == len(layer.frame) >= 1
