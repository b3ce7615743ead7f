"""The register: what is read and refused, and what is derived of each clause."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.dossier import dossier_kinds
from layers.errors import (
    DocumentError,
    InputRefusedError,
    SourceNotFoundError,
    UnknownKindError,
)
from layers.spec import kinds
from spatial.policy.load import builtin, load_rulebook, places
from spatial.policy.register.cover import (
    counts,
    cover,
    is_same_article,
    settings_of,
)
from spatial.policy.register.load import load_register
from spatial.policy.register.model import GROUPS, RULED, STATES
from spatial.text import TEXTS

HEAD = """\
register: plan
document:
  title: {zh: 某规划, en: A plan}
  kind: plan
  period: {from: 2021-01-01, to: 2025-12-31}
  text: plan.txt
  source: made up
regions:
  all:
    title: {zh: 全县, en: The county}
    adcodes: ["150624"]
  north:
    title: {zh: 北部, en: The north}
    adcodes: ["150625"]
clauses:
"""


def row(name, group="siting", *more):
    lines = [
        f"  - id: {name}",
        f"    group: {group}",
        f"    title: {{zh: 条款{name}, en: Clause {name}}}",
        "    article: 第三章第一节",
        f"    quote: 原文{name}",
        *(f"    {line}" for line in more),
    ]
    if not any(line.startswith("layers:") for line in more):
        lines.append("    layers: [wetland]")
    return "\n".join(lines) + "\n"


def folder(tmp_path, *rows, head=HEAD):
    (tmp_path / "clauses").mkdir()
    (tmp_path / "wanted_layers.yaml").write_text(
        "outfall: {zh: 排污口, en: outfall}\nboiler: {zh: 锅炉, en: boiler}\n", "utf-8"
    )
    (tmp_path / "clauses" / "plan.yaml").write_text(head + "".join(rows), "utf-8")
    return tmp_path


BOOK = """\
rulebook: local
title: {zh: 某县, en: A county}
documents:
  p:
    title: {zh: 某规划, en: A plan}
    kind: plan
    period: {from: 2021-01-01, to: 2025-12-31}
    text: plan.txt
    source: made up
  law:
    title: {zh: 某法, en: A law}
    kind: law
    period: {from: 2021-01-01}
    source: made up
rules:
"""


CASES = (
    "    cases: [{aspect: hit, name: 例, on: 2022-01-01, site: {point: [0, 0]},"
    " expect: prohibited}]"
)


def rule(name, *more, document="p", article="第三章第一节", provision=""):
    provision = provision or "{where: {relation: anywhere}, effect: prohibited}"
    lines = [
        f"  - id: {name}",
        "    title: {zh: 规则, en: Rule}",
        *(f"    {line}" for line in more),
        "    editions:",
        "      - valid: {from: 2021-01-01}",
        f"        citation: {{document: {document}, article: {article}, quote: 原文}}",
        f"        provisions: [{provision}]",
        CASES,
    ]
    return "\n".join(lines) + "\n"


def rulebook(tmp_path, *rules):
    path = tmp_path / "local.yaml"
    path.write_text(BOOK + "".join(rules), "utf-8")
    return load_rulebook(path)


def said(one, lang="zh"):
    return [TEXTS.render(reason, lang) for reason in one.reasons]


# -- reading -----------------------------------------------------------------------


def test_a_clause_is_read_with_what_its_text_states(tmp_path):
    rows = [
        row(
            "A",
            "data",
            "region: north",
            'since: "2020"',
            'due: ["2023-12-31", "2025"]',
            "layers: [wetland, outfall]",
            "data: [wetland.code]",
            "figure: open",
            "partly: {zh: 界标, en: marks}",
        ),
        row("B"),
    ]
    first, second = load_register(folder(tmp_path, *rows)).clauses
    assert (first.id, first.group, first.article) == ("A", "data", "第三章第一节")
    assert first.region.adcodes == ("150625",)
    assert (first.since, first.due) == ("2020", ("2023-12-31", "2025"))
    assert (first.layers, first.data) == (("wetland", "outfall"), ("wetland.code",))
    assert first.is_figure_open
    assert first.partly == {"zh": "界标", "en": "marks"}
    assert str(first.document.period) == "2021-01-01/2025-12-31"
    assert second.region.adcodes == ("150624",)
    assert (second.since, second.due, second.data) == ("", (), ())
    assert not second.is_figure_open
    assert second.partly == {}
    assert second.line > first.line


def test_a_document_without_a_date_has_no_period(tmp_path):
    head = re.sub(r"  period: .*\n", "", HEAD)
    (one,) = load_register(folder(tmp_path, row("A"), head=head)).clauses
    assert not one.document.period.is_stated


REFUSED = {
    "twice": ([row("A"), row("A")], r"each clause once \(first in plan\.yaml, line 16"),
    "group": ([row("A", "sitting")], r"group: expected one of siting, activity"),
    "key": ([row("A", "siting", "colour: red")], r"colour: expected one of the keys"),
    "layer": (
        [row("A", "siting", "layers: [wetlnad]")],
        r"layers\.1: expected a layer kind, or a name in wanted_layers",
    ),
    "field": (
        [row("A", "data", "data: [wetland.colour]")],
        r"data\.1: expected a field of a layer kind, written kind\.field",
    ),
    "field_of_no_kind": (
        [row("A", "data", "data: [outfall.code]")],
        r"data\.1: expected a field of a layer kind",
    ),
    "region": (
        [row("A", "siting", "region: south")],
        r"region: expected one of all, no",
    ),
    "due": (
        [row("A", "siting", 'due: ["end of 2025"]')],
        r"due\.1: expected a year or",
    ),
    "due_unquoted": (
        [row("A", "siting", "since: 2020-01-01")],
        r"since: expected a text",
    ),
    "figure": ([row("A", "siting", "figure: closed")], r"figure: expected one of open"),
    "partly": ([row("A", "siting", "partly: {zh: 一}")], r"expected the key 'en'"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_broken_row_is_refused_at_its_line(tmp_path, name):
    rows, words = REFUSED[name]
    with pytest.raises(DocumentError, match=rf"plan\.yaml:\d+: .*{words}"):
        load_register(folder(tmp_path, *rows))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["150624"]', "[]", "at least one adcode"),
        ('["150624"]', '["1506"]', "an adcode of six digits"),
        ("  all:\n", "  whole:\n", "the region 'all' of the whole document"),
        ("register: plan", "register: other", "expected one of plan"),
        ("  text: plan.txt\n", "", "expected the key 'text'"),
    ],
)
def test_a_broken_head_is_refused(tmp_path, old, new, words):
    head = HEAD.replace(old, new)
    assert head != HEAD
    with pytest.raises(DocumentError, match=words):
        load_register(folder(tmp_path, row("A"), head=head))


def test_a_folder_without_clauses_is_no_register(tmp_path):
    (tmp_path / "wanted_layers.yaml").write_text("a: {zh: 甲, en: a}\n", "utf-8")
    with pytest.raises(SourceNotFoundError, match=r"clauses.*no such file or folder"):
        load_register(tmp_path)


# -- deriving ----------------------------------------------------------------------


def test_a_clause_without_a_rule_is_open_and_says_what_is_missing(tmp_path):
    register = load_register(
        folder(
            tmp_path,
            row("A", "siting", "layers: [wetland, outfall, boiler]", "figure: open"),
            row("B", "activity"),
        )
    )
    first, second = cover(register, [])
    assert (first.state, second.state) == ("open", "open")
    assert first.marks == {"rule": "missing", "setting": "needed"}
    assert second.marks == {"rule": "missing"}
    assert said(first) == [
        "尚未写成规则",
        "原文未完整给出阈值、名录或口径，须由办公室设置",
        "目录中尚无图层类型：排污口、锅炉",
    ]
    assert said(second, "en") == ["no rule has been written yet"]


def test_a_rule_of_the_same_id_and_article_makes_a_clause_a_rule(tmp_path):
    register = load_register(folder(tmp_path, row("A"), row("B")))
    first, second = cover(register, [rulebook(tmp_path, rule("A"))])
    assert (first.state, first.rules) == ("rule", (("local", "A"),))
    assert first.marks == {"rule": "done"}
    assert said(first) == ["规则 A (local)"]
    assert (second.state, second.rules) == ("open", ())


def test_a_rule_answers_for_the_clauses_that_it_lists(tmp_path):
    register = load_register(folder(tmp_path, row("A"), row("B"), row("C")))
    book = rulebook(tmp_path, rule("X", "clauses: [A, B]"), rule("B"))
    assert [one.rules for one in cover(register, [book])] == [
        (("local", "X"),),
        (("local", "X"), ("local", "B")),
        (),
    ]


def test_a_rule_that_lists_its_own_id_answers_once(tmp_path):
    register = load_register(folder(tmp_path, row("A")))
    (one,) = cover(register, [rulebook(tmp_path, rule("A", "clauses: [A]"))])
    assert one.rules == (("local", "A"),)


SETTING_PLACES = {
    "subject": "{subject: {industry: {code_under: {setting: one}}},"
    " where: {relation: anywhere}, effect: prohibited}",
    "below_not_and_any": "{subject: {not: {any: [{is_two_high: {equals: true}},"
    " {industry: {code_under: {setting: one}}}]}},"
    " where: {relation: anywhere}, effect: prohibited}",
    "distance": "{where: {relation: within_distance, kind: wetland,"
    " distance_m: {setting: one}}, effect: prohibited}",
    "filter": "{where: {relation: intersects, kind: wetland,"
    " filter: {name: {names: {setting: one}}}}, effect: prohibited}",
    "relief": "{where: {relation: anywhere}, effect: prohibited, relief: [{when:"
    " {capacity_replacement_ratio: {above: {setting: one}}}, effect: clear,"
    " requires: {zh: 无, en: none}}]}",
}


@pytest.mark.parametrize("place", sorted(SETTING_PLACES))
def test_a_setting_anywhere_in_a_rule_makes_the_clause_need_it(tmp_path, place):
    register = load_register(folder(tmp_path, row("A")))
    book = rulebook(tmp_path, rule("A", provision=SETTING_PLACES[place]))
    (one,) = cover(register, [book])
    assert (one.state, one.settings) == ("needs_setting", ("one",))
    assert one.marks == {"rule": "done", "setting": "needed"}
    assert said(one) == ["规则 A (local)", "须由办公室设置 one"]


def test_what_a_rule_leaves_out_is_told(tmp_path):
    register = load_register(
        folder(tmp_path, row("A", "siting", "partly: {zh: 闲置, en: idling}"))
    )
    (one,) = cover(register, [rulebook(tmp_path, rule("A"))])
    assert one.is_partly
    assert one.marks == {"rule": "partly"}
    assert said(one)[-1] == "未包括：闲置"
    (alone,) = cover(register, [])
    assert not alone.is_partly
    assert said(alone) == ["尚未写成规则"]


def test_a_rule_that_only_asks_a_person_is_not_called_a_judgement(tmp_path):
    asks = "{where: {relation: anywhere}, effect: needs_information}"
    register = load_register(folder(tmp_path, row("A")))
    unread = rulebook(tmp_path, rule("A", provision=asks))
    (one,) = cover(register, [unread])
    assert said(one)[-1] == "规则只提示，须由审查人员对照原文判断"
    bans = "{where: {relation: anywhere}, effect: prohibited}"
    (two,) = cover(
        register, [rulebook(tmp_path, rule("A", provision=f"{asks}, {bans}"))]
    )
    assert said(two) == ["规则 A (local)"]


def test_monitoring_and_ledger_say_that_they_are_not_built(tmp_path):
    register = load_register(
        folder(tmp_path, row("A", "monitoring"), row("B", "ledger"))
    )
    watch, books = cover(register, [])
    assert (watch.state, watch.marks) == ("monitoring", {"monitoring": "missing"})
    assert (books.state, books.marks) == ("ledger", {"ledger": "missing"})
    assert said(watch) == ["属监测评估，本工具尚无此功能"]
    assert said(books, "en") == [
        "belongs to registers and inspection, which the toolkit does not do yet"
    ]


def test_a_command_that_does_a_part_is_told(tmp_path):
    helped = "helped: {zh: 命令甲做一半, en: command a does half}"
    register = load_register(folder(tmp_path, row("A", "monitoring", helped)))
    (watch,) = cover(register, [])
    assert (watch.state, watch.marks) == ("monitoring", {"monitoring": "partly"})
    assert said(watch) == ["部分实现：命令甲做一半"]


def test_a_command_that_does_the_whole_is_told_with_what_it_leaves_out(tmp_path):
    done = "done: {zh: 命令甲, en: command a}"
    left = f"{done}\n    partly: {{zh: 公开, en: publishing}}"
    register = load_register(
        folder(tmp_path, row("A", "ledger", done), row("B", "ledger", left))
    )
    whole, part = cover(register, [])
    assert (whole.marks, whole.is_partly) == ({"ledger": "done"}, False)
    assert (part.marks, part.is_partly) == ({"ledger": "partly"}, True)
    assert said(whole) == ["由 命令甲 实现"]
    assert said(part, "en") == ["done by command a", "not included: publishing"]


def test_a_clause_is_not_both_done_and_helped(tmp_path):
    both = "done: {zh: 甲, en: a}\n    helped: {zh: 乙, en: b}"
    with pytest.raises(DocumentError, match="either 'done' or 'helped'"):
        load_register(folder(tmp_path, row("A", "ledger", both)))


def _named_commands(text):
    """Return the commands and kinds that a sentence names."""
    named = re.findall(r"redline ((?:[a-z]+ ?){1,2})((?: --?[a-z][a-z_ -]*)?)", text)
    return [(words.split(), options) for words, options in named]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_that_a_clause_names_exists(lang):
    from spatial.cli import main

    for clause in load_register().clauses:
        for text in (clause.done.get(lang, ""), clause.helped.get(lang, "")):
            for words, _ in _named_commands(text):
                command = main.commands[words[0]]
                if hasattr(command, "commands") and len(words) > 1:
                    assert words[1] in command.commands, (clause.id, words)
            for kind in re.findall(r"--kind ([a-z_]+)", text):
                assert kind in dossier_kinds(), (clause.id, kind)


def test_every_ledger_clause_is_pointed_at_what_meets_it():
    ledger = [one for one in load_register().clauses if one.group == "ledger"]
    assert len(ledger) == 38
    assert all("redline" in one.done["zh"] and one.done["en"] for one in ledger)


def test_data_is_there_only_where_fields_are_named(tmp_path):
    fields = "data: [wetland.code, wetland.importance, admin_unit.level]"
    register = load_register(
        folder(tmp_path, row("A", "data", fields), row("B", "data"))
    )
    held, lost = cover(register, [])
    assert (held.state, held.marks) == ("data", {"data": "done"})
    assert said(held) == ["由图层字段存放：湿地（code、importance）；行政区（level）"]
    assert (lost.state, lost.marks) == ("open", {"data": "missing"})
    assert said(lost) == ["尚无存放它的图层类型或字段"]


def test_fields_do_not_make_a_siting_clause_met(tmp_path):
    register = load_register(
        folder(tmp_path, row("A", "siting", "data: [wetland.code]"))
    )
    assert cover(register, [])[0].state == "open"


def test_a_rule_that_cites_another_article_cannot_claim_a_clause(tmp_path):
    register = load_register(folder(tmp_path, row("A")))
    for wrong in (rule("A", article="第三章第二节"), rule("A", document="law")):
        book = rulebook(tmp_path, wrong)
        with pytest.raises(
            InputRefusedError,
            match=r"rule A to cite 某规划 第三章第一节.*clause A.*plan\.yaml:16",
        ):
            cover(register, [book])


def test_a_law_that_is_read_with_the_clause_may_answer_for_it(tmp_path):
    register = load_register(folder(tmp_path, row("A")))
    provision = (
        "{where: {relation: anywhere}, effect: prohibited, reads_with:"
        " [{document: p, article: 第三章第一节, quote: 原文}]}"
    )
    law = rule("X", "clauses: [A]", document="law", provision=provision)
    (one,) = cover(register, [rulebook(tmp_path, law)])
    assert one.state == "rule"


def test_a_rule_that_lists_a_clause_that_there_is_not_is_refused(tmp_path):
    register = load_register(folder(tmp_path, row("A")))
    book = rulebook(tmp_path, rule("X", "clauses: [A1]"))
    with pytest.raises(UnknownKindError, match=r"listed by rule X of .*'A1'; known: A"):
        cover(register, [book])


def test_a_document_without_text_is_known_by_its_title(tmp_path):
    register = load_register(folder(tmp_path, row("A")))
    book = rulebook(tmp_path, rule("A"))
    bare = replace(book.documents["p"], text="")
    named = replace(book, documents={**book.documents, "p": bare})
    assert cover(register, [named])[0].state == "rule"
    other = replace(bare, title={"zh": "另一规划", "en": "Another plan"})
    strange = replace(book, documents={**book.documents, "p": other})
    with pytest.raises(InputRefusedError, match="另一规划"):
        cover(register, [strange])


def test_counts_have_every_group_and_state(tmp_path):
    register = load_register(folder(tmp_path, row("A"), row("B", "ledger"), row("C")))
    found = counts(cover(register, [rulebook(tmp_path, rule("A"))]))
    assert list(found) == list(GROUPS)
    assert all(list(states) == list(STATES) for states in found.values())
    assert found["siting"] == dict.fromkeys(STATES, 0) | {"rule": 1, "open": 1}
    assert found["ledger"]["ledger"] == 1


@given(st.integers(1, 99), st.integers(1, 99))
def test_articles_are_the_same_only_with_the_same_number(one, other):
    assert is_same_article(f"第九章专栏{one}", f"第九章 专栏{other}") == (one == other)


@pytest.mark.parametrize(
    ("cited", "clause", "same"),
    [
        ("三、(九)", "三、（九）", True),
        ("第三章第一节第二段", "第三章第一节", True),
        ("第三章", "第三章第一节", False),
        ("第十三章第一节", "第三章第一节", False),
        ("", "第三章第一节", False),
    ],
)
def test_an_article_may_be_cited_more_closely_but_not_more_widely(cited, clause, same):
    assert is_same_article(cited, clause) is same


# -- the built-in register ---------------------------------------------------------


@pytest.fixture(scope="module")
def everything():
    return cover(load_register(), [load_rulebook(name) for name in builtin()])


def test_the_register_has_212_clauses_of_four_texts(everything):
    groups = Counter(one.clause.group for one in everything)
    assert groups == {
        "siting": 58,
        "activity": 38,
        "monitoring": 48,
        "ledger": 38,
        "data": 30,
    }
    assert {one.clause.document.id for one in everything} == {
        "nm14",
        "nmgov",
        "yuzhou",
        "yili",
    }


def test_every_siting_clause_is_a_rule_directly_or_with_a_setting(everything):
    siting = [one for one in everything if one.clause.group == "siting"]
    assert len(siting) == 58
    assert {one.state for one in siting} == {"rule", "needs_setting"}
    needs = {one.clause.id: one.settings for one in siting if one.settings}
    assert needs == {
        "NM14-S08": ("wuhai_key_industries",),
        "NM14-S11": ("heavy_chemical",),
        "NM14-S12": ("heavy_chemical",),
        "NM14-S20": ("heavy_chemical",),
        "NM14-S31": ("reclaimed_water_distance_m",),
        "NM14-S47": ("noise_barrier_distance_m",),
        "YL-S02": ("risk_road_distance_m",),
    }


def test_every_setting_that_the_rules_ask_for_is_on_the_page(everything):
    page = (Path(__file__).parents[3] / "docs" / "policy.md").read_text("utf-8")
    for name in {name for one in everything for name in one.settings}:
        assert f"| `{name}` |" in page


def test_the_states_agree_with_the_rulebooks_read_as_text(everything):
    # The other way: no loader, only the lines of the files.
    parts = [
        part
        for book in places().values()
        for path in (book, *sorted(book.with_suffix("").glob("*.yaml")))
        for part in re.split(r"\n  - id: ", path.read_text("utf-8"))[1:]
    ]
    ids = {one.clause.id for one in everything}
    ruled: dict[str, bool] = {}
    for part in parts:
        listed = re.search(r"\n    clauses: \[(.*)\]", part)
        names = re.findall(r"[\w-]+", listed[1]) if listed else []
        for name in {part.split("\n", 1)[0].strip(), *names} & ids:
            ruled[name] = ruled.get(name, False) or "{setting: " in part
    states = {one.clause.id: one.state for one in everything}
    assert {n for n, s in states.items() if s in ("rule", "needs_setting")} == set(
        ruled
    )
    assert {n for n, s in states.items() if s == "needs_setting"} == {
        name for name, needs in ruled.items() if needs
    }


def test_every_built_in_rule_of_a_registered_text_answers_for_a_clause(everything):
    texts = {one.clause.document.text for one in everything}
    answered = {pair for one in everything for pair in one.rules}
    for name in builtin():
        book = load_rulebook(name)
        for one in book.rules:
            cited = {book.documents[e.citation.document].text for e in one.editions}
            if cited & texts:
                assert (name, one.id) in answered, one.id


def test_what_is_left_out_is_said_only_of_clauses_that_are_met(everything):
    assert [
        one.clause.id for one in everything if one.clause.partly and not one.is_partly
    ] == []


def test_every_open_clause_has_a_reason_in_both_languages(everything):
    for one in everything:
        assert one.reasons, one.clause.id
        for lang in ("zh", "en"):
            assert all(text.strip() for text in said(one, lang))


def test_siting_and_activity_clauses_are_met_by_rules_or_open(everything):
    for one in everything:
        if one.clause.group in RULED:
            assert one.state in ("rule", "needs_setting", "open"), one.clause.id


def test_every_wanted_layer_is_spoken_of_by_a_clause():
    register = load_register()
    spoken = {name for one in register.clauses for name in one.layers}
    assert set(register.wanted) <= spoken
    assert spoken <= set(register.wanted) | set(kinds())


def test_the_settings_of_built_in_rules_are_known():
    book = load_rulebook("inner_mongolia")
    by_id = {one.id: one for one in book.rules}
    assert settings_of(by_id["NM14-S11"]) == ("heavy_chemical",)
    assert settings_of(by_id["NM14-S01"]) == ()
