"""Scan two dates of imagery for human activity inside control zones: not there yet.

The change detection of `redline monitor` is not built. This file holds the place of
the third everyday job and says so; it computes nothing.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.exit(
        "scan_activity: 尚未实现：两期影像的人类活动变化扫描还没有做。\n"
        "scan_activity: not there yet: scanning two dates of imagery for human "
        "activity is not built. See CHANGELOG.md for what is."
    )
