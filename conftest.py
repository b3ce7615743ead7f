"""Settings of the whole test run: hypothesis, and the examples in the documents."""

from __future__ import annotations

import doctest
import os
import runpy
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent
DOCTEST_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

# A build that fails must fail again on a person's machine: no new examples there.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
# Ten times the examples, others every night: pytest --hypothesis-profile nightly
settings.register_profile("nightly", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def _enter_scratch_folder(namespace: dict[str, Any]) -> None:
    """Let a document's examples write files where nothing is overwritten."""
    scratch = tempfile.TemporaryDirectory(prefix="ecoredline-docs-")
    namespace["_left"] = (Path.cwd(), scratch)
    os.chdir(scratch.name)


def _leave_scratch_folder(namespace: dict[str, Any]) -> None:
    before, scratch = namespace["_left"]
    os.chdir(before)
    scratch.cleanup()


pytest_collect_file = Sybil(
    parsers=[SkipParser(), PythonCodeBlockParser(doctest_optionflags=DOCTEST_FLAGS)],
    patterns=["README.md", "README.zh-CN.md", "docs/*.md"],
    path=str(ROOT),
    setup=_enter_scratch_folder,
    teardown=_leave_scratch_folder,
).pytest()


_NO_SERVER = runpy.run_path(str(ROOT / "scripts" / "postgis.py"))["missing"]()
NEEDS = {
    "postgis": (not _NO_SERVER, _NO_SERVER),
    "shared": (
        (ROOT.parent / "shared").is_dir(),
        "the project's real data is not beside the repository (../shared)",
    ),
    "browser": (
        shutil.which("chromium") is not None,
        "no Chromium here: apt install chromium fonts-noto-cjk",
    ),
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, saying why; put the documents last."""
    for item in items:
        for marker, (there, reason) in NEEDS.items():
            if not there and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
    # in order: a page's examples build on each other
    pages = [item for item in items if isinstance(item, SybilItem)]
    pages.sort(key=lambda item: (str(item.path), item.example.line))
    items[:] = [item for item in items if not isinstance(item, SybilItem)] + pages
