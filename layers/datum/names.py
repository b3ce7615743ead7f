"""The words under which people declare GCJ-02 and BD-09: an exact table."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

DatumName = Literal["GCJ-02", "BD-09"]

NAMES: Mapping[DatumName, tuple[str, ...]] = {
    "GCJ-02": (
        "gcj-02",
        "gcj02",
        "gcj_02",
        "火星坐标",
        "火星坐标系",
        "高德",
        "高德坐标",
        "高德地图",
        "腾讯",
        "腾讯坐标",
        "腾讯地图",
        "amap",
        "gaode",
        "tencent",
    ),
    "BD-09": (
        "bd-09",
        "bd09",
        "bd_09",
        "bd09ll",
        "百度",
        "百度坐标",
        "百度地图",
        "baidu",
    ),
}
"""Spellings, compared without width, case and blanks. Baidu's metres (bd09mc) are not
among them: they are another system, and are refused."""

_KNOWN = {word: name for name, words in NAMES.items() for word in words}


def declared(crs: object) -> DatumName | None:
    """Return the datum that a statement names, or None when it names none of them.

    Examples
    --------
    >>> declared("高德"), declared(" Gcj02 "), declared("bd09"), declared(4490)
    ('GCJ-02', 'GCJ-02', 'BD-09', None)
    """
    if not isinstance(crs, str):
        return None
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", crs)).casefold()
    return _KNOWN.get(folded)
