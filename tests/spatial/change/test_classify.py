"""Class tables and rules are data, read strictly, and say that nobody verified them."""

import numpy as np
import pandas as pd
import pytest

from layers import spec
from layers.errors import DocumentError
from spatial.change.classify import KINDS_FILE, classify, load_classes, load_kinds


def test_the_tables_say_that_the_standard_was_not_read():
    assert not load_kinds().verified
    assert not any(one.verified for one in load_classes())
    assert all(one.source for one in load_classes())


def test_activity_classes_are_those_of_the_catalogue_and_unknown():
    (field,) = (
        one for one in spec("human_activity").fields if one.name == "activity_class"
    )
    ours = {one.id for one in load_classes() if one.table == "activity"}
    assert ours == set(field.domain) | {"unknown"}


def test_there_are_ten_reserve_classes_and_each_belongs_to_an_activity():
    ids = {one.id for one in load_classes() if one.table == "activity"}
    reserve = [one for one in load_classes() if one.table == "reserve"]
    assert len(reserve) == 11  # ten, and unknown
    assert {one.activity for one in reserve} <= ids


def test_every_rule_names_classes_that_are_there_and_agree():
    belongs = {one.id: one.activity for one in load_classes() if one.table == "reserve"}
    for rule in load_kinds().rules:
        assert belongs[rule.reserve_class] == rule.kind


def _edited(tmp_path, old, new):
    text = KINDS_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "kinds.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("class: transport", "class: motorway", "one of mining"),
        ("elongation: [8, null]", "elongation: [8]", r"\[low, high\]"),
        ("elongation: [8, null]", "colour: [8, null]", "a feature with a soft border"),
        ("direction: works", "direction: sideways", "one of works, retreat"),
        ("haze: {drift: 0.5,", "haze: {drifts: 0.5,", "one of the keys drift"),
        ("least_fit: 0.5", "least_fits: 0.5", "one of the keys"),
    ],
)
def test_a_mistake_in_the_rules_is_told_with_its_place(tmp_path, old, new, said):
    with pytest.raises(DocumentError, match=rf"kinds\.yaml:\d+.*{said}"):
        load_kinds(_edited(tmp_path, old, new))


def test_a_figure_can_be_changed(tmp_path):
    kinds = load_kinds(_edited(tmp_path, "least_fit: 0.5", "least_fit: 0.9"))
    assert kinds.least_fit == 0.9


def test_what_is_unknown_fits_no_rule():
    kinds = load_kinds()
    around = {f"ndvi_around_{name}" for name in ("before", "after")}
    derived = {"ndvi_apart_before", "ndvi_loss"}
    names = {name for rule in kinds.rules for name in rule.when} - derived
    names |= {"joins_share", "ndvi_before", "ndvi_after"} | around
    blank = pd.DataFrame({name: [np.nan] for name in sorted(names)})
    got = classify(blank, kinds).iloc[0]
    assert got["kind"] == got["surface"] == got["trend"] == "unknown"
    assert got["kind_confidence"] == 0
