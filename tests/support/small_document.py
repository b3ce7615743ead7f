"""A document with a block of each sort, and a picture made of two colours."""

from __future__ import annotations

import datetime as dt
import struct
import zlib

from spatial.report.blocks import (
    Blanks,
    Document,
    Figure,
    Grid,
    GridColumn,
    Heading,
    Items,
    PageBreak,
    Pairs,
    Paragraph,
    Quote,
    Span,
)

DAY = dt.date(2025, 6, 1)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    b'<rect width="20" height="10" fill="#1272a8"/></svg>'
)


def png(width=20, height=10):
    """Return a picture, orange all over."""

    def chunk(tag, data):
        check = struct.pack(">I", zlib.crc32(tag + data))
        return struct.pack(">I", len(data)) + tag + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes([200, 100, 50]) * width for _ in range(height))
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + parts + chunk(b"IEND", b"")


def document(*blocks, **more):
    """Return a document of some blocks; `more` replaces its other fields."""
    plain = {
        "title": "核查表",
        "subtitle": "样张",
        "owner": "示范县（虚构）",
        "running": "核查表 · 示范县（虚构）",
        "lang": "zh",
        "on": DAY,
    }
    return Document(**{**plain, **more}, blocks=blocks)


def every_block(rows=3):
    """Return a document with each sort of block; the first table has so many rows."""
    columns = (GridColumn("编号", 1), GridColumn("面积（公顷）", 2, number=True))
    return document(
        Heading("结论"),
        Paragraph(("项目 ", Span("✕ 禁止", outcome="prohibited")), "lead"),
        Paragraph("示范数据", "notice"),
        Items(("甲", "乙"), ordered=True),
        Items(("丙",)),
        Items(("丁",), ordered=True),
        Pairs((("面积", "1.0000 公顷\n15.00 亩"),)),
        Heading("明细", 2),
        Grid(
            "分区",
            columns,
            tuple((f"Z-{n}", f"{n}.0000") for n in range(rows)),
            "小于容差的不列。",
        ),
        Paragraph("条款", "title"),
        Quote("禁止新建", (Span("《示范条例》第一条", "strong"), " 有效")),
        Figure(png(), "位置", "一个橙色的方块", 60, svg=SVG),
        Grid("单位", columns, (("甲", "1"),)),
        Heading("签署", 3),
        Blanks(("审查人", "日期", "单位"), rows=2),
        PageBreak(),
        Paragraph(Span("0a1b", "code"), "remark"),
    )
