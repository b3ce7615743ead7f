"""The made-up county's rulebook, from a list of 30 clauses to one that is checked."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from layers.errors import DocumentError, InputRefusedError
from spatial.cli import main
from spatial.policy.cases import check_cases
from spatial.policy.load import load_rulebook
from spatial.policy.starter import MARK, read_drafts, skeleton

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "examples" / "county_list.csv"
BOOK = ROOT / "docs" / "examples" / "county.yaml"
PAGE = (ROOT / "docs" / "county_rulebook.md").read_text(encoding="utf-8")

GOOD = {
    "编号": "T-1",
    "标题": "湿地周边养殖",
    "英文标题": "Livestock near wetlands",
    "文件": "某县意见（虚构）",
    "英文文件名": "An opinion (made up)",
    "文件类型": "地方文件",
    "来源": "示例",
    "条款": "第一条",
    "原文": "湿地周边五百米范围内不得新建畜禽养殖场（虚构）",
    "施行日期": "2023-01-01",
    "适用区划": "150699",
    "项目类型": "养殖场",
    "建设性质": "新建",
    "行业代码": "0311、0313",
    "图层": "湿地",
    "空间关系": "周边",
    "距离（米）": "500",
    "效力": "禁止",
    "须提供": "方案",
    "须提供（英文）": "A plan",
}
EXPECTED = {"hit": "prohibited", "miss": "clear", "edge": "prohibited"}


def sheet(folder, *rows, head=None):
    head = head or list(rows[0])
    path = folder / "clauses.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(head)
        writer.writerows([[row.get(name, "") for name in head] for row in rows])
    return path


def draft(folder, *rows, **how):
    drafts = read_drafts(sheet(folder, *rows, **how), in_process=True)
    return skeleton(drafts, name="county", title="某县（虚构）")


def filled(text):
    """The draft with what a person has to add: an English title, expectations."""
    text = text.replace(f"en: }}  # {MARK}：英文标题", 'en: "A county"}')
    done, aspect = [], ""
    for line in text.splitlines():
        if "aspect:" in line:
            aspect = line.split()[-1]
        if "expect:" in line:
            head = line.partition("expect:")[0]
            line = f"{head}expect: {EXPECTED.get(aspect, 'not_checked')}"  # noqa: PLW2901
        done.append(line)
    return "\n".join(done) + "\n"


def loaded(folder, text):
    path = folder / "county.yaml"
    path.write_text(text, encoding="utf-8")
    return load_rulebook(path)


# -- the example -----------------------------------------------------------------------


def test_the_finished_rulebook_passes_its_check():
    said = CliRunner().invoke(main, ["rules", "check", str(BOOK)])
    assert said.exit_code == 0, said.output
    last = said.output.splitlines()[-1]
    assert last.startswith("county：30 条规则")
    assert last in PAGE


def test_every_clause_of_the_list_is_a_rule_quoted_to_the_character():
    with LIST.open(encoding="utf-8-sig", newline="") as source:
        listed = {row["编号"]: row["原文"] for row in csv.DictReader(source)}
    book = load_rulebook(BOOK)
    assert len(listed) == 30
    assert {one.id: one.editions[0].citation.quote for one in book.rules} == listed


def test_the_draft_of_the_list_is_refused_until_it_is_filled_in(tmp_path):
    out = tmp_path / "rules" / "county.yaml"
    made = CliRunner().invoke(main, ["rules", "new", str(LIST), "-o", str(out)])
    assert made.exit_code == 0, made.output
    text = out.read_text(encoding="utf-8")
    marks = sum(line.count(MARK) for line in text.splitlines()[2:])
    assert f"30 行条款，{marks} 处待填" in made.output
    checked = CliRunner().invoke(main, ["rules", "check", str(out)])
    assert checked.exit_code == 1
    assert "got '待填'" in checked.output


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    out = tmp_path / "county.yaml"
    out.write_text("mine", encoding="utf-8")
    said = CliRunner().invoke(main, ["rules", "new", str(LIST), "-o", str(out)])
    assert (said.exit_code, out.read_text(encoding="utf-8")) == (1, "mine")
    assert "a file that is there" in said.output


def test_every_heading_of_the_page_is_understood():
    with LIST.open(encoding="utf-8-sig", newline="") as source:
        for heading in next(csv.reader(source)):
            assert heading in PAGE, heading


# -- drafts ----------------------------------------------------------------------------


def test_a_row_that_says_everything_needs_titles_and_expectations_alone(tmp_path):
    text = draft(tmp_path, GOOD)
    marks = [line for line in text.splitlines()[2:] if MARK in line]
    assert len(marks) == 5  # the title of the book, and what four cases come to
    book = loaded(tmp_path, filled(text))
    assert all(one.passed for one in check_cases(book))
    (provision,) = book.rules[0].editions[0].provisions
    assert provision.where.distance_m == 500
    assert provision.effect == "prohibited"
    assert provision.requires == {"zh": "方案", "en": "A plan"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("编号", ""),
        ("标题", ""),
        ("英文标题", ""),
        ("文件", ""),
        ("英文文件名", ""),
        ("文件类型", "白皮书"),
        ("来源", ""),
        ("条款", ""),
        ("原文", ""),
        ("施行日期", "2023年"),
        ("失效日期", "长期"),
        ("适用区划", "某县"),
        ("适用区划", ""),
        ("项目类型", "飞船"),
        ("建设性质", "重建"),
        ("行业代码", "养殖业"),
        ("图层", "某区域"),
        ("图层", ""),
        ("空间关系", "靠近"),
        ("空间关系", "压盖"),
        ("空间关系", "不限地点"),
        ("距离（米）", "五百"),
        ("距离（米）", "0"),
        ("距离（米）", "-500"),
        ("距离（米）", "nan"),
        ("效力", "酌情"),
        ("须提供（英文）", ""),
    ],
)
def test_what_is_missing_or_not_understood_is_refused(tmp_path, column, value):
    head = [*GOOD, "失效日期"]
    text = draft(tmp_path, {**GOOD, column: value}, head=head)
    with pytest.raises(DocumentError, match=r"county\.yaml:\d+: "):
        loaded(tmp_path, filled(text))


def test_who_is_meant_is_never_guessed(tmp_path):
    nobody = {**GOOD, "项目类型": "", "建设性质": "", "行业代码": ""}
    with pytest.raises(DocumentError, match=r"subject: expected a mapping"):
        loaded(tmp_path, filled(draft(tmp_path, nobody)))
    everybody = {**nobody, "项目类型": "全部"}
    (rule,) = loaded(tmp_path, filled(draft(tmp_path, everybody))).rules
    assert rule.editions[0].provisions[0].subject is None


def test_rows_of_one_clause_are_provisions_of_one_rule(tmp_path):
    second = {**GOOD, "图层": "生态保护红线", "距离（米）": "50"}
    (rule,) = loaded(tmp_path, filled(draft(tmp_path, GOOD, second))).rules
    kinds = [one.where.kind for one in rule.editions[0].provisions]
    assert kinds == ["wetland", "ecological_redline"]


def test_one_id_for_two_clauses_is_refused(tmp_path):
    second = {**GOOD, "原文": "另一条（虚构）"}
    with pytest.raises(DocumentError, match="an id that no other rule has"):
        loaded(tmp_path, filled(draft(tmp_path, GOOD, second)))


@pytest.mark.parametrize(
    "text",
    [
        '引号"和\\反斜杠',
        "冒号: 井号 # 方括号 []",
        "换\n行",
        "又\u2028一\x85行",
        "- 开头",
        "{花括号}",
    ],
)
def test_no_words_of_the_sheet_break_the_draft(tmp_path, text):
    row = {**GOOD, "原文": text, "标题": text, "备注": text, "来源": text}
    (rule,) = loaded(tmp_path, filled(draft(tmp_path, row))).rules
    assert rule.editions[0].citation.quote == text
    assert (rule.title["zh"], rule.note) == (text, text)


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x85"])
def test_words_that_are_not_understood_do_not_end_their_comment(tmp_path, end):
    row = {**GOOD, "效力": f"酌情{end}    effect: restricted"}
    with pytest.raises(DocumentError, match=r"effect: expected one of prohibited"):
        loaded(tmp_path, filled(draft(tmp_path, row)))


def test_a_workbook_with_dates_and_numbers(tmp_path):
    book = openpyxl.Workbook()
    row = {**GOOD, "适用区划": 150699, "距离（米）": 500, "行业代码": "0311"}
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.save(tmp_path / "clauses.xlsx")
    drafts = read_drafts(tmp_path / "clauses.xlsx", in_process=True)
    text = skeleton(drafts, name="county", title="某县（虚构）")
    (rule,) = loaded(tmp_path, filled(text)).rules
    assert rule.territory == ("150699",)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (["编号", "标题"], "no heading with 编号 and 原文"),
        (["编号", "原文", "条文"], "two columns for quote"),
        (["编号", "原文", "颜色"], "of unknown heading"),
    ],
)
def test_a_sheet_whose_columns_are_not_understood_is_refused(tmp_path, head, words):
    path = sheet(tmp_path, dict.fromkeys(head, "甲"))
    with pytest.raises(InputRefusedError, match=words):
        read_drafts(path, in_process=True)


def test_a_sheet_without_rows_is_refused(tmp_path):
    path = sheet(tmp_path, {}, head=["编号", "原文"])
    with pytest.raises(InputRefusedError, match="no row below the heading"):
        read_drafts(path, in_process=True)
