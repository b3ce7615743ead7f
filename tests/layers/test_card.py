"""A card is a card whatever stands in the data."""

from __future__ import annotations

import dataclasses

import pytest
import sample_content
from card_html import texts_of
from hypothesis import given
from hypothesis import strategies as st

from layers.card import MOST_SIGNS, Card, CardTable, Sign, card_html
from layers.layer import Unavailable, Workspace
from layers.spec import spec
from layers.unseen import visible

NASTY = st.text(st.sampled_from("<>&\"'/=$`!-甲\x00\u202e") | st.characters())


@given(NASTY, NASTY, NASTY)
def test_every_text_stays_a_text(first, second, third):
    card = Card(
        first,
        ((second, Sign(third, "#9b1c1c")),),
        (CardTable((first,), ((second,), (Sign(third, "#000000"),))),),
        (third,),
    )
    read = "".join(texts_of(card_html(card)))
    for text in (first, second, third):
        # a carriage return is a line feed to a reader of HTML
        assert visible(text)[: MOST_SIGNS - 1] in read


def test_rows_that_are_not_shown_are_counted():
    rows = tuple((f"row {place}",) for place in range(13))
    shown = texts_of(card_html(Card("", tables=(CardTable(("h",), rows, left=100),))))
    assert "row 9" in shown
    assert "row 10" not in shown
    assert "… + 103" in shown


def test_a_text_that_is_cut_says_so():
    shown = texts_of(card_html(Card("甲" * (MOST_SIGNS + 1))))
    assert shown == ["甲" * (MOST_SIGNS - 1) + "…"]


@pytest.mark.parametrize("colour", ["red", "#fff", "#00000g", "#000000;x:url(//a)"])
def test_a_colour_is_a_colour(colour):
    with pytest.raises(ValueError, match="expected a colour #rrggbb"):
        card_html(Card("", (("", Sign("", colour)),)))


@pytest.mark.parametrize(
    "hostile", sample_content.HOSTILE, ids=range(len(sample_content.HOSTILE))
)
def test_a_layer_says_where_it_comes_from_and_that_it_is_made_up(hostile):
    layer = sample_content.layer(
        hostile, "ecological_redline", [sample_content.RED], ["甲"]
    )
    shown = texts_of(layer._repr_html_())
    assert "文件 2 行 = 保留 1 行 + 隔离 1 行" in shown
    assert sample_content.NOTICE in shown
    assert f"图层 {visible(hostile)}" in shown


def test_a_layer_whose_coverage_nobody_stated_says_so():
    layer = sample_content.layer(
        "redline", "ecological_redline", [sample_content.RED], ["甲"]
    )
    assert "未声明" not in texts_of(layer._repr_html_())
    unknown = dataclasses.replace(layer, coverage=None)
    assert "未声明" in texts_of(unknown._repr_html_())


def test_an_office_names_what_could_not_be_read_however_many_layers_it_has():
    good = sample_content.layer(
        "redline", "ecological_redline", [sample_content.RED], ["甲"]
    )
    kind = spec("wetland")
    lost = {
        f"w{place}": Unavailable(f"w{place}", kind, sample_content.IMAGE)
        for place in range(50)
    }
    office = Workspace("示范（虚构）", "150624", {"redline": good}, lost)
    shown = texts_of(office._repr_html_())
    for name in lost:
        assert f"未能读取 {name}：{sample_content.IMAGE}" in shown
