"""Lists of problems from people: the same rules, reasons beside what is set aside."""

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.errors import InputRefusedError, SourceNotFoundError
from spatial.ledger.sources import ORIGINS, REPORTER, TAKEN, read_listing
from spatial.ledger.template import template_headings, write_template
from spatial.text import TEXTS

HEADS = (
    *("线索编号", "经度", "纬度", "线索来源", "问题类型", "发现日期", "问题描述"),
    *("举报人", "举报人电话", "内部备注"),
)
ROWS = (
    ("A1", "107.5", "40.1", "巡查", "采石", "2026-05-01", "开挖（虚构）", "", "", ""),
    ("A2", "107°30′36″", "40°06′00″", "12369", "养殖场", "2026-05-02",
     "气味（虚构）", "张三（虚构）", "000-0000（虚构）", "x"),
    ("A3", "", "", "举报", "", "2026-05-03", "倾倒（虚构）", "李四（虚构）", "", ""),
    ("A4", "107.52", "40.1", "无人机", "", "", "缺日期", "", "", ""),
    ("A5", "107.53", "40.1", "无人机", "", "2027-01-01", "日期在后", "", "", ""),
    ("A6", "107.54", "40.1", "", "", "2026-05-04", "无来源", "", "", ""),
    ("A1", "107.5", "40.1", "巡查", "采石", "2026-05-01", "开挖（虚构）", "", "", ""),
)  # fmt: skip
TODAY = dt.date(2026, 11, 22)


def written(folder, rows, *, encoding="utf-8-sig", name="list.csv"):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADS)
    writer.writerows(rows)
    path = folder / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("list")
    return read_listing(written(folder, ROWS), on=TODAY)


def test_rows_become_clues_with_their_words(found):
    assert list(found.clues.index) == ["A1", "A2"]
    one = found.clues.loc["A1"]
    assert (one["origin"], one["kind"]) == ("inspection", "mining")
    assert one["seen_on"] == dt.date(2026, 5, 1)
    assert found.clues.crs.to_epsg() == 4490


def test_degrees_minutes_and_seconds_are_read(found):
    point = found.clues.geometry.loc["A2"]
    assert (point.x, point.y) == pytest.approx((107.51, 40.1))


def test_what_has_no_place_is_registered_and_not_matched(found):
    assert list(found.placeless.index) == ["A3"]
    assert found.placeless.loc["A3", "origin"] == "report_12369"


def test_every_row_is_accounted_for(found):
    assert len(found.clues) + len(found.placeless) + len(found.refused) == 7
    said = {one.clue_id: TEXTS.render(one.why) for one in found.refused}
    assert said["A4"] == "没有发现日期，未录入"
    assert "2027-01-01晚于2026-11-22" in said["A5"]
    assert "--origin" in said["A6"]
    assert said["A1"] == "与第1行完全相同，未重复录入"


def test_the_reporter_is_in_the_private_part_alone(found):
    assert {name: one.name for name, one in found.reporters.items()} == {
        "A2": "张三（虚构）",
        "A3": "李四（虚构）",
    }
    for table in (found.clues, found.placeless):
        assert not set(REPORTER) & set(table.columns)
        assert "张三" not in table.to_csv()
        assert "李四" not in table.to_csv()
        assert "0000" not in table.drop(columns="geometry", errors="ignore").to_csv()


def test_headings_that_mean_nothing_are_told_and_left_out(found):
    assert "内部备注" in found.not_taken
    assert "内部备注" not in found.clues.columns


def test_an_outline_that_cannot_be_relied_on_is_set_aside(tmp_path):
    path = tmp_path / "bad.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        '{"线索编号":"B1","发现日期":"2026-05-01"},"geometry":{"type":"Polygon",'
        '"coordinates":[[[107,40],[107.1,40],[107,40]]]}}]}',
        encoding="utf-8",
    )
    found = read_listing(path, origin="drone")
    assert len(found.clues) == 0
    assert [one.clue_id for one in found.refused] == ["B1"]
    assert TEXTS.render(found.refused[0].why)


def test_a_stated_origin_fills_what_the_rows_do_not_say(tmp_path):
    found = read_listing(written(tmp_path, ROWS[5:6]), origin="field")
    assert found.clues.loc["A6", "origin"] == "field"


def test_an_origin_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(InputRefusedError, match="an origin: inspection"):
        read_listing(written(tmp_path, ROWS[:1]), origin="rumour")


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceNotFoundError, match="no such file"):
        read_listing(tmp_path / "none.csv")


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(6)))
def test_order_of_rows_changes_nothing(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("order")
    mixed = read_listing(written(folder, [ROWS[i] for i in order]), on=TODAY)
    plain = read_listing(written(folder, ROWS[:6]), on=TODAY)
    assert mixed.run_id == plain.run_id
    assert mixed.clues.equals(plain.clues)
    assert mixed.placeless.equals(plain.placeless)


def test_a_code_used_twice_names_two_rows(tmp_path):
    other = ("A1", "107.9", "40.1", "巡查", "采石", "2026-05-01", "另一处", "", "", "")
    found = read_listing(written(tmp_path, (ROWS[0], other)))
    turned = read_listing(written(tmp_path, (other, ROWS[0]), name="turned.csv"))
    assert len(found.clues) == 2
    assert all(name.startswith("A1#") for name in found.clues.index)
    assert list(found.clues.index) == list(turned.clues.index)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_any_encoding_gives_the_same_list(tmp_path, encoding):
    plain = read_listing(written(tmp_path, ROWS[:3]))
    other = read_listing(written(tmp_path, ROWS[:3], encoding=encoding, name="o.csv"))
    assert other.run_id == plain.run_id
    assert other.reporters == plain.reporters


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_form_is_read_when_it_is_filled(tmp_path, ending, lang):
    path = write_template(tmp_path / f"form.{ending}", lang=lang)
    heads = template_headings(lang)
    values = dict.fromkeys(heads, "")
    fields = layers.spec("problem_report").fields
    values |= {
        heads[0]: "107.5", heads[1]: "40.1",
        **{one.title[lang]: word for one, word in zip(fields, FILLED, strict=True)},
    }  # fmt: skip
    if ending == "csv":
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(values.values())
    else:
        book = openpyxl.load_workbook(path)
        book.active.append(list(values.values()))
        book.save(path)
    found = read_listing(path)
    assert list(found.clues.index) == ["F1"]
    assert found.clues.loc["F1", "origin"] == "drone"
    assert found.clues.loc["F1", "kind"] == "mining"
    assert found.reporters["F1"].phone == "000（虚构）"
    assert found.not_taken == ()
    assert not found.refused


FILLED = (
    *("F1", "开挖（虚构）", "drone", "mining", "2026-05-01", "150624", "示范县"),
    *("示范村", "描述", "示范局", "示范公司（虚构）", "王五（虚构）", "000（虚构）"),
    *("示范路", "备注"),
)


def test_the_form_is_the_same_every_time(tmp_path):
    one, two = (write_template(tmp_path / f"{n}.xlsx") for n in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as parts:
        assert "信访举报" in parts.read("xl/worksheets/sheet1.xml").decode()


def test_a_form_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputRefusedError, match=r"ends in \.csv or \.xlsx"):
        write_template(tmp_path / "form.docx")


def test_no_column_of_a_case_is_one_of_a_reporter():
    assert not set(TAKEN) & set(REPORTER)
    assert {*TAKEN, *REPORTER} == {
        one.name for one in layers.spec("problem_report").fields
    }
    assert set(ORIGINS) == set(layers.spec("problem_report").field("origin").domain)
