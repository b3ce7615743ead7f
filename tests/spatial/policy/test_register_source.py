"""The register against the list of clauses and the texts that it was made from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from spatial.policy.register.load import load_register

POLICY = Path(__file__).parents[4] / "shared" / "policy"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def listed():
    text = (POLICY / "clauses.yaml").read_text("utf-8")
    # The safe C loader: 9,000 lines take the other one seconds.
    rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {one["id"]: one for one in rows["clauses"]}


@pytest.fixture(scope="module")
def clauses():
    return load_register().clauses


def bare(text: str) -> str:
    """Return a text without blanks, line breaks and page marks."""
    return re.sub(r"\s+", "", re.sub(r"—\s*\d+\s*—", "", text))


def test_every_clause_of_the_list_is_in_the_register_and_no_other(listed, clauses):
    assert len(listed) == 212
    assert sorted(one.id for one in clauses) == sorted(listed)


def test_group_text_region_and_dates_are_those_of_the_list(listed, clauses):
    for one in clauses:
        row = listed[one.id]
        assert one.group == row["group"], one.id
        assert one.document.text == row["source_file"], one.id
        assert list(one.region.adcodes) == row["region"]["adcodes"], one.id
        assert one.region.title["zh"] == row["region"]["name"], one.id
        assert one.since == str(row["dates"]["from"] or ""), one.id
        assert " / ".join(one.due) == str(row["dates"]["due"] or ""), one.id


def test_the_article_is_the_chapter_and_section_of_the_list(listed, clauses):
    for one in clauses:
        row = listed[one.id]
        number = re.compile(r"[^一二三四五六七八九十0-9]")
        heads = [
            re.match(r"[^ 、]*", row["chapter"])[0],
            re.match(r"专栏\d+|第.+?节|[（(].+?[）)]", row["section"])[0],
        ]
        assert number.sub("", one.article) == number.sub("", "".join(heads)), one.id


def test_every_quote_is_that_of_the_list_and_stands_in_its_text(listed, clauses):
    texts = {
        name: bare((POLICY / "texts" / name).read_text("utf-8"))
        for name in {one.document.text for one in clauses}
    }
    for one in clauses:
        assert one.quote == listed[one.id]["quote"], one.id
        assert bare(one.quote) in texts[one.document.text], one.id
