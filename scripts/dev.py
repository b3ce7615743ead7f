"""Set up, try and check ecoredline; needs nothing but Python 3.11 or newer.

python3 scripts/dev.py COMMAND [ARGUMENTS]

  setup        make .venv and install everything for work on the code
  demo         install what the program needs, review the made-up county, say where
               the results lie
  test         set up and run all tests; further arguments go to pytest
  check        all checks, then the tests (--no-tests: the checks alone)
  fix          format the code, strip the notebooks, write docs/cli.md
  site         build the documentation site into out/site
  bench        run the benchmarks
  constraints  work out constraints.txt anew (asks the package index)
  clean        remove .venv, caches and the demo's results
  help         print this text

A second run needs no network: what is installed is left alone as long as
pyproject.toml's dependencies, constraints.txt and Python are the same.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CONSTRAINTS = ROOT / "constraints.txt"
NEEDED = (3, 11)
# A file's tests share fixtures that take seconds: they stay in one process.
_PYTEST = (PYTHON, "-m", "pytest", "-n", "auto", "--dist", "loadfile")
LEVELS = {"base": ".", "dev": ".[dev]", "bench": ".[dev,bench]"}
PROSE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "scripts", "tests")
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "htmlcov")


class DevError(Exception):
    """Something that the person at the keyboard has to put right."""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    if sys.version_info < NEEDED:
        print(
            f"ecoredline needs Python {NEEDED[0]}.{NEEDED[1]} or newer; this is "
            f"{platform.python_version()} ({sys.executable}). Install a newer one and "
            "call it by name, for example: python3.12 scripts/dev.py demo",
            file=sys.stderr,
        )
        return 2
    name, *rest = arguments or ["help"]
    command = COMMANDS.get(name)
    if command is None:
        known = ", ".join(word for word in COMMANDS if word.isalpha())
        print(f"unknown command {name!r}; known: {known}", file=sys.stderr)
        return 2
    try:
        return command(rest)
    except DevError as error:
        print(f"\nstopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# -- commands -------------------------------------------------------------


def help_text(_arguments: list[str]) -> int:
    """Print what this script can do."""
    print(__doc__)
    return 0


def setup(_arguments: list[str]) -> int:
    """Install everything for work on the code."""
    _install("dev")
    return 0


def demo(arguments: list[str]) -> int:
    """Review the made-up county with the installed command."""
    _install("base")
    out = ROOT / "out" / "demo"
    extra = arguments or ["--out", str(out.relative_to(ROOT))]
    return _run("demo", [BIN / "redline", "demo", *extra])


def test(arguments: list[str]) -> int:
    """Run all tests: unit tests, docstrings, and the examples in the documents."""
    _install("dev")
    return _run("tests", [*_PYTEST, *arguments])


def check(arguments: list[str]) -> int:
    """Run every check, and the tests last so that their summary closes the log."""
    unknown = [a for a in arguments if a != "--no-tests"]
    if unknown:
        msg = f"check takes --no-tests only, not {' '.join(unknown)}"
        raise DevError(msg)
    _install("dev")
    steps = _checks()
    if not arguments:
        steps["tests"] = list(_PYTEST)
    failed = [name for name, call in steps.items() if _run(name, call)]
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def fix(_arguments: list[str]) -> int:
    """Put right what a program can put right."""
    _install("dev")
    calls: dict[str, list[str | Path]] = {
        "lint": [PYTHON, "-m", "ruff", "check", "--fix", "--quiet", "."],
        "format": [PYTHON, "-m", "ruff", "format", "."],
        "notebooks": [BIN / "nbstripout", "--keep-id", *_notebooks()],
        "command line documents": [PYTHON, "scripts/make_cli_docs.py"],
    }
    return max(_run(name, call) for name, call in calls.items())


def site(_arguments: list[str]) -> int:
    """Build the documentation site, which needs no network to be read."""
    _install("dev")
    return _run("documentation site", [PYTHON, "scripts/make_site.py"])


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, one after another."""
    _install("bench")
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    calls = {script.stem: [PYTHON, script, *arguments] for script in scripts}
    return max((_run(name, call) for name, call in calls.items()), default=0)


def constraints(_arguments: list[str]) -> int:
    """Pin every direct and indirect dependency, for all platforms, in one file."""
    _install("dev")
    uv = _uv()
    if uv is None:
        msg = "uv could not be installed; constraints.txt needs it"
        raise DevError(msg)
    call = [*uv, "pip", "compile", "pyproject.toml", "--all-extras", "--universal"]
    call += ["--python-version", ".".join(map(str, NEEDED)), "--upgrade", "--quiet"]
    call += ["--no-header", "--no-annotate", "--output-file", CONSTRAINTS.name]
    return _run("constraints", call)


def clean(_arguments: list[str]) -> int:
    """Remove what the other commands made."""
    for folder in (
        VENV,
        ROOT / "out" / "demo",
        ROOT / "out" / "site",
        *(ROOT / name for name in CACHES),
    ):
        if folder.is_dir():
            shutil.rmtree(folder)
            print(f"removed {folder.relative_to(ROOT)}")
    for folder in ("layers", "spatial", "scripts", "tests", "benchmarks"):
        for cache in (ROOT / folder).rglob("__pycache__"):
            shutil.rmtree(cache)
    return 0


COMMANDS = {
    "help": help_text,
    "setup": setup,
    "demo": demo,
    "test": test,
    "check": check,
    "fix": fix,
    "site": site,
    "bench": bench,
    "constraints": constraints,
    "clean": clean,
    "-h": help_text,
    "--help": help_text,
}


def _checks() -> dict[str, list[str | Path]]:
    """Return the calls of every check but the tests, by name, in order."""
    module: list[str | Path] = [PYTHON, "-m"]
    prose = [name for name in PROSE if (ROOT / name).exists()]
    stripped = [BIN / "nbstripout", "--verify", "--keep-id"]
    steps: dict[str, list[str | Path]] = {
        "format": [*module, "ruff", "format", "--check", "."],
        "lint": [*module, "ruff", "check", "."],
        "types": [*module, "mypy"],
        "architecture": [BIN / "lint-imports", "--no-cache"],
        "spelling": [BIN / "codespell", "layers", "spatial", *prose],
        "command line documents": [PYTHON, "scripts/make_cli_docs.py", "--check"],
        "notebooks hold no output": [*stripped, *_notebooks()],
        "notebooks run": [PYTHON, "scripts/run_notebooks.py"],
        # after them: it shows what they gave
        "documentation site": [PYTHON, "scripts/make_site.py"],
    }
    return steps


def _notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


# -- installing -----------------------------------------------------------


def _install(level: str) -> None:
    """Bring `.venv` to a level (base, dev, bench); do nothing when it is there."""
    wanted = _fingerprint()
    levels = list(LEVELS)
    for enough in levels[levels.index(level) :]:
        if _stamp(enough).is_file() and _stamp(enough).read_text() == wanted:
            return
    start = time.monotonic()
    _make_venv()
    for done in LEVELS:
        _stamp(done).unlink(missing_ok=True)
    print(f"== install {LEVELS[level]} (only on the first run)", flush=True)
    call = ["install", "--constraint", CONSTRAINTS.name, "--editable", LEVELS[level]]
    call += [] if sys.stdout.isatty() else ["--quiet"]
    if not _install_with_uv(call):
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", *call]
        if _call(pip):
            msg = (
                "the packages could not be installed; the reason stands above. Behind "
                "a proxy or mirror, set pip up for it (pip config set) and try again"
            )
            raise DevError(msg)
    _stamp(level).write_text(wanted)
    print(f"   installed in {time.monotonic() - start:.0f} s", flush=True)


def _install_with_uv(call: list[str]) -> bool:
    """Install with uv where it can be had; False when pip has to do it."""
    uv = _uv()
    if uv is None:
        return False
    if _call([*uv, "pip", *call, "--python", PYTHON], more=_pip_index()) == 0:
        return True
    print("   uv did not manage it; trying pip", flush=True)
    return False


def _uv() -> list[str | Path] | None:
    """Return how to call uv from `.venv`, installing it there first, or None."""
    uv: list[str | Path] = [PYTHON, "-m", "uv"]
    if _call([*uv, "--version"], quiet=True) == 0:
        return uv
    if _call([PYTHON, "-m", "pip", "--version"], quiet=True):
        _call([PYTHON, "-m", "ensurepip"], quiet=True)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return uv if _call([*pip, "uv"], quiet=True) == 0 else None


def _pip_index() -> dict[str, str]:
    """Tell uv the package index that pip is set to, which it does not read itself."""
    if {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & set(os.environ):
        return {}
    index = os.environ.get("PIP_INDEX_URL", "")
    if not index:
        index = _answer([PYTHON, "-m", "pip", "config", "get", "global.index-url"])
    return {"UV_DEFAULT_INDEX": index} if index else {}


def _make_venv() -> None:
    """Make `.venv`, anew when its Python is gone or of another version."""
    version = "import platform; print(platform.python_version())"
    if _answer([PYTHON, "-c", version]) == platform.python_version():
        return
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            msg = (
                f"this Python lacks its module {module!r}. On Debian and Ubuntu: "
                f"apt install python{NEEDED[0]}-venv. Elsewhere: install Python from "
                "its own installer"
            )
            raise DevError(msg)
    print(f"== make {VENV.name} with Python {platform.python_version()}", flush=True)
    if _call([sys.executable, "-m", "venv", "--clear", VENV]):
        msg = f"{VENV} could not be made; the reason stands above"
        raise DevError(msg)


def _stamp(level: str) -> Path:
    return VENV / f".ecoredline-{level}"


def _fingerprint() -> str:
    """Return a hash of all that an installation depends on."""
    import tomllib  # noqa: PLC0415 - not there in the Pythons that main() refuses

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = {
        "build": project["build-system"],
        "dependencies": project["project"]["dependencies"],
        "extras": project["project"]["optional-dependencies"],
        "scripts": project["project"]["scripts"],
        "packages": project["tool"]["hatch"],
        "constraints": CONSTRAINTS.read_text(encoding="utf-8"),
        "python": [platform.python_version(), platform.machine(), sys.platform],
        "root": str(ROOT),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


# -- running --------------------------------------------------------------


def _run(name: str, call: list[str | Path]) -> int:
    """Run one named step in the root; its output goes straight to the screen."""
    print(f"\n== {name}", flush=True)
    start = time.monotonic()
    status = _call(call)
    if status:
        print(f"   {name}: failed with exit status {status}", file=sys.stderr)
    elif name != "tests":
        print(f"   {name}: done in {time.monotonic() - start:.0f} s", flush=True)
    return status


def _call(
    call: list[str | Path], *, quiet: bool = False, more: dict[str, str] | None = None
) -> int:
    """Run a program in the root and return its exit status."""
    environment = os.environ | {"PYTHONUTF8": "1"} | (more or {})
    environment.pop("VIRTUAL_ENV", None)
    sink = subprocess.DEVNULL if quiet else None
    parts = [str(part) for part in call]
    try:
        done = subprocess.run(
            parts, cwd=ROOT, env=environment, stdout=sink, stderr=sink, check=False
        )
    except OSError as error:
        print(f"{parts[0]}: {error}", file=sys.stderr)
        return 127
    return done.returncode


def _answer(call: list[str | Path]) -> str:
    """Return what a program prints; "" when it fails or is not there."""
    parts = [str(part) for part in call]
    try:
        done = subprocess.run(parts, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
