"""Rulebooks: what is read, and what is refused with the place where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.errors import (
    DocumentError,
    InputRefusedError,
    SourceNotFoundError,
    UnknownKindError,
)
from spatial.policy.load import LEVELS, builtin, load_rulebook, places

BROKEN = Path(__file__).parents[2] / "broken" / "rulebooks"

REFUSED = {
    "about_outside": r":9: rules\.1\.about: expected one of project, activity, got",
    "adcode_as_number": r":9: rules\.1\.territory\.1: expected a text",
    "advice_with_relief": r":16: .*relief: expected no exception from an advice",
    "advice_without_words": r":13: .*expected the key 'requires'",
    "anywhere_with_kind": r":14: .*\.where\.kind: expected no place beside 'anywhere'",
    "assumption_in_not_within": r":14: .*expected no reading by assumption",
    "assumption_under_not": r":14: .*expected no reading by assumption",
    "assumption_without_reason": r":14: .*expected the key 'because'",
    "case_at_the_pole": r":17: .*\.at: expected \[longitude, latitude\] within 178",
    "case_box_turned": r":17: .*west < east",
    "case_outside_domain": r":17: .*one of new, rebuild, expand, upgrade, got 'newish'",
    "case_unknown_attribute": r":17: rules\.1\.cases\.1\.site\.colour",
    "case_unknown_kind": r":17: .*a layer kind: .*got 'forest'",
    "case_unknown_outcome": r":17: .*got 'fine'",
    "case_without_shape": r":17: .*exactly one shape: box, line, point",
    "clauses_no_list": r":9: rules\.1\.clauses: expected a list, got 'EX-2'",
    "cover_without_overlap": r":14: .*the relation 'intersects' beside it",
    "duplicate_id": r":18: rules\.2\.id: .*got 'EX-1'",
    "duplicate_key": r":16: .*each key once \(first on line 15\)",
    "empty_list": r":13: .*at least one value",
    "ends_before_it_begins": r":10: .*a day not before 2022-12-31",
    "needless_distance": r":14: .*no distance beside this relation",
    "no_cases": r":16: rules\.1\.cases: expected at least one case",
    "no_citation": r":10: rules\.1\.editions\.1: expected the key 'citation'",
    "no_date": r":10: .*valid: expected the key 'from'",
    "no_distance": r":14: .*expected the key 'distance_m'",
    "no_quote": r":11: .*expected the key 'quote'",
    "no_title_en": r":8: .*expected the key 'en'",
    "operator_misfit": r":13: .*a comparison that fits project_type, a text, got above",
    "outside_domain": r":14: .*got 'kernel'",
    "outside_site_domain": r":13: .*got 'mines'",
    "overlapping_editions": r":16: .*after the edition before it \(2021-01-01/2022",
    "reason_without_assumption": r":14: .*'missing: match' or 'assumed' beside it",
    "two_keys": r":13: .*exactly one key: all, any, not",
    "two_operators": r":13: .*exactly one comparison",
    "undated_prohibits": r":15: .*needs_information or advice, because the text bears",
    "unknown_attribute": r":13: .*a field of project_site: .*got 'project_kind'",
    "unknown_document": r":11: .*expected one of plan, got 'law'",
    "unknown_effect": r":15: .*got 'forbidden'",
    "unknown_key": r":8: rules\.1\.heading: expected one of the keys id, title",
    "unknown_kind": r":14: .*got 'nature_reserv'",
    "unknown_operator": r":13: .*got 'like'",
    "unknown_relation": r":14: .*got 'overlaps'",
    "unknown_zone_field": r":14: .*a field of nature_reserve: .*got 'sone'",
    "unverified_prohibits": r":15: .*needs_information, because the cited text is",
    "wrong_date": r":10: .*got '2021-13-01'",
    "years_in_parts": r":13: .*expected a whole number of years, 0 or more",
    "years_of_a_number": r":13: .*comparison that fits boiler_t_per_h, a number",
    "wrong_name": r":2: rulebook: expected one of wrong_name, got 'another_name'",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_broken_rulebook_is_refused_at_its_line(name):
    with pytest.raises(DocumentError, match=REFUSED[name]) as refused:
        load_rulebook(BROKEN / f"{name}.yaml")
    assert refused.value.path == BROKEN / f"{name}.yaml"


def test_every_broken_rulebook_is_in_the_table():
    assert {path.stem for path in BROKEN.glob("*.yaml")} == set(REFUSED)


def test_the_built_in_rulebooks_are_known_by_name():
    assert {"inner_mongolia", "national", "yili", "yuzhou"} <= set(builtin())
    assert list(builtin()) == sorted(builtin())
    for name in builtin():
        book = load_rulebook(name)
        assert (book.id, book.path) == (name, f"{name}.yaml")
        assert len(book.sha256) == 64


def test_rulebooks_stand_by_level_nation_first():
    levels = [path.parent.name for path in places().values()]
    assert levels == sorted(levels, key=LEVELS.index)
    assert places()["national"].parent.name == "nation"
    assert places()["inner_mongolia"].parent.name == "province"
    assert places()["yuzhou"].parent.name == "city"


def _touched(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_two_built_in_rulebooks_of_one_name_are_refused(tmp_path):
    root = _touched(tmp_path, "nation/water.yaml", "province/water.yaml")
    with pytest.raises(InputRefusedError, match=r"province.water\.yaml: .*got water, "):
        places(root)


@pytest.mark.parametrize("name", ["water.yaml", "village/a.yaml", "nation/b/a.yaml"])
def test_a_rulebook_in_no_folder_of_a_level_is_refused(tmp_path, name):
    with pytest.raises(InputRefusedError, match=rf"folders nation, .*got {name}; move"):
        places(_touched(tmp_path, name))


# -- a rulebook in several files -------------------------------------------------------

HEAD = """
rulebook: law
title: {zh: 示例, en: Example}
documents:
  plan: {title: {zh: 示例, en: Example}, kind: law, period: {from: 2021-01-01},
         source: 虚构}
"""
RULES = """
rules:
  - id: EX-%s
    title: {zh: 示例条款, en: Example clause}
    editions:
      - valid: {from: 2021-01-01}
        citation: {document: plan, article: 第一条, quote: 虚构条文}
        provisions: [{where: {relation: anywhere}, effect: prohibited}]
    cases:
      - {aspect: hit, name: 示例, on: 2021-05-01, site: {point: [0, 0]},
         expect: prohibited}
"""


def in_parts(folder, said, **parts):
    (folder / "law.yaml").write_text(HEAD + said + RULES % 1, "utf-8")
    (folder / "law").mkdir(exist_ok=True)
    for name, text in parts.items():
        (folder / "law" / f"{name}.yaml").write_text(text, "utf-8")
    return folder / "law.yaml"


def test_a_rulebook_goes_on_in_its_parts_in_the_order_listed(tmp_path):
    two, three = (f"part_of: law{RULES % n}" for n in (2, 3))
    book = load_rulebook(in_parts(tmp_path, "parts: [b, a]", a=two, b=three))
    assert [rule.id for rule in book.rules] == ["EX-1", "EX-3", "EX-2"]
    again = load_rulebook(in_parts(tmp_path, "parts: [b, a]", a=two, b=three + " "))
    assert book.sha256 != again.sha256


def test_a_part_that_is_not_listed_is_refused(tmp_path):
    two = f"part_of: law{RULES % 2}"
    with pytest.raises(InputRefusedError, match=r"'parts', because .*write parts: \[a"):
        load_rulebook(in_parts(tmp_path, "", a=two))
    with pytest.raises(DocumentError, match="parts: expected each file of law/ once"):
        load_rulebook(in_parts(tmp_path, "parts: [a]", a=two, b=two))
    with pytest.raises(DocumentError, match="parts: expected each file of law/ once"):
        load_rulebook(in_parts(tmp_path, "parts: [a, b, c]", a=two, b=two))


def test_a_part_of_another_rulebook_and_a_rule_twice_are_refused(tmp_path):
    with pytest.raises(DocumentError, match="part_of: expected one of law, got 'lore'"):
        load_rulebook(in_parts(tmp_path, "parts: [a]", a=f"part_of: lore{RULES % 2}"))
    with pytest.raises(DocumentError, match=r"a\.yaml:.*an id that no other rule has"):
        load_rulebook(in_parts(tmp_path, "parts: [a]", a=f"part_of: law{RULES % 1}"))


def test_a_path_and_a_name_give_the_same_rules():
    by_path = load_rulebook(places()["yili"])
    assert by_path.rules == load_rulebook("yili").rules
    assert by_path.path.endswith("yili.yaml")


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(
        UnknownKindError, match=r"rulebook 'atlantis'; known: .*inner_mon"
    ):
        load_rulebook("atlantis")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceNotFoundError, match=r"local\.yaml: no such file"):
        load_rulebook(tmp_path / "local.yaml")


SITING = {
    "inner_mongolia": [f"NM14-S{n:02}" for n in range(1, 50)],
    "inner_mongolia_governance": ["NMGOV-S01", "NMGOV-S02", "NMGOV-S03"],
    "yuzhou": ["YZ-S01", "YZ-S02", "YZ-S03"],
    "yili": ["YL-S01", "YL-S02", "YL-S03"],
}


@pytest.mark.parametrize("name", sorted(SITING))
def test_every_siting_clause_is_a_rule(name):
    ids = sorted(rule.id for rule in load_rulebook(name).rules)
    assert ids == SITING[name]


def test_no_rule_id_stands_in_two_built_in_rulebooks():
    ids = [rule.id for name in builtin() for rule in load_rulebook(name).rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", builtin())
def test_every_built_in_rule_has_a_case_of_every_aspect(name):
    for rule in load_rulebook(name).rules:
        assert {case.aspect for case in rule.cases} == {
            "hit",
            "miss",
            "edge",
            "unknown",
        }, rule.id
