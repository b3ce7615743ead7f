"""Run every notebook, in copies that keep their results: out/notebooks.

    python3 scripts/run_notebooks.py

The notebooks themselves stay without results. A cell that fails is a failure. The
documentation site shows the results (`scripts/site_notebooks.py`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from site_notebooks import DONE, NOTEBOOKS, ROOT


def main() -> int:
    """Copy and run; return the exit status."""
    shutil.rmtree(DONE, ignore_errors=True)
    DONE.mkdir(parents=True)
    stored = sorted(NOTEBOOKS.glob("*.ipynb"))
    copies = [str(shutil.copyfile(path, DONE / path.name)) for path in stored]
    call = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbmake"]
    return subprocess.run(
        [*call, "--overwrite", *copies], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
