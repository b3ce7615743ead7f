"""A printed document as data: words are made harmless once, captions are counted."""

from __future__ import annotations

import pytest
import small_document
from hypothesis import given
from hypothesis import strategies as st

from spatial.report.blocks import (
    Figure,
    Grid,
    GridColumn,
    Items,
    Pairs,
    Span,
    numbered,
    plain,
    spans,
)


@given(st.lists(st.text()))
def test_no_word_is_lost_and_none_is_unseen(texts):
    told = plain(tuple(texts))
    whole = "".join(texts)
    whole = whole.replace("\r\n", "\n").replace("\r", "\n") if "\r" in whole else whole
    assert "\r" not in told
    assert len(told) >= len(whole)  # "\r" at the end of one, "\n" at the start of next
    assert not any(ord(one) < 32 and one not in "\t\n" for one in told)


def test_spans_keep_their_look_and_empty_ones_are_left_out():
    said = spans(("甲", Span("", "strong"), Span("禁止", outcome="prohibited")))
    assert [(one.text, one.outcome) for one in said] == [
        ("甲", None),
        ("禁止", "prohibited"),
    ]


def test_tables_and_figures_are_counted_each_by_itself():
    made = small_document.every_block()
    counted = [
        (type(one).__name__, number) for one, number in numbered(made.blocks) if number
    ]
    assert counted == [("Grid", 1), ("Figure", 1), ("Grid", 2)]
    assert isinstance(made.blocks[11], Figure)


def test_a_row_that_does_not_fit_its_headings_is_refused():
    with pytest.raises(ValueError, match=r"'分区': 1 cells below 2"):
        Grid("分区", (GridColumn("甲"), GridColumn("乙")), (("a", "b"), ("a",)))


@pytest.mark.parametrize(
    "made",
    [
        lambda: Grid("分区", (GridColumn("甲"),), ()),
        lambda: Pairs(()),
        lambda: Items(()),
    ],
    ids=["table", "facts", "list"],
)
def test_what_is_empty_is_refused(made):
    with pytest.raises(ValueError, match="is empty; leave it out, or say"):
        made()
