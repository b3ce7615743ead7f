"""What a child reads is what the reader reads, also where the reader is unusual."""

import boundary_files as txt
import pytest
from table_files import SITES, VERTICES, as_xls

import layers
from layers import formats, worker
from layers.errors import InputRefusedError
from layers.formats.expendable import is_expendable


def said(layer):
    return [(one.code, dict(one.facts or {})) for one in layer.issues]


@pytest.mark.parametrize("rows", [SITES, VERTICES], ids=["sites", "vertices"])
def test_an_xls_comes_through_although_a_child_starts_no_process(rows, tmp_path):
    path = as_xls(tmp_path, rows)
    by_child, here = worker.open_raw(path), formats.open_raw(path)
    assert by_child.geometry.tolist() == here.geometry.tolist()
    assert by_child.found == here.found
    assert layers.inspect(path).format == "Excel 97 workbook"


def test_a_damaged_xls_is_refused_in_words_by_child_and_here(tmp_path):
    path = as_xls(tmp_path, SITES)
    path.write_bytes(path.read_bytes()[:2000])
    for read in (worker.open_raw, formats.open_raw):
        with pytest.raises(InputRefusedError, match=r"got a damaged one \("):
            read(path)


def test_the_process_of_the_caller_is_not_expendable():
    assert not is_expendable()


def test_a_reason_within_an_issue_comes_through(tmp_path):
    line = txt.parcel_line()[:-2]
    path = txt.write(tmp_path, txt.text([line, *txt.rows(txt.OUTER)]))
    by_child = layers.read(path, kind="project_site")
    here = layers.read(path, kind="project_site", in_process=True)
    assert ("read_in_process", {}) in said(here)
    assert [one for one in said(here) if one[0] != "read_in_process"] == said(by_child)
    assert "parcel_line_odd" in {code for code, _ in said(by_child)}
