"""scripts/dev.py says what it can do, and leaves alone what is installed."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys

import pytest
from house import ROOT


@pytest.fixture
def dev(monkeypatch, tmp_path):
    """The script's names, with an empty root and no program to call."""
    names = runpy.run_path(str(ROOT / "scripts" / "dev.py"), run_name="dev")
    inside = names["main"].__globals__

    def refuse(*call, **_):
        pytest.fail(f"a program was called: {call}")

    monkeypatch.setattr(subprocess, "run", refuse)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setitem(inside, "ROOT", tmp_path)
    monkeypatch.setitem(inside, "VENV", tmp_path / ".venv")
    monkeypatch.setitem(inside, "CONSTRAINTS", tmp_path / "constraints.txt")
    (tmp_path / ".venv").mkdir()
    return inside


def _installed(dev, level: str) -> None:
    dev["_stamp"](level).write_text(dev["_fingerprint"]())


def test_help_names_every_command_and_so_does_the_makefile(dev, capsys):
    assert dev["main"]([]) == 0
    said = re.findall(r"^  (\w+) {2,}", capsys.readouterr().out, flags=re.MULTILINE)
    commands = {name for name in dev["COMMANDS"] if name.isalpha()}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(said) == commands
    assert set(re.findall(r"^(\w+):.*## ", makefile, flags=re.MULTILINE)) == commands


def test_an_unknown_command_is_wrong_usage_and_the_known_ones_are_named(dev, capsys):
    assert dev["main"](["tset"]) == 2
    assert re.search(r"unknown command 'tset'; known: .*test", capsys.readouterr().err)


def test_an_unknown_argument_of_check_is_not_ignored(dev, capsys):
    assert dev["main"](["check", "--no-test"]) == 1
    assert "--no-tests only, not --no-test" in capsys.readouterr().err


def test_an_old_python_is_told_what_to_do(dev, capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert dev["main"](["demo"]) == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


@pytest.mark.parametrize("level", ["base", "dev", "bench"])
def test_a_second_set_up_calls_nothing(dev, level):
    _installed(dev, level)
    dev["_install"](level)


def test_what_is_installed_for_work_is_enough_for_the_demo(dev):
    _installed(dev, "dev")
    dev["_install"]("base")


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [
        ("pyproject.toml", "\n[tool.other]\nx = 1\n", False),
        ("constraints.txt", "\nzzz==1\n", True),
    ],
    ids=["a setting of another tool", "a pinned version"],
)
def test_only_a_change_of_what_is_installed_installs_again(dev, name, text, counts):
    before = dev["_fingerprint"]()
    with (dev["ROOT"] / name).open("a", encoding="utf-8") as file:
        file.write(text)
    assert (dev["_fingerprint"]() != before) is counts


def test_a_python_without_venv_is_told_which_package_has_it(dev, capsys, monkeypatch):
    monkeypatch.setitem(dev, "_answer", lambda _call: "")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert dev["main"](["setup"]) == 1
    assert "apt install python3-venv" in capsys.readouterr().err


def test_clean_removes_what_was_made_and_nothing_else(dev):
    kept = dev["ROOT"] / "out" / "mine" / "report.html"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    (dev["ROOT"] / "out" / "demo").mkdir()
    assert dev["main"](["clean"]) == 0
    assert kept.is_file()
    assert not dev["VENV"].exists()
    assert not (dev["ROOT"] / "out" / "demo").exists()
