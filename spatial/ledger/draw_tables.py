"""Lists of objects and inspectors for a draw: CSV or a sheet, Chinese headings too."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.formats.sheets import is_97, sheet_97, sheet_xlsx, sheets_of
from layers.formats.text import decoded
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

OBJECTS: Mapping[str, tuple[str, ...]] = {
    "id": ("对象编号", "检查对象", "企业名称", "统一社会信用代码", "object_id"),
    "risk": ("风险等级", "risk"),
    "credit": ("信用等级", "环保信用", "credit"),
    "positive_list": ("正面清单", "positive_list"),
    "key": ("重点监管", "重点监管对象", "key"),
}
INSPECTORS: Mapping[str, tuple[str, ...]] = {
    "id": ("执法证号", "检查人员", "人员编号", "姓名", "inspector_id"),
    "avoids": ("回避对象", "avoids"),
}
"""Column, and what its heading may be called; the first names the row."""
_WORDS: Mapping[str, Mapping[str, object]] = {
    "risk": {
        **dict.fromkeys(("高", "高风险", "high"), "high"),
        **dict.fromkeys(("中", "一般", "中风险", "normal"), "normal"),
        **dict.fromkeys(("低", "低风险", "low"), "low"),
    },
    "credit": {
        **dict.fromkeys(("好", "守信", "绿", "good"), "good"),
        **dict.fromkeys(("一般", "蓝", "normal"), "normal"),
        **dict.fromkeys(("差", "失信", "红", "黑", "poor"), "poor"),
    },
}
_FLAGS: Mapping[str, object] = {
    **dict.fromkeys(("是", "true", "1", "yes", "y", "√"), True),
    **dict.fromkeys(("否", "false", "0", "no", "n"), False),
}
_EXCEL = (".xlsx", ".xls")


def read_draw_table(
    source: Path | str, headings: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    """Read a list for a draw.

    Parameters
    ----------
    source
        ``.csv`` in any usual encoding, ``.xlsx`` or ``.xls`` with one sheet.
    headings
        `OBJECTS` or `INSPECTORS`.

    Returns
    -------
    DataFrame
        Indexed by id, in the order of the file; missing cells are None.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    InputRefusedError
        A column for the ids lacks, a heading is not known, or a cell holds a word that
        means nothing: a level that was not understood would change who is drawn.
    """
    path = Path(source)
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path of the list")
    rows = _rows(path)
    names = [_column(cell, headings, path) for cell in (rows[0] if rows else ())]
    if "id" not in names or len(set(names)) != len(names):
        raise InputRefusedError(
            source=path.name,
            expected=f"each heading once, and one of {'、'.join(headings['id'])}",
            got="、".join(str(one) for one in (rows[0] if rows else ())) or "nothing",
            todo="name the columns in the first row",
        )
    cells = [
        {
            name: _cell(value, name, f"{path.name}, row {number}")
            for name, value in zip(names, row, strict=False)
        }
        for number, row in enumerate(rows[1:], start=2)
    ]
    index = pd.Index([str(one.get("id") or "") for one in cells], dtype=object)
    columns = [name for name in names if name != "id"]
    return pd.DataFrame(
        {name: pd.Series([one.get(name) for one in cells], dtype=object)
         for name in columns}
    ).set_axis(index) if columns else pd.DataFrame(index=index)  # fmt: skip


def _rows(path: Path) -> list[list[object]]:
    """Return the rows that hold anything."""
    if path.suffix.lower() in _EXCEL:
        sheets = sheets_of(path)
        if len(sheets) != 1:
            raise InputRefusedError(
                source=path.name,
                expected="one sheet",
                got="、".join(sheets) or "none",
                todo="leave the one with the list",
            )
        read = sheet_97 if is_97(path) else sheet_xlsx
        return [list(row) for _, row in read(path, sheets[0]).rows]
    text = decoded(path.read_bytes(), given=None, source=str(path)).text
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise InputRefusedError(
            source=path.name, expected="a CSV", got=str(error), todo="save it again"
        ) from error
    return [list(row) for row in rows if any(cell.strip() for cell in row)]


def _column(cell: object, headings: Mapping[str, tuple[str, ...]], path: Path) -> str:
    """Return the column that a heading stands for."""
    known = {fold(one): name for name, more in headings.items() for one in more}
    named = fold(str(cell or ""))
    if named not in known:
        raise InputRefusedError(
            source=path.name,
            expected=f"a heading of {'、'.join(more[0] for more in headings.values())}",
            got=repr(cell),
            todo="rename the column, or leave it out",
        )
    return known[named]


def _cell(value: object, name: str, where: str) -> object:
    """Return a cell as a draw takes it; None for an empty one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a sheet has no whole numbers
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    if name in ("id", "avoids"):
        return text
    words = _WORDS.get(name, _FLAGS)
    if fold(text) not in {fold(one) for one in words}:
        raise InputRefusedError(
            source=f"{where}: {name}",
            expected="、".join(words),
            got=repr(text),
            todo="correct it, or leave it empty",
        )
    return next(one for word, one in words.items() if fold(word) == fold(text))
