"""How offices write a unit's code, a dimension, an effect, industries."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from layers.requirement import DIMENSIONS
from layers.spec import fold, spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.requirement import Dimension, ListedEffect

UNIT_CODE = re.compile(r"ZH\d{6}[123]\d{4}")
CATEGORY_OF_DIGIT = {"1": "priority", "2": "key", "3": "general"}
DIGIT_AT = 8
COUNTY = slice(2, 8)

_BETWEEN = re.compile(r"[,;、/|+]|\s+|和|及")
_ORDINAL = re.compile(r"^[(]?(?:[一二三四]|[1-4])[)]?[、.:]*(?=\D)")
_INDUSTRY = re.compile(r"[A-T]?(\d{2,4})")
_WHOLE_DIGITS = (2, 4)
_EVERY = ("全部", "所有", "全部行业", "所有行业", "各行业", "不限", "all")
_MORE: Mapping[Dimension, tuple[str, ...]] = {
    "spatial_constraint": ("空间布局", "空间管控", "空间布局管控"),
    "emission_control": (
        *("污染物排放", "污染排放管控", "污染物排放管控要求", "污染物管控"),
        *("污染物排放控制",),
    ),
    "risk_control": ("环境风险", "风险防控", "环境风险管控", "环境风险防范"),
    "resource_efficiency": (
        *("资源利用", "资源能源利用效率", "资源能源利用", "资源利用效率要求"),
        *("资源开发利用效率要求", "资源开发利用", "资源开发效率", "资源利用要求"),
        *("资源能源利用效率要求",),
    ),
}
_EFFECTS: Mapping[ListedEffect, tuple[str, ...]] = {
    "prohibited": (
        *("禁止", "禁止类", "禁止准入", "禁止准入类", "不得", "不予准入", "不准入"),
        *("禁止建设", "prohibited"),
    ),
    "restricted": (
        *(
            "限制",
            "限制类",
            "限制准入",
            "限制准入类",
            "有条件准入",
            "有条件",
            "严格控制",
        ),
        *("限制建设", "restricted"),
    ),
    "allowed": ("允许", "允许类", "允许准入", "准入", "鼓励", "鼓励类", "allowed"),
}


def unit_codes(cell: object) -> tuple[str, ...] | None:
    """Return the codes of a cell; None where one of them is no unit's code.

    Examples
    --------
    >>> unit_codes("zh15062420001、 ZH15062420002")
    ('ZH15062420001', 'ZH15062420002')
    >>> unit_codes("ZH15062440001") is None
    True
    """
    plain = unicodedata.normalize("NFKC", str(cell)).upper()
    parts = [one for one in _BETWEEN.split(plain) if one]
    if not parts or any(UNIT_CODE.fullmatch(one) is None for one in parts):
        return None
    return tuple(dict.fromkeys(parts))


def category_of(code: str) -> str:
    """Return the category that the ninth sign of a unit's code stands for."""
    return CATEGORY_OF_DIGIT[code[DIGIT_AT]]


@cache
def _dimensions() -> Mapping[str, Dimension]:
    """Return every spelling of a dimension, folded."""
    units = spec("control_unit")
    return {
        fold(word): one
        for one in DIMENSIONS
        for word in (one, *units.field(one).aliases, *_MORE[one])
    }


def dimension_of(cell: object) -> Dimension | None:
    """Return the dimension that a cell or heading names; a number in front is none.

    Examples
    --------
    >>> dimension_of("（二）污染物排放管控"), dimension_of("4.资源能源利用效率")
    ('emission_control', 'resource_efficiency')
    >>> dimension_of("其他") is None
    True
    """
    word = fold(str(cell))
    return _dimensions().get(word) or _dimensions().get(_ORDINAL.sub("", word))


def effect_of(cell: object) -> ListedEffect | None:
    """Return the effect that a cell names, or None where it names none that is known.

    Examples
    --------
    >>> effect_of("禁止类"), effect_of("有条件准入"), effect_of("酌情") is None
    ('prohibited', 'restricted', True)
    """
    word = fold(str(cell))
    for effect, words in _EFFECTS.items():
        if word in map(fold, words):
            return effect
    return None


def is_every_industry(cell: object) -> bool:
    """Whether a cell says that all industries are meant."""
    return fold(str(cell)) in map(fold, _EVERY)


def industries_of(cell: object) -> tuple[str, ...] | None:
    """Return the industry codes of a cell, without section letters.

    Parameters
    ----------
    cell
        ``C26、C2521``, ``26;31``. A number of 2 or 4 digits is taken as written.

    Returns
    -------
    tuple of str, or None
        None where any part is no code of 2 to 4 digits, and for a number with 1 or 3
        digits: a spreadsheet shows 0311 as 311, and both are industries.

    Examples
    --------
    >>> industries_of("C26、2521"), industries_of(311) is None, industries_of("311")
    (('26', '2521'), True, ('311',))
    >>> industries_of("C") is None, industries_of("261-265") is None
    (True, True)
    """
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    if not isinstance(cell, str):
        if int(cell) != cell or len(str(int(cell))) not in _WHOLE_DIGITS:
            return None
        cell = str(int(cell))
    plain = unicodedata.normalize("NFKC", cell).upper()
    parts = [one for one in _BETWEEN.split(plain) if one]
    found = [_INDUSTRY.fullmatch(one) for one in parts]
    if not parts or any(one is None for one in found):
        return None
    return tuple(dict.fromkeys(one[1] for one in found if one is not None))
