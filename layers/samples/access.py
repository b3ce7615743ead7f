"""The made-up county's access list, as an office would make it: a workbook.

A title, a heading that is printed again in the middle, codes merged over the rows of
a unit; some rows with industries and an effect, most in words. Every word is made up.
One unit of the county is left out, which is a gap and not "no requirements".
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import xlsxwriter

from layers.samples.layout import ADCODE

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "示范县生态环境准入清单（虚构，非法定）"
SHEET = "准入清单"
HEADINGS = ("管控单元编码", "管控单元名称", "维度", "要求条文", "行业代码", "效力")
REPEATED_BEFORE = "2-0001"
"""The unit above which the heading stands a second time, as on a printed page."""

_SPACE, _EMISSION = "空间布局约束", "污染物排放管控"
_RISK, _RESOURCE = "环境风险防控", "资源利用效率"
_NONE = "无"
_CATEGORY = {"1": "优先保护单元", "2": "重点管控单元", "3": "一般管控单元"}

Row = tuple[str, str, str, str]
"""Dimension, words, industries, effect."""

ROWS: dict[str, tuple[Row, ...]] = {
    **{
        f"1-{number:04d}": (
            (_SPACE, "禁止大规模、高强度的工业开发（示范文本）", "", ""),
        )
        for number in range(1, 7)
    },
    "2-0001": (
        (_SPACE, "禁止新建、扩建水泥熟料项目（示范文本）", "3011", "禁止"),
        (_EMISSION, "执行大气污染物特别排放限值（示范文本）", "", ""),
        (_RISK, "编制突发环境事件应急预案（示范文本）", "", ""),
    ),
    "2-0002": (
        (_SPACE, "新建化工项目须位于合规园区内（示范文本）", "C26", "限制"),
        (_EMISSION, "禁止新增铁合金冶炼产能（示范文本）", "C3140、C3150", "禁止"),
        (_RISK, "完善地下水监测井（示范文本）", "", ""),
        (_RESOURCE, "工业用水重复利用率逐年提高（示范文本）", "", ""),
    ),
    "2-0003": (
        (_SPACE, "允许发展商贸、物流和居住（示范文本）", "51、52、59、70", "允许"),
        (_EMISSION, "餐饮油烟达标排放（示范文本）", "", ""),
        (_RISK, "加油站、危险品仓库设置防渗设施（示范文本）", "", ""),
    ),
    "2-0004": (
        (_SPACE, "禁止新建炼焦、化工项目（示范文本）", "2521、26", "禁止"),
        (_EMISSION, "挥发性有机物实行总量控制（示范文本）", "", ""),
        (_RISK, "建立企业环境风险档案（示范文本）", "", ""),
    ),
    "3-0005": ((_SPACE, "禁止新建电子专用材料及元件制造（示范文本）", "398", "禁止"),),
    "3-0009": ((_RESOURCE, "严格控制地下水取水量（示范文本）", "", ""),),
    "3-0013": ((_SPACE, "限制新建农林牧渔机械制造（示范文本）", "357", "限制"),),
    "3-0014": ((_SPACE, "禁止新建屠宰及肉类加工（示范文本）", "135", "禁止"),),
    **{
        f"3-{number:04d}": ((_SPACE, _NONE, "", ""),)
        for number in (1, 2, 4, 6, 7, 8, 10, 11, 12, 15)
    },
}
"""By unit: category and number. 3-0003 is not mentioned."""


def write_access_list(path: Path, *, on: dt.date) -> None:
    """Write the list as a workbook; the same bytes in every run.

    Parameters
    ----------
    path
        Where to write it.
    on
        Stands in the workbook in the place of the clock.
    """
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"title": TITLE, "created": dt.datetime.combine(on, dt.time())})
    sheet = book.add_worksheet(SHEET)
    middle = book.add_format({"valign": "vcenter", "text_wrap": True})
    wide = len(HEADINGS) - 1
    sheet.merge_range(0, 0, 0, wide, TITLE, middle)
    at = _heading(sheet, 1)
    for short, rows in sorted(ROWS.items()):
        if short == REPEATED_BEFORE:
            at = _heading(sheet, at)
        digit, number = short.split("-")
        names = (
            f"ZH{ADCODE}{digit}{number}",
            f"示范县{_CATEGORY[digit]}{int(number):02d}",
        )
        for column, name in enumerate(names):
            if len(rows) > 1:
                sheet.merge_range(at, column, at + len(rows) - 1, column, name, middle)
            else:
                sheet.write_string(at, column, name)
        for cells in rows:
            for column, cell in enumerate(cells, start=len(names)):
                sheet.write_string(at, column, cell)
            at += 1
    book.close()


def _heading(sheet: xlsxwriter.worksheet.Worksheet, at: int) -> int:
    """Write the heading; return the row after it."""
    for column, name in enumerate(HEADINGS):
        sheet.write_string(at, column, name)
    return at + 1
