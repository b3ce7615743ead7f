"""The house is in order: what is written down in two places agrees."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time

import click
import fiona
import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
from click.testing import CliRunner
from house import (
    CONDA_NAMES,
    ROOT,
    cli_docs,
    conda_requirements,
    project,
    requirements,
    split,
    tracked_files,
)
from pyproj import CRS
from shapely.geometry import box

COMMANDS = ("python3 scripts/dev.py demo", "python3 scripts/dev.py test")
MODULES = sorted(
    path for top in ("layers", "spatial") for path in (ROOT / top).rglob("*.py")
)
PAGES = {context.command_path: context for context in cli_docs()["commands"]()}
LEAVES = [n for n, c in PAGES.items() if not isinstance(c.command, click.Group)]


# -- dependencies ---------------------------------------------------------


def test_conda_names_the_same_packages_and_bounds_as_pyproject():
    named, by_pip = conda_requirements()
    wanted = {
        CONDA_NAMES.get(name, name): bound
        for name, bound in requirements("fast", "raster", "notebook").items()
    }
    wanted |= {"python": project()["requires-python"], "pip": ""}
    assert named == wanted
    assert by_pip == ["-e ."]


def test_conda_takes_nothing_from_the_default_channel():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert re.search(r"channels:\n  - conda-forge\n  - nodefaults\n", text)


def test_constraints_pin_every_direct_dependency_of_every_extra():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {split(line)[0] for line in lines}
    wanted = requirements(*project()["optional-dependencies"])
    assert not set(wanted) - pinned


def test_constraints_are_exact_versions_and_no_addresses():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    shape = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; [a-z_]+ .*)?")
    assert [line for line in lines if not shape.fullmatch(line)] == []


# -- files ----------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_module_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_file_names_this_machine_or_a_package_registry():
    # written in pieces, so that this file does not find itself
    words = ["/" + "work/", "/" + "root/", "/" + "home/", "C:" + "\\Users"]
    words += ["pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs"]
    words += ["index" + "-url =", "--extra-index" + "-url"]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked_files()
        for word in words
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


@pytest.mark.parametrize("package", ["layers", "spatial"])
def test_the_tree_in_the_architecture_is_the_tree(package):
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(
        rf"^{package}/ .*?\n\n|^{package}/ .*?\n```", text, re.MULTILINE | re.DOTALL
    )
    drawn = re.findall(r"^  (\w+)(?:\.py|/) ", block[0], flags=re.MULTILINE)
    there = {
        path.stem
        for path in (ROOT / package).iterdir()
        if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.*")))
    }
    assert sorted(drawn) == sorted(there - {"__init__", "__pycache__"})


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_begins_with_the_two_commands_and_a_picture(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    first_fence = text.split("```")[1]
    assert all(command in first_fence for command in COMMANDS)
    assert text.index("```") < text.index("![") < text.index("\n## ")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_file_that_a_readme_points_to_is_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if ":" not in link]
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_ci_runs_the_checks_and_then_the_test_command_of_the_readme():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    calls = [line.split(" || ") for line in lines if line.startswith("python3 ")]
    checks = "python3 scripts/dev.py check --no-tests"
    assert calls == [[checks, "status=$?"], [COMMANDS[1], "status=$?"]]


# -- the command line -----------------------------------------------------


def test_the_command_line_document_is_what_help_says():
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == cli_docs()["page"]()


def test_the_command_line_document_names_every_command_and_no_other():
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", written, flags=re.MULTILINE) == list(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_document_shows_what_the_program_prints(name):
    docs, words = cli_docs(), name.split()[1:]
    done = CliRunner().invoke(
        docs["redline"],
        [*words, "--help"],
        prog_name="redline",
        terminal_width=docs["WIDTH"],
    )
    printed = "\n".join(line.rstrip() for line in done.output.splitlines())
    assert f"## {name}\n\n```text\n{printed}\n```\n" in docs["page"]()


def _examples(context: click.Context) -> list[list[str]]:
    """Return the words after the command in each example of its help."""
    whole = re.sub(r"\\\n\s*", "", context.command.help or "")  # a line may go on
    said = whole.splitlines()
    lines = [line.strip().removeprefix("$ ") for line in said]
    start = context.command_path + " "
    return [
        shlex.split(line.removeprefix(start), comments=True)
        for line in lines
        if line.startswith(start)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_has_help_with_an_example(name):
    assert _examples(PAGES[name]), f"{name} --help shows no line that begins with it"


@pytest.mark.parametrize("name", LEAVES)
def test_an_example_uses_options_that_exist(name):
    params = PAGES[name].command.get_params(PAGES[name])
    known = {word for param in params for word in (*param.opts, *param.secondary_opts)}
    used = {
        word.split("=")[0]
        for words in _examples(PAGES[name])
        for word in words
        if word.startswith("-")
    }
    assert used <= known


def test_help_loads_no_geo_library():
    program = (
        "import json, sys\n"
        "from spatial.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"redline --help took {time.monotonic() - start:.2f} s")
    loaded = set(json.loads(done.stderr))
    assert not loaded & {"geopandas", "pandas", "numpy", "shapely", "pyproj"}
    assert "Usage: redline" in done.stdout or "Usage:" in done.stdout


# -- three GDAL builds in one process -------------------------------------


@pytest.fixture
def written(tmp_path):
    """The same square in CGCS2000 3-degree zone 36 (EPSG:4524), by three writers."""
    crs, square = CRS.from_epsg(4524), box(36500000, 4400000, 36500100, 4400100)
    by_pyogrio = tmp_path / "pyogrio.gpkg"
    pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=[square], crs=crs), by_pyogrio)
    by_fiona = tmp_path / "fiona.gpkg"
    schema = {"geometry": "Polygon", "properties": {}}
    with fiona.open(
        by_fiona, "w", driver="GPKG", crs_wkt=crs.to_wkt(), schema=schema
    ) as out:
        out.write({"geometry": square.__geo_interface__, "properties": {}})
    by_rasterio = tmp_path / "rasterio.tif"
    grid = rasterio.Affine(50, 0, 36500000, 0, -50, 4400100)
    profile = {"driver": "GTiff", "width": 2, "height": 2, "count": 1, "dtype": "uint8"}
    with rasterio.open(
        by_rasterio,
        "w",
        crs=rasterio.CRS.from_wkt(crs.to_wkt()),
        transform=grid,
        **profile,
    ) as out:
        out.write(np.ones((1, 2, 2), dtype="uint8"))
    return by_pyogrio, by_fiona, by_rasterio


def test_three_gdal_builds_agree_on_a_crs(written):
    by_pyogrio, by_fiona, by_rasterio = written
    read = {}
    for path in (by_pyogrio, by_fiona):
        read[f"pyogrio, {path.name}"] = CRS(pyogrio.read_info(path)["crs"])
        with fiona.open(path) as source:
            read[f"fiona, {path.name}"] = CRS(source.crs_wkt)
    with rasterio.open(by_rasterio) as source:
        read["rasterio"] = CRS(source.crs.to_wkt())
    expected = CRS.from_epsg(4524)
    assert {name: crs.to_epsg() for name, crs in read.items()} == dict.fromkeys(
        read, 4524
    )
    assert [
        n for n, crs in read.items() if not crs.equals(expected, ignore_axis_order=True)
    ] == []
