"""Where the heading of an access list stands, and which column holds what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from layers.accesslist.words import UNIT_CODE, dimension_of
from layers.errors import InputRefusedError
from layers.formats.headings import bare
from layers.spec import fold, spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from layers.formats.cells import Cells
    from layers.requirement import Dimension

Row = tuple[int, list[object]]
HEADING_WITHIN = 20
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "dimension": (
        *("维度", "管控维度", "准入维度", "要求维度", "要求类型", "要求类别"),
        *("管控要求类型", "管控要求类别", "dimension"),
    ),
    "text": (
        *("要求条文", "管控要求", "准入要求", "要求", "条文", "具体要求", "要求内容"),
        *("管控要求内容", "生态环境准入要求", "生态环境管控要求", "准入条件"),
        *("具体管控要求", "requirement", "text"),
    ),
    "industry": (
        *(
            "行业代码",
            "国民经济行业代码",
            "适用行业代码",
            "行业类别代码",
            "管控行业代码",
        ),
        *("industry", "industry_code", "industry_codes"),
    ),
    "effect": (
        *("效力", "管控效力", "准入类型", "准入类别", "管控方式", "准入方式"),
        *("effect",),
    ),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a list.

    Attributes
    ----------
    at
        Position of its last line among the rows.
    columns
        Role to column, from 0: ``code``, ``dimension``, ``text``, and where there are
        such ``name``, ``category``, ``industry``, ``effect``.
    wide
        In a list with a column for each dimension: dimension to column; then
        ``dimension`` and ``text`` are not in `columns`.
    titles
        The texts of the rows above, which are no data.
    word
        What the column of codes is called, folded: a row that says so again is a
        heading that was printed twice.
    """

    at: int
    columns: Mapping[str, int]
    wide: Mapping[Dimension, int] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    word: str = ""


@cache
def _roles() -> Mapping[str, tuple[str, ...]]:
    """Return the spellings of each role, folded."""
    units = spec("control_unit")
    of_units = {
        name: (name, units.field(name).title["zh"], *units.field(name).aliases)
        for name in ("code", "name", "category")
    }
    every = {**of_units, **_ALIASES}
    return {role: tuple(map(fold, words)) for role, words in every.items()}


def find_heading(cells: Cells, rows: Sequence[Row], path: Path) -> Heading:
    """Find the heading among the first rows; it may have two lines.

    Raises
    ------
    InputRefusedError
        There is none, a role has two columns, or a row above it holds a unit's code.
    """
    names = [[_name(one) for one in row] for _, row in rows[:HEADING_WITHIN]]
    for at, lower in enumerate(names):
        upper = names[at - 1] if at else []
        for first, words in ((at, lower), (at - 1, _joined(lower, upper))):
            columns, wide, twice = _columns(words)
            long = {"dimension", "text"} <= set(columns)
            if "code" not in columns or not (long or wide):
                continue
            if twice:
                raise _two_columns(twice, words, path)
            above = rows[: max(first, 0)]
            _need_no_data(above, path)
            return Heading(
                at=at,
                columns=columns,
                wide={} if long else wide,
                titles=_titles(above),
                word=words[columns["code"]],
            )
    shown = next((one for one in names if sum(map(bool, one)) > 1), [])
    raise InputRefusedError(
        source=path,
        expected="a heading with 管控单元编码, 维度, 要求条文 (or a column for each "
        "dimension)",
        got=f"{', '.join(filter(None, shown)) or 'no heading'} ({cells.format})",
        todo="name the columns so; 行业代码 and 效力 may stand beside them",
    )


def _name(cell: object) -> str:
    """Return a heading cell as it is compared: folded, without a unit or remark."""
    return "" if cell is None else bare(re.sub(r"\s+", "", str(cell)))


def _joined(lower: list[str], upper: list[str]) -> list[str]:
    """Return two lines of a heading as one: the lower where it says anything."""
    width = max(len(lower), len(upper))
    lower, upper = (one + [""] * (width - len(one)) for one in (lower, upper))
    return [below or above for below, above in zip(lower, upper, strict=True)]


def _columns(
    words: list[str],
) -> tuple[dict[str, int], dict[Dimension, int], list[str]]:
    """Return the columns by role, those that are a dimension each, and doubles."""
    columns: dict[str, int] = {}
    wide: dict[Dimension, int] = {}
    twice: list[str] = []
    for at, word in enumerate(words):
        for role in (one for one, spellings in _roles().items() if word in spellings):
            if role in columns:
                twice.append(role)
            columns[role] = at
        dimension = dimension_of(word) if word else None
        if dimension is not None and dimension in wide:
            twice.append(dimension)
        elif dimension is not None:
            wide[dimension] = at
    return columns, wide, twice


def _two_columns(
    twice: Sequence[str], words: Sequence[str], path: Path
) -> InputRefusedError:
    """Return the error for two columns that say they hold the same."""
    return InputRefusedError(
        source=path,
        expected=f"one column for {', '.join(twice)}",
        got=f"two, in the heading {', '.join(filter(None, words))}",
        todo="rename one of them",
    )


def names_units(cells: Cells) -> bool:
    """Whether any cell of a table holds a unit's code."""
    return any(map(_holds_code, (row for _, row in cells.rows)))


def _holds_code(row: Sequence[object]) -> bool:
    """Whether a cell of a row holds a unit's code."""
    return any(UNIT_CODE.search(fold(str(one)).upper()) for one in row if one)


def _need_no_data(above: Sequence[Row], path: Path) -> None:
    """Refuse a row with a unit's code above the heading."""
    for number, row in above:
        if _holds_code(row):
            raise InputRefusedError(
                source=path,
                expected="the heading above the data",
                got=f"a unit's code in row {number}, above the heading",
                todo="move the heading to the top",
            )


def _titles(above: Sequence[Row]) -> tuple[str, ...]:
    """Return the texts of the rows above a heading."""
    texts = (" ".join(str(one) for one in row if one is not None) for _, row in above)
    return tuple(one for one in texts if one)
