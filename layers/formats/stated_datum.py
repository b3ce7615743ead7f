"""The datum that a table names in words: in its headings, its titles or a column.

``经度(GCJ02)`` is a statement, and so is a column 坐标系 that says 西安80 in every row.
To read such degrees as CGCS2000 would put a site 100 m to 700 m beside itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.coordinates import is_blank
from layers.formats.headings import UNIT
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from layers.formats.raw import Found

WORDS: Mapping[str, re.Pattern[str]] = {
    "GCJ-02": re.compile(r"gcj[-_]?0?2|火星|高德|腾讯|amap|gaode|tencent"),
    "BD-09": re.compile(r"bd[-_]?0?9|百度|baidu"),
    "EPSG:4610": re.compile(r"(西安|xi'?an)[-_]?(19)?80|(19)?80(年)?(国家大地|西安)"),
    "EPSG:4214": re.compile(r"(北京|beijing)[-_]?(19)?54|(19)?54(年)?北京"),
    "EPSG:4490": re.compile(r"cgcs[-_]?2000|国家2000|2000国家|2000大地|大地2000"),
    "EPSG:4326": re.compile(r"wgs[-_]?(19)?84"),
}
"""What `layers.crs` understands, by the words that mean it (folded)."""
COLUMNS = frozenset(
    [
        *("坐标系", "坐标系统", "坐标参考系", "坐标基准", "大地基准", "大地坐标系"),
        *("crs", "datum", "coordinatesystem", "coordinate_system"),
    ]
)
_SAME = frozenset(("EPSG:4490", "EPSG:4326", None))


def named_in(text: str) -> tuple[str, ...]:
    """Return the systems that a text names, in the order of `WORDS`.

    Examples
    --------
    >>> named_in("经度（GCJ-02）"), named_in("1980西安坐标系"), named_in("经度(度)")
    (('GCJ-02',), ('EPSG:4610',), ())
    """
    folded = fold(text)
    return tuple(crs for crs, words in WORDS.items() if words.search(folded))


def stated_datum(
    table: pd.DataFrame, columns: Iterable[str], found: Iterable[Found], path: Path
) -> tuple[str, str] | None:
    """Return the system that a table of degrees names, and where; None if none.

    Parameters
    ----------
    table
        Columns as the source names them.
    columns
        Those that hold the coordinates: what stands in brackets in their headings.
    found
        What the reader of the file found: titles above the heading may name it.
    path
        For messages.

    Raises
    ------
    InputRefusedError
        Two are named, or a column that names one does not do so in every row.
    """
    said: dict[str | None, str] = {}
    for crs, where in _statements(table, columns, found):
        said.setdefault(crs, where)
    if len(said) > 1 and not said.keys() <= _SAME:
        names = ", ".join(f"{crs or 'none'} ({where})" for crs, where in said.items())
        raise InputRefusedError(
            source=path,
            expected="one reference system for all coordinates of a table",
            got=names,
            todo="correct the table, or split it into one file for each",
        )
    return next(((crs, where) for crs, where in said.items() if crs), None)


def _statements(
    table: pd.DataFrame, columns: Iterable[str], found: Iterable[Found]
) -> Iterator[tuple[str | None, str]]:
    """Yield what headings, titles and columns of systems name, and where."""
    for name in columns:
        bracket = UNIT.search(fold(name))
        for crs in named_in(bracket[0]) if bracket else ():
            yield crs, f"heading {name}"
    titles = [facts["text"] for code, facts in found if code == "title_rows_skipped"]
    for title in map(str, titles):
        # 底图来源：高德地图 says nothing of the coordinates.
        for crs in named_in(title) if "坐标" in title else ():
            yield crs, f"title {title}"
    for name in (one for one in table.columns if fold(str(one)) in COLUMNS):
        for cell in table[name].drop_duplicates():
            yield from ((crs, f"column {name}") for crs in _of_cell(cell))


def _of_cell(cell: object) -> tuple[str | None, ...]:
    """Return what a cell of a column of systems names; None where it names none."""
    return (None,) if is_blank(cell) else named_in(str(cell)) or (None,)
