"""Quotes against the texts they cite, to the character; ids against the clauses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spatial.policy.load import builtin, load_rulebook

pytestmark = pytest.mark.shared

OWN = Path(__file__).parent / "texts"
"""Articles that the project's shared material does not have, as they were read."""

POLICY = Path(__file__).parents[4] / "shared" / "policy"


def bare(text: str) -> str:
    """Return a text without blanks, line breaks and page marks."""
    return re.sub(r"\s+", "", re.sub(r"—\s*\d+\s*—", "", text))


def cited(rule):
    for edition in rule.editions:
        yield edition.citation
        for provision in edition.provisions:
            yield from provision.reads_with
            yield from (one.citation for one in provision.relief if one.citation)


@pytest.mark.parametrize("name", builtin())
def test_every_quote_stands_in_its_source(name):
    book = load_rulebook(name)
    for rule in book.rules:
        for citation in cited(rule):
            text = book.documents[citation.document].text
            own = OWN / f"{citation.document}.txt"
            source = POLICY / "texts" / text if text else POLICY / "regulations.md"
            source = own if own.exists() else source
            assert bare(citation.quote) in bare(source.read_text("utf-8")), (
                rule.id,
                citation.quote,
            )


def articles(text: str) -> dict[str, str]:
    """Return the articles of an own text by number, their parts joined."""
    found: dict[str, str] = {}
    number = ""
    for line in text.splitlines():
        head = re.match(r"(第[一二三四五六七八九十百]+条|题注)", line)
        number = head.group(1) if head else number
        found[number] = found.get(number, "") + bare(line)
    return found


@pytest.mark.parametrize("name", builtin())
def test_every_quote_stands_in_the_article_that_it_names(name):
    book = load_rulebook(name)
    for rule in book.rules:
        for citation in cited(rule):
            own = OWN / f"{citation.document}.txt"
            number = re.match(r"第[一二三四五六七八九十百]+条|题注", citation.article)
            if own.exists() and number:
                there = articles(own.read_text("utf-8"))[number.group(0)]
                assert bare(citation.quote) in there, (rule.id, citation.article)


def test_only_laws_that_nobody_could_read_are_quoted_at_second_hand():
    quoted = {
        citation.document
        for name in builtin()
        for rule in load_rulebook(name).rules
        for citation in cited(rule)
        if citation.verified != "text"
    }
    assert quoted == {
        "channels1988",  # the revisions before the fourth
        "farmlandred2025",
        "lines2019",
        "opinion2019",
        "redline142",  # its classes 6 and 7
        "reserve2026",
    }


OF_CLAUSES = [
    "inner_mongolia",
    "inner_mongolia_activity",
    "inner_mongolia_governance",
    "yuzhou",
    "yuzhou_activity",
    "yili",
    "yili_activity",
]


@pytest.mark.parametrize("name", OF_CLAUSES)
def test_every_rule_id_is_a_clause_and_quotes_it(name):
    # Read as text: the file is 9,000 lines, and only two keys of it are wanted.
    clauses = (POLICY / "clauses.yaml").read_text("utf-8")
    parts = [part for part in clauses.split("\n- id: ")[1:] if "\n  quote: " in part]
    by_id = {part.split("\n", 1)[0].strip(): part for part in parts}
    assert len(by_id) == 212
    for rule in load_rulebook(name).rules:
        quote = re.search(r"\n  quote: (.*)", by_id[rule.id])
        assert quote is not None
        assert rule.editions[0].citation.quote == quote.group(1).strip("'\"")
