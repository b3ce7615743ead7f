"""Two runs, the same bytes: every format, another hash seed; rows in another order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import pyogrio
import pytest
from paper_text import pdf_pages, squeezed

from spatial.report.page import SHORT_HASH
from spatial.report.printed import missing

PROGRAM = """
import datetime as dt, hashlib, json, sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import paper_office
from shapely import box
from small_pair import small_pair
from word_template import write_template

import layers, spatial
from layers.samples.county import write_county
from spatial.ledger import Actor, NewCase, create_ledger
from spatial.ledger.export import (
    write_case_file, write_geopackage, write_statistics, write_workbook,
)
from spatial.monitor import monitor
from spatial.monitor.paper import clue_document
from spatial.monitor.write import drawn_clues, run_content
from spatial.report.office_template import write_from_template
from spatial.report.pdf import write_pdf
from spatial.report.static_map import MapMaker
from spatial.report.word import write_word
from spatial.report.write import FORMATS

root, turned = Path(sys.argv[1]), sys.argv[2] == "turned"
root.mkdir()
out = root / "out"
paper_office.write_all(root)
sites = gpd.read_file(root / "sites.geojson")
sites = sites.iloc[::-1].reset_index(drop=True) if turned else sites
office = layers.open_workspace(root / "office")
found = spatial.review(sites, office, on="2025-06-01")
found.write(out / "review", formats=list(FORMATS), maps=True)
template = write_template(root / "form.docx")
write_from_template(found.content, template, out / "review" / "office.docx")
(out / "maps").mkdir()
unnamed = replace(found.content, run_id="-", inputs={})  # both stand on the map
maps = MapMaker(unnamed)
for name, made in {
    "all": maps.of_all(), **{one.site_id: maps.of_site(one) for one in unnamed.sites}
}.items():
    if made is not None:
        (out / "maps" / f"{name}.png").write_bytes(made.png)
        (out / "maps" / f"{name}.svg").write_bytes(made.svg)

if not turned:
    county = layers.open_workspace(write_county(root / "county"))
    clues = monitor(*small_pair(root / "images"), county)
    clues.write(out / "monitor", formats=list(FORMATS), maps=True)
    drawn = drawn_clues(clues, lambda _done, _count: None)
    name = str(clues.table.index[0])
    sheet = clue_document(clues, run_content(clues), name, pictures=drawn)
    write_word(sheet, out / "monitor" / "sheet.docx")
    write_pdf(sheet, out / "monitor" / "sheet.pdf")

    day = dt.date(2026, 1, 5)
    clock = lambda: dt.datetime(2026, 1, 5, 4, tzinfo=dt.UTC)
    boss = Actor("made up", "admin")
    ledger = create_ledger(root / "l.gpkg", actor=boss, clock=clock)
    with ledger.transaction() as writing:
        case = writing.open_case(NewCase("report_12369", day, "a", box(0, 0, 1, 1)))
    folder = out / "ledger"
    folder.mkdir()
    for form in ("docx", "pdf"):
        write_statistics(ledger, folder / f"statistics.{form}", on=day)
        write_case_file(ledger, case, folder / f"case.{form}", on=day)
    write_workbook(ledger, folder / "cases.xlsx", on=day)
    write_geopackage(ledger, folder / "cases.gpkg", on=day)

told = {
    path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
    for path in sorted(out.rglob("*")) if path.is_file()
}
print(json.dumps(told))
"""


def hashes(folder, seed, order):
    """Return the hash of each file that another process writes."""
    here = os.pathsep.join(filter(None, sys.path))
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), order],
        env=os.environ | {"PYTHONPATH": here, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("first") / "a"


@pytest.fixture(scope="module")
def first(root):
    if missing("pdf"):
        pytest.skip("no Chinese typeface")
    return hashes(root, "0", "as they are")


@pytest.fixture(scope="module")
def turned(first, tmp_path_factory):
    """Return the folder of the same with the sites in another order."""
    assert first
    folder = tmp_path_factory.mktemp("turned") / "a"
    hashes(folder, "2", "turned")
    return folder


def test_another_process_with_another_hash_seed_writes_the_same_bytes(first, tmp_path):
    again = hashes(tmp_path / "a", "1", "as they are")
    assert {one for one in first if first[one] != again.get(one)} == set()
    assert set(first) == set(again)
    forms = {
        folder: {name.rpartition(".")[2] for name in first if name.startswith(folder)}
        for folder in ("review", "monitor", "ledger")
    }
    everything = {"json", "gpkg", "xlsx", "html", "docx", "pdf"}
    assert forms["review"] == everything
    assert forms["monitor"] == everything | {"png"}
    assert forms["ledger"] == {"gpkg", "xlsx", "docx", "pdf"}


def rows_of(path):
    """Yield the rows of every layer of a GeoPackage, in their order, shapes as text."""
    for layer, _ in pyogrio.list_layers(path):
        frame = pyogrio.read_dataframe(path, layer=layer)
        shapes = frame.geometry.to_wkt() if "geometry" in frame else ()
        yield f"{layer} {list(frame.columns)}"
        yield frame.drop(columns="geometry", errors="ignore").to_csv(index=False)
        yield from shapes


def said(folder):
    """Return what the files of a review say, without the hashes of its input."""
    result = (folder / "result.json").read_text("utf-8")
    told = {"result.json": result}
    for name in ("report.docx", "office.docx", "findings.xlsx"):
        with zipfile.ZipFile(folder / name) as file:
            told |= {
                f"{name}/{part}": file.read(part).decode()
                for part in file.namelist()
                if part.endswith(".xml")
            }
    told["report.html"] = (folder / "report.html").read_text("utf-8")
    told["findings.gpkg"] = "\n".join(rows_of(folder / "findings.gpkg"))
    told["report.pdf"] = squeezed("".join(pdf_pages(folder / "report.pdf")))
    known = json.loads(result)
    sites = known["inputs"]["sites"]
    hidden = (known["run_id"], sites, sites[:SHORT_HASH])
    for name, text in told.items():
        for number, one in enumerate(hidden):
            text = text.replace(one, f"<{number}>")  # noqa: PLW2901
        told[name] = text
    return told


def test_sites_in_another_order_say_the_same_in_every_format(root, turned):
    """The input is another file, with another hash: all else is the same."""
    mine, other = (said(one / "out" / "review") for one in (root, turned))
    assert set(mine) == set(other)
    assert {name for name in mine if mine[name] != other[name]} == set()


def test_sites_in_another_order_are_drawn_alike(root, turned):
    drawn = [
        {path.name: path.read_bytes() for path in (one / "out" / "maps").iterdir()}
        for one in (root, turned)
    ]
    assert {name.rpartition(".")[2] for name in drawn[0]} == {"png", "svg"}
    assert drawn[0] == drawn[1]
