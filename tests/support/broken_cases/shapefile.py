"""Shapefiles: parts that are missing, cut, or of two minds."""

from __future__ import annotations

import struct

import broken_files as make
from broken_cases.entry import aside, refused, told


def without(part):
    def build(folder):
        path = make.shapefile(folder, "zones")
        path.with_suffix(part).unlink()
        return path

    return build


def cut(part, share=0.5):
    def build(folder):
        return make.cut(make.shapefile(folder, "zones", count=20), part, share)

    return build


def patched(part, at, data):
    """A Shapefile in which some bytes of a part were written over."""

    def build(folder):
        path = make.shapefile(folder, "zones")
        target = path.with_suffix(part)
        content = bytearray(target.read_bytes())
        content[at : at + len(data)] = data
        target.write_bytes(bytes(content))
        return path

    return build


def stated(part, content):
    """A Shapefile with another .cpg or .prj."""

    def build(folder):
        path = make.shapefile(folder, "zones")
        path.with_suffix(part).write_bytes(content)
        return path

    return build


def of_two_exports(part):
    def build(folder):
        path = make.shapefile(folder, "zones", count=3)
        other = make.shapefile(folder, "other", count=2)
        path.with_suffix(part).write_bytes(other.with_suffix(part).read_bytes())
        return path

    return build


def deleted(folder):
    path = make.shapefile(folder, "zones")
    target = path.with_suffix(".dbf")
    data = bytearray(target.read_bytes())
    (start,) = struct.unpack_from("<H", data, 8)
    data[start] = ord("*")
    target.write_bytes(bytes(data))
    return path


def odd_flag(folder):
    path = deleted(folder)
    target = path.with_suffix(".dbf")
    target.write_bytes(target.read_bytes().replace(b"*", b"?", 1))
    return path


def renamed_part(folder):
    return make.shapefile(folder, "zones").with_suffix(".dbf")


# of the first record: header of the file and of the record, type, box, counts, part,
# first vertex
SECOND_X = 100 + 8 + 4 + 32 + 8 + 4 + 16
NAN, BIG = struct.pack("<d", float("nan")), struct.pack("<d", 1e300)

CASES = [
    refused("no .dbf", without(".dbf"), "no .dbf"),
    refused("no .shx", without(".shx"), "no .shx"),
    refused("no .prj", without(".prj"), "got none", "crs='EPSG:4490'"),
    refused("half a .shp", cut(".shp"), "bytes in .shp", "cut or damaged"),
    refused("half a .dbf", cut(".dbf"), "bytes in .dbf", "cut or damaged"),
    refused("half a .shx", cut(".shx"), "bytes in .shx", "cut or damaged"),
    refused("an empty .dbf", cut(".dbf", 0), ".dbf", "cut or damaged"),
    refused(".dbf of another export", of_two_exports(".dbf"), "2 in .dbf", "3 in .shx"),
    refused(".shx of another export", of_two_exports(".shx"), "3 in .dbf", "2 in .shx"),
    refused("no flag before a record", odd_flag, "begin with a blank or *"),
    refused("the .dbf is named", renamed_part, "name the .shp of the same name"),
    refused("a .prj of nonsense", stated(".prj", b"nonsense"), "reference system"),
    refused(
        "a .prj that names a file",
        stated(".prj", b"+init=/tmp/x:1"),
        "reference system",
    ),
    refused("the file code is gone", patched(".shp", 0, b"\0\0\0\1"), "bytes b'"),
    refused(
        "the length in the header is wild",
        patched(".shp", 24, b"\x7f\xff\xff\xff"),
        "4294967294 bytes in .shp",
    ),
    refused(
        "text that is no encoding", patched(".dbf", 98, b"\xff\xff\xff"), "neither"
    ),
    told("deleted records", deleted, "deleted_records", "1 条记录已标记删除"),
    told("no .cpg over GBK", without(".cpg"), "encoding_decided", "GB18030", "-"),
    told(
        "UTF-8 in .cpg over GBK",
        stated(".cpg", b"UTF-8"),
        "encoding_decided",
        "GB18030",
        "UTF-8",
    ),
    told(
        "a .cpg of nonsense",
        stated(".cpg", b"nonsense"),
        "encoding_decided",
        "GB18030",
    ),
    aside(
        "a vertex that is no number",
        patched(".shp", SECOND_X, NAN),
        "geometry_not_finite",
        (0,),
        "非数值",
    ),
    aside(
        "a vertex beyond the world",
        patched(".shp", SECOND_X, BIG),
        "geometry_outside_range",
        (0,),
        "与坐标系不符",
    ),
    aside(
        "a record of no shape",
        patched(".shp", 108, b"\0\0\0\0"),
        "geometry_null",
        (0,),
        "没有图形",
    ),
]
