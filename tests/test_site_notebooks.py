"""The notebooks on the site: results of the very cells, as text where they are text."""

from __future__ import annotations

import importlib.util
import json

import pytest
from make_site import build, outside, outside_of_page
from site_notebooks import (
    NOTEBOOKS,
    ResultError,
    cells_of,
    markdown_of,
    results_of,
    with_results,
)

NAMES = sorted(one.stem for one in NOTEBOOKS.glob("*.ipynb"))


def notebook(*cells, **outputs):
    """A notebook; the outputs of cell 1 by name."""
    return {
        "cells": [
            {"cell_type": sort, "source": [text], "outputs": outputs.get(f"c{at}", [])}
            for at, (sort, text) in enumerate(cells)
        ]
    }


def shown(**data):
    return {"outputs": [{"output_type": "execute_result", "data": data}]}


def written(folder, name, value):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_copy_counts_only_where_its_cells_are_the_same(tmp_path):
    stored = notebook(("markdown", "# 题"), ("code", "1"))
    path = written(tmp_path / "a", "n.ipynb", stored)
    done = tmp_path / "done"
    assert with_results(path, done) is None
    written(done, "n.ipynb", notebook(("markdown", "# 题"), ("code", "2")))
    assert with_results(path, done) is None
    run = notebook(("markdown", "# 题"), ("code", "1"), c1=[{"output_type": "stream"}])
    written(done, "n.ipynb", run)
    assert with_results(path, done) == run


def test_a_page_without_results_says_so_below_its_title():
    page = markdown_of(notebook(("markdown", "# 题"), ("code", "1")), has_results=False)
    assert page.startswith("# 题\n\n!!! note\n")
    assert "data-result" not in page
    page = markdown_of(notebook(("markdown", "# 题"), ("code", "1")), has_results=True)
    assert page == '# 题\n\n```python\n1\n```\n\n<div data-result="1"></div>\n'


def test_a_cell_with_fences_stays_one_block():
    page = markdown_of(notebook(("code", 'x = """```"""')), has_results=True)
    assert page.startswith('````python\nx = """```"""\n````\n')


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<img src=x onerror=1>"])
def test_plain_results_are_text(text):
    page = results_of({"outputs": [{"output_type": "stream", "text": [text]}]})
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;" in page
    assert "&lt;" in results_of(shown(**{"text/plain": text}))


def test_of_a_bar_the_last_state_is_shown():
    bar = {"output_type": "stream", "text": "0%\r50%\r100%\nend\n"}
    assert results_of({"outputs": [bar]}).count("%") == 1


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<table onclick='x()'></table>",
        "<a href=' javascript:x()'>x</a>",
        "<object data='a'></object>",
        "<link rel=stylesheet href=a.css>",
    ],
)
def test_a_result_that_would_run_in_the_page_stops_the_build(page):
    with pytest.raises(ResultError, match="would run in the page"):
        results_of(shown(**{"text/html": [page]}))


def test_a_map_in_a_frame_of_its_own_may_stay_but_loads_nothing_from_outside():
    frame = '<iframe srcdoc="&lt;script&gt;1&lt;/script&gt;"></iframe>'
    assert frame in results_of(shown(**{"text/html": [frame]}))
    assert outside_of_page(frame) == []
    bad = '<iframe srcdoc="&lt;script src=//example.org/a.js&gt;"></iframe>'
    assert outside_of_page(bad) == ["//example.org/a.js"]


def test_a_failed_cell_and_a_false_picture_stop_the_build():
    failed = {"output_type": "error", "ename": "KeyError", "evalue": "a"}
    with pytest.raises(ResultError, match="a cell failed: KeyError: a"):
        results_of({"outputs": [failed]})
    with pytest.raises(ResultError, match="no PNG"):
        results_of(shown(**{"image/png": 'x" onerror="1'}))


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_begins_with_its_title(name):
    path = NOTEBOOKS / f"{name}.ipynb"
    (sort, text), *_ = cells_of(json.loads(path.read_text(encoding="utf-8")))
    assert sort == "markdown"
    assert text.startswith("# ")


@pytest.mark.skipif(
    importlib.util.find_spec("mkdocs") is None, reason="needs the extra docs"
)
def test_results_stand_on_the_built_page_and_nothing_is_loaded(tmp_path, monkeypatch):
    path = NOTEBOOKS / f"{NAMES[0]}.ipynb"
    run = json.loads(path.read_text(encoding="utf-8"))
    at = next(n for n, one in enumerate(run["cells"]) if one["cell_type"] == "code")
    run["cells"][at]["outputs"] = [{"output_type": "stream", "text": ["<b>结果 7</b>"]}]
    written(tmp_path / "done", path.name, run)
    monkeypatch.setenv("ECOREDLINE_NOTEBOOKS", str(tmp_path / "done"))
    assert build(tmp_path / "site") == 0
    assert outside(tmp_path / "site") == []
    pages = {one.stem: one for one in (tmp_path / "site/notebooks").glob("*.html")}
    assert sorted(pages) == NAMES
    first = pages[NAMES[0]].read_text(encoding="utf-8")
    assert "<pre>&lt;b&gt;结果 7&lt;/b&gt;</pre>" in first
    assert "without running the notebook" not in first
    assert "without running the notebook" in pages[NAMES[1]].read_text(encoding="utf-8")
