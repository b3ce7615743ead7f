"""What the files of the house say: dependencies, tracked files, modules."""

from __future__ import annotations

import re
import runpy
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[.*?\])?\s*(?P<bound>[^;\s]*)")

# names that conda-forge writes differently from PyPI
CONDA_NAMES = {"matplotlib": "matplotlib-base", "psycopg": "psycopg"}


def project() -> dict[str, Any]:
    """Return the project table of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def requirements(*extras: str) -> dict[str, str]:
    """Return bound by name of the base dependencies and the named extras."""
    table = project()
    lines = list(table["dependencies"])
    for extra in extras:
        lines += table["optional-dependencies"][extra]
    found = dict(split(line) for line in lines)
    found.pop(table["name"], None)
    return found


def split(line: str) -> tuple[str, str]:
    """Return the normalised name and the bound of a requirement."""
    match = REQUIREMENT.match(line)
    assert match, f"not a requirement: {line!r}"
    return match["name"].lower().replace("_", "-"), match["bound"]


def conda_requirements() -> tuple[dict[str, str], list[str]]:
    """Return bound by name of environment.yml, and what it leaves to pip."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)["dependencies"]
    named = dict(split(entry) for entry in entries if isinstance(entry, str))
    by_pip = [
        line for entry in entries if isinstance(entry, dict) for line in entry["pip"]
    ]
    return named, by_pip


def tracked_files() -> list[Path]:
    """Return the text files under version control; outside git, those of a wheel."""
    call = ["git", "-C", str(ROOT), "ls-files", "-z"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        return [p for top in ("layers", "spatial") for p in (ROOT / top).rglob("*.py")]
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and _is_text(path)]


def _is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:4096]


def cli_docs() -> dict[str, Any]:
    """Return the names of scripts/make_cli_docs.py."""
    return runpy.run_path(str(ROOT / "scripts" / "make_cli_docs.py"))
