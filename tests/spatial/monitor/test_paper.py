"""Clues on paper: an overview, and a page for each clue."""

import dataclasses
import re
import zipfile

import pypdf
import pytest
from paper_text import texts
from small_pair import small_pair

import layers
from layers.errors import UnknownKindError
from layers.samples.county import write_county
from spatial.monitor import monitor
from spatial.monitor.paper import clue_document, monitor_document, told_clues
from spatial.monitor.places import dms
from spatial.monitor.sheet import NARROWEST_MM, sheet_of
from spatial.monitor.write import drawn_clues, run_content
from spatial.report.blocks import Blanks, Figure, Grid, PageBreak, Pairs, Quote, plain
from spatial.report.fit import PAGE_MM, height_mm
from spatial.report.pdf import write_pdf
from spatial.report.word import write_word
from spatial.text import LANGS, TEXTS


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return layers.open_workspace(write_county(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def found(office, tmp_path_factory):
    """Clue: quarry-grown; two others are approved."""
    return monitor(*small_pair(tmp_path_factory.mktemp("small")), office)


@pytest.fixture(scope="module")
def pictures(found):
    return drawn_clues(found, lambda _done, _count: None)


def repeated(found, count):
    """The clue `count` times under other names: table and content."""
    content = run_content(found)
    (site,), (row,) = content.sites, found.table.index
    names = [f"{row}-{at}" for at in range(count)]
    table = found.table.loc[[row] * count].set_axis(names)
    sites = tuple(dataclasses.replace(site, site_id=one) for one in names)
    clues = dataclasses.replace(found.clues, table=table)
    again = dataclasses.replace(found, clues=clues)
    return again, dataclasses.replace(content, sites=sites)


def sheets(document):
    """The blocks of each sheet."""
    at = [n for n, one in enumerate(document.blocks) if isinstance(one, PageBreak)]
    ends = [*at[1:], len(document.blocks)]
    return [document.blocks[a + 1 : b] for a, b in zip(at, ends, strict=True)]


def pages(document, path):
    write_pdf(document, path)
    return [one.extract_text() for one in pypdf.PdfReader(path).pages]


def bare(text):
    return re.sub(r"\s", "", text)


# -- what a sheet says ----------------------------------------------------------------


def test_a_sheet_says_where_what_which_clause_and_leaves_lines(found, pictures):
    document = monitor_document(found, run_content(found), pictures=pictures)
    (sheet,) = sheets(document)
    pairs = {
        plain(a): plain(b)
        for one in sheet
        if isinstance(one, Pairs)
        for a, b in one.pairs
    }
    row = found.table.iloc[0]
    assert re.fullmatch(
        r"E 107°\d\d′\d\d\.\d\d″  N 39°\d\d′\d\d\.\d\d″", pairs["经纬度（CGCS2000）"]
    )
    assert pairs["高斯-克吕格（3 度带）"] == (
        f"东坐标 {row['easting_m']:.2f}，北坐标 {row['northing_m']:.2f}"
        "（第 36 带，中央经线 108°，EPSG:4524）"
    )
    area_m2 = row["area_m2"]
    hectares, mu = area_m2 / 10_000, area_m2 * 3 / 2_000
    assert pairs["面积"] == (
        f"{area_m2:,.2f} 平方米 = {hectares:.4f} 公顷（{mu:.2f} 亩）"
    )
    assert area_m2 == pytest.approx(62_500, rel=0.01)  # 25 x 25 pixels were planted
    assert "示范县（虚构）" in pairs["位置"]
    assert "公里" in pairs["位置"]
    assert pairs["批准情况"] == "未查到许可"
    (quote,) = (one for one in sheet if isinstance(one, Quote))
    first = found.clues.review.content.sites
    decided = next(
        one
        for site in first
        if site.site_id == row.name
        for one in site.findings
        if one.finding.rule == row["deciding_rule"]
    )
    assert plain(quote.text) == decided.citation.quote
    assert decided.citation.article in plain(quote.source)
    assert "2022-08-16 起" in plain(quote.source)
    assert any(isinstance(one, Figure) for one in sheet)
    labels = [label for one in sheet if isinstance(one, Blanks) for label in one.labels]
    assert labels == ["核查人", "核查日期", "签字", "同行人", "核查情况"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_says_that_it_is_a_clue_alone(found, pictures, lang):
    content = run_content(found)
    notice = TEXTS.render(found.clues.notices[0], lang)
    whole = monitor_document(found, content, lang, pictures=pictures)
    name = str(found.table.index[0])
    alone = clue_document(found, content, name, lang, pictures=pictures)
    for blocks in (*sheets(whole), alone.blocks):
        said = [plain(o.text) for o in blocks if hasattr(o, "text")]
        assert notice in said


def test_the_strictest_zone_of_a_sheet_comes_first_and_is_never_cut(found, pictures):
    zones = [
        ("control_unit", f"U-{at}", "很长的单元名（虚构）", 1.0) for at in range(9)
    ]
    zones.append(("ecological_redline", "HX-1", "红线（虚构）", 2.0))
    row = found.table.assign(zones=[tuple(zones)])
    clues = dataclasses.replace(found.clues, table=row)
    again = dataclasses.replace(found, clues=clues)
    document = monitor_document(again, run_content(again), pictures=pictures)
    (sheet,) = sheets(document)
    pairs = next(one for one in sheet if isinstance(one, Pairs))
    label, text = pairs.pairs[0]
    assert plain(label) == "涉及区域"
    assert plain(text).startswith("生态保护红线 红线（虚构）（2.00 平方米）、")
    assert plain(text).endswith("……（余见 report.html）")


# -- one page a clue ------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_a_sheet_is_one_page(found, pictures, lang, tmp_path):
    again, content = repeated(found, 3)
    (picture,) = pictures.values()
    shown = dict.fromkeys(map(str, again.table.index), picture)
    document = monitor_document(again, content, lang, pictures=shown)
    printed = pages(document, tmp_path / "all.pdf")
    for name, page in zip(shown, printed[-3:], strict=True):
        assert name in bare(page)
        assert TEXTS.say("report.monitor.field_sign", lang=lang) in page
    one = clue_document(again, content, next(iter(shown)), lang, pictures=shown)
    assert not any(isinstance(block, PageBreak) for block in one.blocks)
    assert len(pages(one, tmp_path / "one.pdf")) == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("signs", [40, 240, 2000])
def test_the_fullest_sheet_is_one_page_too(  # noqa: PLR0917  fixtures
    found, pictures, lang, signs, tmp_path
):
    full, content = crowded(found, signs)
    (picture,) = pictures.values()
    name = str(full.table.index[0])
    document = monitor_document(full, content, lang, pictures={name: picture})
    before = len(document.blocks) - len(sheets(document)[-1]) - 1
    overview = dataclasses.replace(document, blocks=document.blocks[:before])
    count = len(pages(overview, tmp_path / "overview.pdf"))
    assert len(pages(document, tmp_path / "all.pdf")) == count + 1
    sheet = sheets(document)[-1]
    assert height_mm(sheet) <= PAGE_MM
    (figure,) = (one for one in sheet if isinstance(one, Figure))
    assert figure.width_mm >= NARROWEST_MM
    # what a driver types into a device is never cut
    told = "\n".join(map(plain, texts(dataclasses.replace(document, blocks=sheet))))
    easting, area, lat = full.table.iloc[0][["easting_m", "area_m2", "lat"]]
    for part in ("EPSG:4524", f"{easting:.2f}", f"{area:,.2f}", dms(lat)):
        assert part in told


def crowded(found, signs):
    """The run with long names everywhere and a clause of so many signs."""
    content = run_content(found)
    (site,), (name,) = content.sites, found.table.index
    long = "很长很长的名字（虚构）" * 30
    "虚构条文" * (signs // 4)
    findings = tuple(
        dataclasses.replace(
            one,
            citation=dataclasses.replace(one.citation, quote="虚构条文" * (signs // 4)),
        )
        for one in site.findings
    )
    zones = tuple(("nature_reserve", f"Z-{at}", long, 1.0) for at in range(20))
    row = found.table.assign(
        zones=[zones],
        permit_codes=[tuple(f"许可（虚构）-{at:05}" for at in range(40))],
        permit_state="beyond",
        county_name=long,
        unchecked=[("ecological_redline", "nature_reserve")],
    )
    clues = dataclasses.replace(found.clues, table=row)
    sites = (dataclasses.replace(site, findings=findings),)
    assert str(name) == site.site_id
    return dataclasses.replace(found, clues=clues), dataclasses.replace(
        content, sites=sites
    )


def test_a_clause_too_long_for_a_sheet_stands_whole_beside_it(found, pictures):
    full, content = crowded(found, 2000)
    quote = "虚构条文" * 500
    (told,) = told_clues(full, content, "zh", pictures=pictures)
    sheet = sheet_of(told, full.clues.notices[0], "zh")
    assert sheet.unquoted is told.deciding
    said = [plain(one.text) for one in sheet.blocks if hasattr(one, "text")]
    assert not any("虚构条文虚构" in one for one in said)
    assert any("条文共 2000 字，全文另页抄录" in one for one in said)
    name = str(full.table.index[0])
    for document in (
        monitor_document(full, content, pictures=pictures),
        clue_document(full, content, name, pictures=pictures),
    ):
        quotes = [plain(o.text) for o in document.blocks if isinstance(o, Quote)]
        assert quotes == [quote]


def test_in_word_a_sheet_begins_a_page_without_an_empty_paragraph(
    found, pictures, tmp_path
):
    again, content = repeated(found, 3)
    (picture,) = pictures.values()
    shown = dict.fromkeys(map(str, again.table.index), picture)
    path = tmp_path / "report.docx"
    write_word(monitor_document(again, content, pictures=shown, most_sheets=0), path)
    assert document_xml(path).count("w:pageBreakBefore") == 0
    write_word(monitor_document(again, content, pictures=shown), path)
    some = document_xml(path)
    assert some.count("w:pageBreakBefore") == 3
    assert 'w:type="page"' not in some


def document_xml(path):
    with zipfile.ZipFile(path) as file:
        return file.read("word/document.xml").decode()


# -- the overview ---------------------------------------------------------------------


def test_the_overview_counts_by_outcome_and_approval_and_adds_up(found, pictures):
    again, content = repeated(found, 5)
    states = ["none", "beyond", "inside", "unclear", "not_checked"]
    table = again.table.assign(permit_state=states)
    clues = dataclasses.replace(again.clues, table=table)
    again = dataclasses.replace(again, clues=clues)
    document = monitor_document(again, content, pictures={})
    grid = next(one for one in document.blocks if isinstance(one, Grid))
    hectares = f"{5 * found.table.iloc[0]['area_m2'] / 1e4:.4f}"
    *_, total = ([plain(cell) for cell in row] for row in grid.rows)
    assert total[:3] == ["合计", "5", hectares]
    assert total[4:] == ["2", "2", "1"]
    assert sum(map(int, total[4:])) == int(total[1])


def test_sheets_are_of_the_most_urgent_and_the_rest_is_said(found):
    again, content = repeated(found, 5)
    document = monitor_document(again, content, pictures={}, most_sheets=2)
    assert len(sheets(document)) == 2
    said = [plain(one.text) for one in document.blocks if hasattr(one, "text")]
    assert any("优先级最高的 2 条线索" in one and "共 5 条" in one for one in said)


@pytest.mark.parametrize("lang", LANGS)
def test_a_refused_pair_says_so_and_never_that_nothing_changed(office, tmp_path, lang):
    pair = small_pair(tmp_path)
    refused = monitor(*reversed(pair), office, lang=lang)
    document = monitor_document(refused, run_content(refused), lang, pictures={})
    said = "\n".join(plain(one) for one in texts(document))
    assert TEXTS.say("report.monitor.refused", lang=lang) in said
    assert TEXTS.say("report.monitor.no_clue", lang=lang) not in said
    assert not any(isinstance(one, PageBreak) for one in document.blocks)


def test_a_clue_that_is_not_there_is_refused(found):
    with pytest.raises(UnknownKindError, match="P999"):
        clue_document(found, run_content(found), "P999", pictures={})
