"""A cut that turns two light polylines into one is seen."""

from __future__ import annotations

import ezdxf
import pytest

from layers.errors import InputRefusedError
from layers.formats import open_raw


def drawing(path, *squares):
    document = ezdxf.new("R2010")
    for x in squares:
        corners = [(x, 0), (x + 10, 0), (x + 10, 10), (x, 10)]
        document.modelspace().add_lwpolyline(corners, close=True)
    document.saveas(path)
    return path


def test_two_polylines_are_two_rows(tmp_path):
    assert open_raw(drawing(tmp_path / "two.dxf", 0, 100)).rows_in_file == 2


@pytest.mark.parametrize(("first", "last"), [(1, 0), (2, 1), (3, 2), (0, 3)])
def test_a_cut_from_one_polyline_into_the_next_is_refused(tmp_path, first, last):
    """Leave `first` + 1 vertices of the one and those after `last` of the other."""
    path = drawing(tmp_path / "cut.dxf", 0, 100)
    text = path.read_text(encoding="utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    head = lines.index("ENTITIES")
    vertices = [
        at
        for at in range(head + 1, len(lines) - 1, 2)
        if lines[at].strip() == "10" and lines[at + 1].strip()
    ][:8]
    start, end = vertices[first] + 4, vertices[4 + last] + 4
    path.write_text(newline.join(lines[:start] + lines[end:]), encoding="utf-8")
    kept = (first + 1) + (4 - last - 1)
    with pytest.raises(InputRefusedError, match=rf"LWPOLYLINE of 4 vertices.*{kept}"):
        open_raw(path)
