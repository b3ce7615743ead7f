"""R19: a Chinese text is read right, or an issue or a refusal tells; never in silence.

Every string is also tried alone in its file, where statistics are weak.
"""

import codecs
import json
from pathlib import Path

import chinese_strings as zh
import geopandas as gpd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

import layers
from layers import worker
from layers.errors import InputRefusedError
from layers.formats import open_raw
from layers.formats.garbled import suspicion
from layers.formats.readings import plausibility

SAYS = {
    "encoding_decided",
    "encoding_fits_two",
    "encoding_doubtful",
    "encoding_unchecked",
    "text_cut",
    "text_garbled",
}
ALONE = [[one] for one in zh.ALL]
HARD = {*zh.TWOFOLD, *zh.ALL[::9]}


def fate(path, texts, column="name", **ask):
    """right, told or refused; anything else is mojibake in silence."""
    try:
        raw = open_raw(path, **ask)
    except InputRefusedError:
        return "refused"
    read = raw.attributes[column].tolist() if column in raw.attributes else None
    if read == texts:
        return "right"
    codes = {code for code, _ in raw.found}
    assert codes & SAYS, f"{texts[:5]} became {read and read[:5]} without a word"
    return "told"


def fates(write, read, groups):
    """How many groups of texts are right, told, refused; and how many there are."""
    counts = {"right": 0, "told": 0, "refused": 0}
    for group in groups:
        counts[fate(write(group), group, **read)] += 1
    return counts


def test_the_table_has_two_hundred_strings_and_every_kind_of_trap():
    assert len(zh.ALL) >= 200
    assert (
        sum(not zh.fits(one, "gbk") and zh.fits(one, "gb18030") for one in zh.ALL) >= 15
    )
    assert all(
        any(char.encode("gbk")[-1:] in b"\\|" for char in one) for one in zh.TRAILS
    )
    twofold = [one for one in zh.TWOFOLD if zh.fits(one, "gbk")]
    assert sum(utf8_of(one.encode("gbk")) is not None for one in twofold) >= 15


def utf8_of(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


# -- CSV ---------------------------------------------------------------------


CSV = ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", [*CSV, "utf-16-be with mark"])
def test_a_csv_of_all_strings_is_read_right(encoding, tmp_path):
    mark = codecs.BOM_UTF16_BE if "mark" in encoding else b""
    encoding = encoding.removesuffix(" with mark")
    texts = [one for one in zh.ALL if zh.fits(one, encoding)]
    path = tmp_path / "a.csv"
    path.write_bytes(mark + zh.csv_bytes(texts, encoding))
    assert fate(path, texts) == "right"


@pytest.mark.parametrize("encoding", CSV)
def test_a_csv_of_one_string_is_right_or_told(encoding, tmp_path):
    groups = [one for one in ALONE if zh.fits(one[0], encoding)]

    def write(group):
        path = tmp_path / "a.csv"
        path.write_bytes(zh.csv_bytes(group, encoding))
        return path

    counts = fates(write, {}, groups)
    certain = encoding in {"utf-8", "utf-8-sig"} or encoding.startswith("utf-16")
    assert counts["right"] >= (len(groups) - 12 if not certain else len(groups) - 2)


# -- Shapefile ---------------------------------------------------------------


CPG = [
    None,
    "UTF-8",
    "GBK",
    "936",
    "CP936",
    "ANSI 936",
    "OEM",
    "1252",
    "瞎写",
    "GB2312",
]


@pytest.mark.parametrize("ldid", [0, 0x4D, 0x57])
@pytest.mark.parametrize("cpg", CPG)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_shapefile_is_right_whatever_its_labels_say(encoding, cpg, ldid, tmp_path):
    texts = [one for one in zh.ALL if zh.fits(one, encoding)]
    short = [one for one in texts if len(one.encode(encoding)) <= 118]
    values = [one.encode(encoding) for one in short]
    path = zh.shapefile(tmp_path, values, cpg=cpg, ldid=ldid)
    assert fate(path, short, column="NAME") == "right"


LABELS = [(None, 0), (None, 0x4D), ("UTF-8", 0x57), ("GBK", 0), ("1252", 0x4D)]


@pytest.mark.parametrize(("cpg", "ldid"), LABELS)
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_shapefile_of_one_string_is_right_or_told(encoding, cpg, ldid, tmp_path):
    groups = [one for one in ALONE if zh.fits(one[0], encoding)]
    groups = [one for one in groups if one[0] in HARD]

    def write(group):
        values = [one.encode(encoding) for one in group]
        return zh.shapefile(tmp_path, values, cpg=cpg, ldid=ldid)

    counts = fates(write, {"column": "NAME"}, groups)
    assert counts["right"] >= 0.85 * len(groups)


@pytest.mark.parametrize("width", [8, 9, 10, 11, 30])
@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_a_text_that_its_field_cuts_is_told(encoding, width, tmp_path):
    for text in zh.ALL:
        data = text.encode(encoding) if zh.fits(text, encoding) else b""
        if len(data) <= width or data[:width].isascii():
            continue
        path = zh.shapefile(tmp_path, [text.encode(encoding)], width=width)
        try:
            raw = open_raw(path)
        except InputRefusedError:
            continue
        codes = {code for code, _ in raw.found}
        assert codes & {"text_cut", "text_fills_width", "encoding_doubtful"}, text


def test_a_long_field_that_is_full_of_plain_letters_may_have_been_cut(tmp_path):
    path = zh.shapefile(tmp_path, [b"x" * 39 + "界".encode()], width=39)
    assert "text_fills_width" in {code for code, _ in open_raw(path).found}
    path = zh.shapefile(tmp_path, [b"ZH15062410001"], width=13)
    assert open_raw(path).found == ()


def test_names_that_are_the_same_after_the_cut_stay_two_columns(tmp_path):
    names = ["生态保护红线编码".encode("gbk"), "生态保护红线名称".encode("gbk")]
    raw = open_raw(zh.shapefile(tmp_path, [b"A-1"], name=names, width=20))
    assert raw.attributes.columns.tolist() == ["生态保护红", "生态保护红 (2)"]
    assert "field_names_equal" in {code for code, _ in raw.found}


# -- DXF ---------------------------------------------------------------------


DRAWINGS = {
    "R12": ("AC1009", "ANSI_936", "gbk"),
    "R12 without a word": ("AC1009", "ANSI_1252", "gbk"),
    "R2000": ("AC1015", "ANSI_936", "gb18030"),
    "R2000 that lies": ("AC1015", "ANSI_936", "utf-8"),
    "R2010": ("AC1024", "ANSI_1252", "utf-8"),
    "R2010 that lies": ("AC1024", "ANSI_936", "gbk"),
}


def write_dxf(folder, texts, name, escape=None):
    version, page, encoding = DRAWINGS[name]
    path = folder / "a.dxf"
    path.write_bytes(
        zh.drawing(texts, version=version, page=page, encoding=encoding, escape=escape)
    )
    return path


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_of_all_strings_is_read_right(name, tmp_path):
    texts = [one for one in zh.ALL if zh.fits(one, DRAWINGS[name][2])]
    path = write_dxf(tmp_path, texts, name)
    assert fate(path, texts, column="xdata SOUTH", layer="site") == "right"


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_of_one_string_is_right_or_told(name, tmp_path):
    groups = [one for one in ALONE if zh.fits(one[0], DRAWINGS[name][2])][::8]
    counts = fates(
        lambda group: write_dxf(tmp_path, group, name),
        {"column": "xdata SOUTH", "layer": "site"},
        groups,
    )
    assert counts["right"] >= len(groups) - 4


@pytest.mark.parametrize("escape", [zh.as_units, zh.as_mif])
def test_escapes_of_a_drawing_become_characters(escape, tmp_path):
    texts = [one for one in zh.ALL if escape is zh.as_units or zh.fits(one, "gbk")]
    path = write_dxf(tmp_path, texts, "R2000", escape)
    assert fate(path, texts, column="xdata SOUTH", layer="site") == "right"


def test_an_escape_that_is_no_character_is_told(tmp_path):
    path = write_dxf(tmp_path, [r"红线\U+000A二", r"\M+5FFFF"], "R2000")
    raw = open_raw(path, layer="site")
    assert raw.attributes["xdata SOUTH"].tolist() == [r"红线\U+000A二", r"\M+5FFFF"]
    assert "text_garbled" in {code for code, _ in raw.found}


# -- text, XML, JSON ---------------------------------------------------------


def boundary_txt(text):
    return (
        "[属性描述]\r\n坐标系=2000国家大地坐标系\r\n几度分带=3\r\n带号=36\r\n"
        f"[地块坐标]\r\n4,0.01,1,{text},面,,,,@\r\n"
        "J1,1,4400000,36500000\r\nJ2,1,4400000,36500010\r\n"
        "J3,1,4400010,36500010\r\nJ1,1,4400000,36500000\r\n"
    )


PLAIN = [one for one in zh.ALL if not set(one) & set(",，@《》【】[]&　")]


@pytest.mark.parametrize("encoding", [*CSV])
def test_boundary_points_are_read_right(encoding, tmp_path):
    path = tmp_path / "a.txt"
    for text in PLAIN[::3]:
        if zh.fits(text, encoding):
            path.write_bytes(boundary_txt(text).encode(encoding))
            assert fate(path, [text], column="地块名称") == "right", text


def kml_text(text, declared):
    return (
        f'<?xml version="1.0" encoding="{declared}"?><kml><Placemark>'
        f"<name>{text}</name><Point><coordinates>107,40</coordinates></Point>"
        "</Placemark></kml>"
    )


def gml_text(text, declared):
    return (
        f'<?xml version="1.0" encoding="{declared}"?><gml:FeatureCollection '
        'xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><site>'
        '<gml:pointProperty><gml:Point srsName="EPSG:4490"><gml:coordinates>107,40'
        f"</gml:coordinates></gml:Point></gml:pointProperty><name>{text}</name>"
        "</site></gml:featureMember></gml:FeatureCollection>"
    )


@pytest.mark.parametrize("declared", ["GBK", "UTF-8", "x-nonsense"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_kml_is_right_or_told_whatever_it_declares(declared, encoding, tmp_path):
    texts = [one for one in PLAIN if zh.fits(one, encoding)][::2]

    def write(group):
        path = tmp_path / "a.kml"
        path.write_bytes(kml_text(group[0], declared).encode(encoding))
        return path

    counts = fates(write, {}, [[one] for one in texts])
    assert counts["right"] >= 0.9 * len(texts)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_gml_that_declares_gbk_is_right_or_told(encoding, tmp_path):
    texts = [one for one in PLAIN if zh.fits(one, encoding)][::12]

    def write(group):
        path = tmp_path / "a.gml"
        path.write_bytes(gml_text(group[0], "GBK").encode(encoding))
        return path

    counts = fates(write, {}, [[one] for one in texts])
    assert counts["right"] >= len(texts) - 2


def test_a_geojson_in_gbk_is_refused_or_told(tmp_path):
    path = tmp_path / "a.geojson"
    for text in PLAIN:
        feature = {
            "type": "Feature",
            "properties": {"name": text},
            "geometry": {"type": "Point", "coordinates": [107, 40]},
        }
        for encoding in ("gb18030", "utf-8"):
            document = json.dumps(feature, ensure_ascii=False)
            path.write_bytes(document.encode(encoding))
            end = fate(path, [text])
            assert end != "refused" or encoding == "gb18030" or len(text) < 4


def test_a_geojson_that_may_be_gbk_stays_utf8_and_tells_the_other_reading(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(
        '{"type": "Point", "coordinates": [1, 2], "a": "陆"}'.encode("gbk")
    )
    said = dict(open_raw(path).found)["encoding_doubtful"]
    assert (said["used"], said["other"]) == ("UTF-8", "GB18030")
    assert ("½" in said["text"], "陆" in said["other_text"]) == (True, True)


def test_a_geojson_in_gbk_says_so(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes('{"type": "Point", "名称": "永久基本农田"}'.encode("gbk"))
    with pytest.raises(
        InputRefusedError, match=r"UTF-8 \(RFC 7946\), got text in GB18030"
    ):
        open_raw(path)


# -- any text ----------------------------------------------------------------


def hanzi(low, high):
    return st.characters(min_codepoint=low, max_codepoint=high)


ORDINARY = st.sampled_from("".join(zh.PLACES))
WORDS = st.text(
    st.one_of(ORDINARY, hanzi(0x4E00, 0x9FA5), st.sampled_from("·（）、\u3007㎡A1")),
    min_size=1,
    max_size=12,
)


@given(
    texts=st.lists(WORDS, min_size=1, max_size=4),
    encoding=st.sampled_from(["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"]),
)
@example(texts=["路"], encoding="gbk")
@example(texts=["中文".encode().decode("gb18030")], encoding="gb18030")
@example(texts=["中文"], encoding="utf-8")
def test_any_csv_is_right_or_told(texts, encoding, tmp_path_factory):
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_bytes(zh.csv_bytes(texts, encoding))
    assert fate(path, texts) in {"right", "told"}


@given(
    text=WORDS,
    encoding=st.sampled_from(["gbk", "utf-8"]),
    labels=st.sampled_from(LABELS),
)
@example(text="农田".encode().decode("gbk"), encoding="gbk", labels=("UTF-8", 0x57))
@example(text="中文", encoding="utf-8", labels=("GBK", 0))
@example(text="陆路", encoding="gbk", labels=("1252", 0x4D))
def test_any_shapefile_is_right_or_told(text, encoding, labels, tmp_path_factory):
    folder, (cpg, ldid) = tmp_path_factory.mktemp("t"), labels
    path = zh.shapefile(folder, [text.encode(encoding)], cpg=cpg, ldid=ldid)
    assert fate(path, [text], column="NAME") in {"right", "told", "refused"}


@given(text=st.text(ORDINARY, min_size=1, max_size=20))
def test_everyday_chinese_is_more_ordinary_than_any_wrong_reading_of_it(text):
    assert plausibility(text) > 0.9
    for right, wrong in (("utf-8", "gb18030"), ("gb18030", "latin-1")):
        misread = text.encode(right).decode(wrong, "replace")
        assert plausibility(misread) <= plausibility(text)


# -- garbled before it came to us --------------------------------------------


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_utf8_that_was_read_as_latin_is_told_and_left_alone(wrong):
    for text in [*zh.PLACES, *zh.TRADITIONAL, *zh.LONG, "Perú", "Aledaño"]:
        try:
            garbled = text.encode().decode(wrong)
        except UnicodeDecodeError:
            continue
        assert suspicion(garbled).guess == text


def test_utf8_that_was_read_as_gbk_is_told():
    for text in zh.PLACES:
        garbled = text.encode().decode("gb18030", "replace")
        assert suspicion(garbled) is not None, garbled
    assert suspicion("中文".encode().decode("gb18030")).guess == "中文"


def test_gbk_that_was_read_as_latin_is_told():
    for text in filter(lambda one: zh.fits(one, "gb2312"), zh.PLACES):
        assert suspicion(text.encode("gbk").decode("latin-1")).guess == text


def test_sound_texts_are_not_called_garbled():
    doubtful = {"涓枃", "鐢熸", "姘翠"}
    assert {one for one in zh.ALL if suspicion(one)} <= doubtful
    for text in ("Málaga", "Ñuñoa", "Ærø", "Perú: Río", "Öğüt", "x²", "5 µm", "?"):
        assert suspicion(text) is None


GARBLED_NAME = "面积".encode().decode("latin-1")


def test_a_garbled_value_and_a_garbled_name_reach_the_layer():
    frame = gpd.GeoDataFrame(
        {
            "名称": ["甲", "ç\x94\x9f态".replace("态", "æ\x80\x81")],
            GARBLED_NAME: ["1", "2"],
        },
        geometry=[shapely.box(107, 40, 107.1, 40.1), shapely.box(108, 40, 108.1, 40.1)],
        crs=4490,
    )
    layer = layers.from_frame(frame, kind="ecological_redline")
    said = {one.code: one.facts for one in layer.issues}
    assert (said["text_garbled"]["row"], said["text_garbled"]["guess"]) == (2, "生态")
    assert said["name_garbled"]["guess"] == "面积"
    assert layer.frame["name"].tolist()[1] == frame["名称"].tolist()[1]


@pytest.mark.shared
def test_the_garbled_names_of_a_real_file_are_told_and_left_alone():
    path = Path(__file__).parents[3] / "shared/data/pucallpa_landsat"
    raw = open_raw(path / "peru_protected_areas_sernanp.geojson")
    told = {x["column"]: x for code, x in raw.found if code == "text_garbled"}
    said = told["name_es"]
    assert (set(told), said["guess"][-6:]) == ({"nombre", "name_es"}, "[Perú]")
    garbled = [one for one in raw.attributes["name_es"] if one and "Ã" in one]
    assert said["count"] == len(garbled) > 50


def test_half_of_a_pair_of_units_is_told_and_can_be_printed(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type": "Feature", "properties": {"a": "\\ud800甲"}, "geometry": null}',
        encoding="utf-8",
    )
    said = dict(open_raw(path).found)["text_garbled"]
    assert (said["example"], said["guess"]) == ("?甲", "?")


def test_what_is_told_comes_through_the_other_process_too(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(zh.csv_bytes(["Per\u00c3\u00ba"], "utf-8"))
    assert worker.open_raw(path).found == open_raw(path).found
    path = tmp_path / "b.txt"
    good, bad = boundary_txt("甲"), boundary_txt("乙").split("[地块坐标]\r\n")[1]
    path.write_text(good + bad.replace("J2,1,4400000", "J2,1,x"), "utf-8")
    (code, facts) = next(one for one in open_raw(path).found if "reason" in one[1])
    assert (code, facts) in worker.open_raw(path).found
