"""Scan two images for human activity inside control zones: copy this as a start.

python scripts/scan_activity.py before.tif after.tif office/ out/
"""

from __future__ import annotations

import sys

import layers
from spatial.monitor import monitor


def main(before: str, after: str, workspace: str, out: str) -> None:
    """Compare two images, judge what changed, and write the clues to a folder."""
    office = layers.open_workspace(workspace)
    found = monitor(before, after, office)

    print(found.pair.status)
    print(found.table[["kind", "trend", "outcome", "permit_state", "score"]])
    print(found.set_aside["reason"].value_counts().to_string())
    for path in found.write(out):
        print(path)


if __name__ == "__main__":
    if len(sys.argv) != 5:  # noqa: PLR2004
        sys.exit(__doc__)
    main(*sys.argv[1:])
