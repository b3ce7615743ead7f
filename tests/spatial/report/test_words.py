"""Words and numbers are what people expect, and nothing unseen slips through."""

from __future__ import annotations

import itertools
import string
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.spec import kinds, spec
from spatial.finding import OUTCOMES, SAID, UnknownKind
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_SIGN, zone_styles
from spatial.report.words import (
    hectares,
    margin,
    number,
    percent,
    period,
    say,
    sentence,
    stability,
    visible,
)
from spatial.text import LANGS, TEXTS, message

QUOTED = frozenset(
    {
        "unknown.unit_dimension_not_listed",
        "issue.access_effect_unreadable",
        "boundary.shifted",
        "report.method.area",
        "boundary.bad_row",
        "issue.access_text_missing",
    }
)
"""English sentences that name something by its Chinese word."""


@given(st.text())
def test_a_visible_text_can_be_stored_and_keeps_its_length(text):
    shown = visible(text)
    assert len(shown) == len(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not any(ord(one) < 32 and one not in "\t\n\r" for one in shown)
    assert visible(shown) == shown


def test_plain_chinese_stays_as_it_is():
    text = "生态保护红线（核心区）A-1，面积：1.5 公顷\n第二行"
    assert visible(text) == text


def test_a_direction_turning_sign_is_shown():
    assert visible("a\u202eb\x00") == "a\ufffdb␀"


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0.00%"),
        (0.5, "50.00%"),
        (1.0, "100.00%"),
        (0.00001, "<0.01%"),
        (0.99999, ">99.99%"),
        (None, "—"),
        (float("nan"), "—"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_all(share, expected):
    assert percent(share, "zh") == expected


def test_one_hectare_is_fifteen_mu():
    assert hectares(10_000.0, "zh") == "1.0000 公顷（15.00 亩）"
    assert hectares(10_000.0, "en") == "1.0000 ha (15.00 mu)"


def test_a_negative_margin_is_a_depth_beyond_the_limit():
    assert margin(-12.3456, "zh") == "已越过界限 12.346 米"
    assert margin(12.0, "zh") == "距触发尚有 12.000 米"
    assert margin(0.0001, "zh") == "恰在界限上"
    assert margin(None, "en") == "—"


def test_there_is_no_negative_zero():
    assert number(-0.0001, 2, "en") == "0.00"


def test_what_is_more_than_nothing_is_never_printed_as_nothing():
    # 0.21 m2 were "0.0000 ha (0.00 mu)"
    assert hectares(0.21, "en") == "<0.0001 ha (<0.01 mu)"
    assert hectares(0.0, "en") == "0.0000 ha (0.00 mu)"
    assert number(0.004, 2, "zh") == "<0.01"
    assert number(0.006, 2, "zh") == "0.01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-06-01/..", "2023-06-01 起"),
        ("../2025-12-31", "至 2025-12-31"),
        ("2021-01-01/2025-12-31", "2021-01-01 至 2025-12-31"),
        ("../..", "不限"),
        ("第二版", "第二版"),
    ],
)
def test_a_period_is_written_as_people_write_it(text, expected):
    assert period(text, "zh") == expected


def test_a_kind_in_a_message_is_named_by_its_title():
    title = spec("control_unit").title["zh"]
    said = message("doubt.layer_missing", title=spec("control_unit").title)
    assert title in sentence(said, "zh")


@pytest.mark.parametrize("lang", LANGS)
def test_every_outcome_and_unknown_has_its_words(lang):
    for outcome in OUTCOMES:
        assert say(f"outcome.{outcome}", lang)
        assert say(f"meaning.{outcome}", lang)
    assert len({say(f"outcome.{said}", lang) for said in SAID}) == len(SAID)
    for kind in get_args(UnknownKind):
        assert say(f"unknown_kind.{kind}", lang)
    for stable in (True, False, None):
        assert say(f"stable.{stability(stable)}.long", lang)


def test_both_languages_say_the_same_keys_with_the_same_places():
    chinese, english = (
        {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in TEXTS.sentences(lang).items()
        }
        for lang in LANGS
    )
    assert chinese == english


def words_of(text):
    """Return the letters of a text outside of the places for facts."""
    shown = "".join(said for said, *_ in string.Formatter().parse(text))
    return [one for one in shown if one.isalpha()]


def test_every_sentence_of_the_chinese_catalogue_is_chinese():
    # a name that is the same everywhere
    names = {"report.column.sha256"}
    for key, text in TEXTS.sentences("zh").items():
        words = words_of(text)
        chinese = any("一" <= one <= "鿿" for one in words)
        assert chinese or not words or key in names, (key, text)


def test_every_sentence_of_the_english_catalogue_is_english():
    for key, text in TEXTS.sentences("en").items():
        chinese = [one for one in words_of(text) if "一" <= one <= "鿿"]
        assert not chinese or key in QUOTED, (key, text)


def test_outcomes_differ_by_sign_and_colour():
    assert len(set(OUTCOME_SIGN.values())) == len(SAID)
    assert len(set(OUTCOME_COLOUR.values())) == len(SAID)


# Machado, Oliveira, Fernandes 2009, severity 1.0: what red-blind and green-blind
# eyes see of linear RGB.
RED_BLIND = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
GREEN_BLIND = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)


def linear(colour):
    """Return linear RGB of a hex colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


@pytest.mark.parametrize("eyes", [RED_BLIND, GREEN_BLIND])
def test_colour_blind_eyes_tell_the_outcomes_apart(eyes):
    seen = {
        outcome: [
            sum(a * b for a, b in zip(row, linear(c), strict=True)) for row in eyes
        ]
        for outcome, c in OUTCOME_COLOUR.items()
    }
    for one, other in itertools.combinations(seen, 2):
        parts = zip(seen[one], seen[other], strict=True)
        assert max(abs(a - b) for a, b in parts) > 0.05, (one, other)


def test_zone_kinds_keep_their_style_whatever_else_is_drawn():
    alone = zone_styles(("wetland",))["wetland"]
    among = zone_styles(("parks_of_ours", "wetland", "ecological_redline"))
    assert among["wetland"] == alone
    assert len(set(among.values())) == 3
    assert len(set(zone_styles(kinds()).values())) == len(kinds())
