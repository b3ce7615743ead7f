"""Tables of sites and vertices, as CSV, .xlsx and .xls with the same cells."""

from __future__ import annotations

import csv

import openpyxl
import xlwt

# parcel 甲: 100 m square with a hole of 20 m; parcel 乙: a triangle, not closed
VERTICES = [
    ["项目编号", "项目名称", "界址点号", "圈号", "X坐标(m)", "Y坐标(m)"],
    ["P-1", "甲", "J1", 1, 4400000, 36500000],
    [None, None, "J2", 1, 4400000, 36500100],
    [None, None, "J3", 1, 4400100, 36500100],
    [None, None, "J4", 1, 4400100, 36500000],
    [None, None, "J1", 1, 4400000, 36500000],
    [None, None, "J5", 2, 4400020, 36500020],
    [None, None, "J6", 2, 4400020, 36500040],
    [None, None, "J7", 2, 4400040, 36500040],
    [None, None, "J8", 2, 4400040, 36500020],
    [None, None, "J5", 2, 4400020, 36500020],
    ["P-2", "乙", "J1", 1, 4400000, 36501000],
    [None, None, "J2", 1, 4400000, 36501100],
    [None, None, "J3", 1, 4400100, 36501100],
]
SITES = [
    ["项目编号", "经度", "纬度", "用地面积"],
    ["A", "E107°30′00″", "N40°00′00″", 1200],
    ["B", "107.5", 40.25, "1300"],
    ["C", "东经107度30分", "40°30′", None],
    ["D", "107°61′", "40", 5],
]


def as_csv(folder, rows, name="table"):
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [["" if cell is None else cell for cell in row] for row in rows]
        )
    return path


def as_xlsx(folder, rows, name="table", *, merge=(), sheets=()):
    path = folder / f"{name}.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "界址点"
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    for title, content in sheets:
        other = book.create_sheet(title)
        for row in content:
            other.append(row)
    book.save(path)
    return path


def as_xls(folder, rows, name="table", *, merge=()):
    path = folder / f"{name}.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("界址点")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    covered = {
        (row, column) for top, bottom, left, right in merge
        for row in range(top, bottom + 1) for column in range(left, right + 1)
    }  # fmt: skip
    for top, bottom, left, right in merge:
        sheet.write_merge(top, bottom, left, right, rows[top][left])
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is None or (at, column) in covered:
                continue
            args = (day,) if hasattr(cell, "year") else ()
            sheet.write(at, column, cell, *args)
    book.save(str(path))
    return path
