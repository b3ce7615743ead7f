"""Names as weapons: a hundred of them, through every writer that takes a name."""

from __future__ import annotations

import string
import unicodedata
from pathlib import Path

import fiona
import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InputRefusedError
from layers.names import MAX_BYTES, inside, safe_name, safe_names

DEVICES = [
    *["CON", "con", "PRN", "AUX", "NUL", "nul.txt", "COM1", "LPT9", "COM\u00b9"],
    *["CONIN$", "CLOCK$", "NUL .gpkg", "aux.tar.gz"],
]
PATHS = [
    *["../evil", "..\\evil", "../../etc/passwd", "/etc/passwd", "C:\\evil", "C:evil"],
    *["\\\\server\\share", "//server/share", "..", ".", "...", "a/../../b", "./a"],
    *["/vsicurl/http://a/b", "/vsizip/x.zip", "file:///etc/passwd", "GPKG:x:y", "~/x"],
    *["..%2f..%2fevil", "%2e%2e/x", "a\\..\\b", "\u2026/x", "\uff0e\uff0e/x", ".ssh"],
]
QUOTES = [
    *['x"; drop table y;--', "x'; drop table y;--", "`id`", "$(id)", "${id}", "a|b"],
    *["a&b", "a;b", "a>b", "<b>", "<script>alert(1)</script>", "a?b", "a*b", "{{7*7}}"],
    *["=1+1", "+1", "-rf", "--help", "@cmd", "%PATH%", "!x", "#x", "[x]", "(x)", "^x"],
]
TABLES = [
    *["sqlite_master", "SQLITE_sequence", "gpkg_contents", "gpkg_ogr_contents"],
    *["rtree_a_geom", "layer_styles", "GPKG_x"],
]
UNSEEN = [
    *["", " ", "\t", "\n", "a\nb", "a\r\nb", "a\0b", "\x1b[2J", "a\x7fb", "a\x85b"],
    *["abc\u202egpj.exe", "\u2066a\u2069", "a\u200bb", "\ufeffa", "a\u00adb", "\u2028"],
    *["a\ud800b", "\udfff", "a\uffffb", "\U000e0001a", "a\u0000", "\u061ca", "\u200d"],
    *[
        "trailing.",
        "trailing ",
        "trailing. . .",
        " leading",
        ".hidden",
        "\u3000a\u3000",
    ],
]
LONG = [
    *[
        "a" * 300,
        "红" * 100,
        "é" * 150,
        "e\u0301" * 100,
        "𠮷" * 75,
        "a" + "\u0301" * 200,
    ],
    *["x" * 78 + "红红", "x" * 79 + ".", "x" * 79 + " y", "👨\u200d👩\u200d👧" * 20],
    *["CON" + " " * 300, "." * 300, "/" * 300, "红/" * 60],
]
HOSTILE = [*DEVICES, *PATHS, *QUOTES, *TABLES, *UNSEEN, *LONG]
TAME = ["北山红线", "STBHHX", "a b", "a.b", "管控单元(2023)", "Ünïcode", "a-b_c", "é"]


def is_harmless(name):
    assert 1 <= len(name.encode()) <= MAX_BYTES
    assert name == unicodedata.normalize("NFC", name)
    assert not set(name) & set("/\\<>:\"|?*'`!;#")
    assert all(unicodedata.category(one) not in ("Cc", "Cf", "Cs") for one in name)
    assert name == name.strip(" ").rstrip(".")
    assert name[0] == "_" or name[0] not in string.punctuation


def test_there_are_a_hundred_of_them():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 100


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_becomes_harmless(name):
    is_harmless(safe_name(name))


@pytest.mark.parametrize("name", TAME)
def test_a_tame_name_stays_as_it_is(name):
    assert safe_name(name) == name


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_becomes_harmless_and_stays_so(text):
    once = safe_name(text)
    is_harmless(once)
    assert safe_name(once) == once


@given(st.lists(st.text(max_size=100) | st.sampled_from(HOSTILE), max_size=30))
def test_names_stay_apart_and_lead_back(texts):
    names = safe_names(texts)
    assert list(names.values()) == texts
    assert len({one.casefold() for one in names}) == len(texts)
    for one in names:
        is_harmless(one)


def test_no_character_is_cut():
    assert safe_name("红" * 100) == "红" * 26
    assert safe_name("x" * 78 + "红红") == "x" * 78
    # q has no composed form with an acute: the mark needs its own two bytes
    assert safe_name("x" * 78 + "q\u0301") == "x" * 78


def test_a_suffix_stays_within_the_limit():
    taken = safe_name("红" * 100)
    other = safe_name("红" * 101, used=[taken])
    assert other.endswith("~2")
    assert len(other.encode()) <= MAX_BYTES


# -- through the writers --------------------------------------------------


def table():
    return gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(107, 40)], crs=4490)


def test_a_geopackage_takes_every_hostile_name_as_layer_and_nothing_else_is_written(
    tmp_path,
):
    names = list(safe_names(HOSTILE))
    # ten layers a file: opening a file of a hundred takes seconds
    for start in range(0, len(names), 10):
        path, some = tmp_path / f"{start:03}.gpkg", names[start : start + 10]
        for name in some:
            pyogrio.write_dataframe(table(), path, layer=name, append=path.exists())
        assert [name for name, _ in pyogrio.list_layers(path)] == some
        assert fiona.listlayers(path) == some
        assert len(pyogrio.read_dataframe(path, layer=some[-1])) == 1
    files = sorted(one.name for one in tmp_path.rglob("*"))
    assert files == [f"{start:03}.gpkg" for start in range(0, len(names), 10)]


def test_a_geopackage_takes_every_hostile_name_as_field(tmp_path):
    path = tmp_path / "fields.gpkg"
    names = safe_names(HOSTILE)
    wide = table().assign(**{name: [str(at)] for at, name in enumerate(names)})
    pyogrio.write_dataframe(wide, path)
    back = pyogrio.read_dataframe(path)
    assert [back[name].iloc[0] for name in names] == [
        str(at) for at in range(len(names))
    ]


@pytest.mark.parametrize("suffix", [".geojson", ".fgb", ".shp"])
def test_every_hostile_name_is_a_file_in_a_folder_of_its_own(tmp_path, suffix):
    root = tmp_path / "out"
    names = safe_names(HOSTILE)
    for name in names:
        folder = inside(root, name)
        folder.mkdir(parents=True)
        path = inside(folder, name + suffix)
        pyogrio.write_dataframe(table(), path)
        assert len(pyogrio.read_dataframe(path)) == 1
    assert sorted(one.name for one in root.iterdir()) == sorted(names)
    assert list(tmp_path.iterdir()) == [root]


# -- inside ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *["..", "../x", "a/../../x", "/etc/passwd", "C:\\x", "C:x", "\\\\server\\x"],
        *["..\\x", "a\\..\\..\\x", "\\x", "//server/x", "", ".", "a\0b", "./"],
    ],
    ids=ascii,
)
def test_a_path_that_leaves_its_folder_is_refused(tmp_path, name):
    with pytest.raises(InputRefusedError, match=r"expected a name inside the folder"):
        inside(tmp_path, name)


def test_a_link_in_the_folder_does_not_lead_out(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "door").symlink_to(tmp_path)
    with pytest.raises(InputRefusedError, match=r"'door/x': expected a name inside"):
        inside(tmp_path / "root", "door/x")


def test_a_path_below_the_folder_is_given_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert inside(Path("out"), "a/b.txt") == tmp_path.resolve() / "out" / "a" / "b.txt"
