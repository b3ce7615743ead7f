"""A base map in workspace.yaml: what is taken, what is refused, never repeated."""

import pytest

import layers
from layers.base_map import BaseMap
from layers.errors import DocumentError
from layers.samples.county import write_county

PLACES = "z={z}&y={y}&x={x}"
GOOD = {
    "title": "测试底图（虚构）",
    "url": f"https://tiles.example/wmts?{PLACES}&tk={{key}}",
    "grid": "geographic",
    "datum": "CGCS2000",
    "max_level": 18,
    "attribution": "虚构",
    "zoom_offset": 1,
}
KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture
def opened(county, tmp_path):
    """Return a function that reads a base map from a document."""
    plain = county / "workspace.yaml"

    def opened(**changes):
        said = {k: v for k, v in (GOOD | changes).items() if v is not None}
        lines = "".join(f"  {key}: {_yaml(one)}\n" for key, one in said.items())
        path = county / f"{tmp_path.name}.yaml"
        path.write_text(
            plain.read_text(encoding="utf-8") + "\nbase_map:\n" + lines,
            encoding="utf-8",
        )
        return layers.open_workspace(path).base_map

    return opened


def _yaml(value):
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_without_the_key_there_is_none(county):
    assert layers.open_workspace(county).base_map is None


def test_a_base_map_is_read_as_it_stands(opened):
    found = opened()
    assert found == BaseMap(
        title="测试底图（虚构）",
        urls=(GOOD["url"],),
        grid="geographic",
        datum="CGCS2000",
        max_level=18,
        attribution="虚构",
        zoom_offset=1,
        holds_key=False,
    )
    assert found.needs_key
    assert not found.is_shifted
    assert str(found.host) == "https://tiles.example"


def test_two_layers_of_one_host_lie_upon_each_other(opened):
    urls = [f"http://t.example:8080/{one}?{PLACES}" for one in ("vec", "cva")]
    found = opened(url=urls)
    assert found.urls == tuple(urls)
    assert not found.needs_key
    assert str(found.host) == "http://t.example:8080"


@pytest.mark.parametrize("word", ["GCJ-02", "高德", "gcj02"])
def test_a_shifted_datum_may_be_called_as_people_call_it(opened, word):
    found = opened(datum=word)
    assert (found.datum, found.is_shifted) == ("GCJ-02", True)


def test_a_key_in_the_address_must_be_meant_and_is_never_repeated(opened):
    url = f"https://tiles.example/wmts?{PLACES}&TK={KEY}"
    with pytest.raises(DocumentError, match="with_key: true") as caught:
        opened(url=url)
    assert KEY not in str(caught.value)
    assert opened(url=url, with_key=True).holds_key


BROKEN = [
    ({"url": "tiles.example/{z}/{x}/{y}"}, "begins with https://"),
    ({"url": "file:///etc/{z}/{x}/{y}"}, "begins with https://"),
    ({"url": "javascript:alert(1)//{z}{x}{y}"}, "letters, digits and"),
    ({"url": "https://a.example;script-src/{z}/{x}/{y}"}, "letters, digits and"),
    ({"url": "https://a.example 'unsafe-inline'/{z}/{x}/{y}"}, "letters, digits and"),
    ({"url": "https://user:word@a.example/{z}/{x}/{y}"}, "and a host"),
    ({"url": "https://{x}.example/{z}/{y}"}, "and a host"),
    ({"url": "https://*.example/{z}/{x}/{y}"}, "letters, digits and"),
    ({"url": "https://a.example/{z}/{x}"}, "with {z}, {x}, {y}"),
    ({"url": "https://a.example/{z}/{x}/{y}/{secret}"}, "no other place than"),
    (
        {"url": [f"https://{one}.example/{{z}}/{{x}}/{{y}}" for one in "ab"]},
        "of one host",
    ),
    ({"url": [GOOD["url"]] * 4}, "one to 3 addresses"),
    ({"grid": "baidu"}, "one of geographic, web_mercator"),
    ({"datum": "Xian80"}, "one of CGCS2000"),
    ({"max_level": 99}, "a whole number from 1 to 24"),
    ({"max_level": 1.5}, "a whole number"),
    ({"with_key": True}, "true only where"),
    ({"attribution": None}, "attribution"),
    ({"colour": "red"}, "colour"),
    ({"url": "https://wprd01.is.autonavi.com/{z}/{x}/{y}"}, "GCJ-02, which the tiles"),
    (
        {"url": "https://rt0.map.gtimg.com/{z}/{x}/{y}", "datum": "WGS 84"},
        "GCJ-02, which",
    ),
    ({"url": "https://maponline0.bdimg.com/{z}/{x}/{y}"}, "BD-09, which the tiles"),
]


@pytest.mark.parametrize(("changes", "words"), BROKEN)
def test_what_cannot_be_is_refused(opened, changes, words):
    with pytest.raises(DocumentError, match=words):
        opened(**changes)


def test_a_host_that_only_sounds_like_one_is_not_taken_for_it(opened):
    assert not opened(url="https://notamap.com/{z}/{x}/{y}").is_shifted
