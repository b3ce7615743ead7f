"""How people write a layer, a relation, an effect, a kind of document in a sheet."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING

from layers.frame.values import DATE
from layers.spec import fold, kinds, spec

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "条款编号", "规则编号", "id"),
    "title": ("标题", "要点", "条款标题", "title"),
    "title_en": ("英文标题", "title_en"),
    "document": ("文件", "文件名称", "依据文件", "document"),
    "document_en": ("英文文件名", "document_en"),
    "document_kind": ("文件类型", "文件性质", "document_kind"),
    "source": ("来源", "出处", "文本来源", "source"),
    "article": ("条", "条款", "条文号", "article"),
    "quote": ("原文", "条文", "条款原文", "quote"),
    "since": ("施行日期", "生效日期", "起", "from"),
    "until": ("失效日期", "截止日期", "止", "to"),
    "territory": ("适用区划", "区划代码", "行政区划代码", "territory"),
    "project_type": ("项目类型", "project_type"),
    "construction": ("建设性质", "construction"),
    "industry": ("行业代码", "industry"),
    "kind": ("图层", "管控区域", "区域", "layer", "kind"),
    "relation": ("空间关系", "关系", "relation"),
    "distance_m": ("距离（米）", "距离", "距离(米)", "distance_m"),
    "effect": ("效力", "结论", "effect"),
    "requires": ("须提供", "须提供材料", "requires"),
    "requires_en": ("须提供（英文）", "requires_en"),
    "note": ("备注", "说明", "note"),
}
"""Canonical column to the headings under which it is found."""

NEEDED = ("id", "quote")
EVERYTHING = ("全部", "所有", "不限", "全部项目", "all")

_RELATIONS: Mapping[str, tuple[str, ...]] = {
    "intersects": ("压盖", "占用", "位于其内", "在内", "重叠", "涉及", "穿越"),
    "within_distance": ("距离内", "周边", "一定距离内", "在限定距离内", "范围内"),
    "not_within": ("未完全位于其内", "不全部在内", "未全部在内"),
    "outside": ("位于其外", "在外", "之外", "不在内"),
    "anywhere": ("不限地点", "不论位置", "全域", "不限"),
}
_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "prohibited": ("禁止", "禁止类", "不得"),
    "restricted": ("限制", "限制类", "有条件", "须批准"),
    "needs_information": ("人工判断", "需补充信息", "须人工判断", "待定"),
}
_DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "law": ("法律",),
    "regulation": ("行政法规", "地方性法规", "法规", "规章", "条例"),
    "normative": ("规范性文件", "通知", "国家规范性文件"),
    "plan": ("规划", "计划"),
    "local": ("地方文件", "地方规范性文件", "县级文件", "市级文件"),
}


def relation_of(word: str) -> str | None:
    """Return the relation that a word names, or None."""
    return _looked_up(_RELATIONS, word)


def effect_of(word: str) -> str | None:
    """Return the effect that a word names, or None."""
    return _looked_up(_EFFECTS, word)


def document_kind_of(word: str) -> str | None:
    """Return the kind of document that a word names, or None."""
    return _looked_up(_DOCUMENTS, word)


def _looked_up(table: Mapping[str, tuple[str, ...]], word: str) -> str | None:
    said = fold(word)
    for name, words in table.items():
        if said == fold(name) or said in map(fold, words):
            return name
    return None


@cache
def _kinds() -> Mapping[str, str]:
    """Return every name of a layer kind, folded."""
    return {
        fold(name): kind
        for kind in kinds()
        for name in (kind, *spec(kind).title.values(), *spec(kind).layer_names)
    }


def kind_of(word: str) -> str | None:
    """Return the layer kind that a word names, or None.

    Examples
    --------
    >>> kind_of("生态保护红线"), kind_of("湿地"), kind_of("某区")
    ('ecological_redline', 'wetland', None)
    """
    return _kinds().get(fold(word))


def day_of(cell: object) -> dt.date | None:
    """Return the day of a cell, or None.

    Examples
    --------
    >>> day_of("2023年6月1日"), day_of("2023")
    (datetime.date(2023, 6, 1), None)
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    found = DATE.fullmatch(fold(str(cell)))
    if found is None:
        return None
    year, month, day = (int(one) for one in found.groups() if one is not None)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of a list that people write in one cell."""
    return tuple(one for one in re.split(r"[,，;；、/\s]+", text) if one)
