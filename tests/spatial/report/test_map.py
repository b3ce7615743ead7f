"""The folium map needs no network, has no chance in it, and runs no data."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
import sample_content
from hypothesis import given
from hypothesis import strategies as st

from spatial.report.map import explore, inert


@given(st.text(alphabet=st.sampled_from("<>&\"'`${}\\/a甲\n\x00") | st.characters()))
def test_an_inert_text_has_no_sign_that_a_script_reads(text):
    assert not set(inert(text)) & set("<>\"'`$\\{}")


def test_the_map_is_the_same_twice():
    found = explore(sample_content.sample())
    first = found.get_root().render()
    assert found.get_root().render() == first
    assert explore(sample_content.sample()).get_root().render() == first


def test_the_map_refers_to_no_host():
    page = explore(sample_content.sample()).get_root().render()
    references = re.findall(r"(?:src|href)=\"([^\"]{0,12})", page)
    assert references
    assert all(one.startswith("data:text/") for one in references)
    assert "://" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


def test_no_hostile_name_stands_in_the_map_as_it_is():
    page = explore(sample_content.sample()).get_root().render()
    for name in (
        sample_content.IMAGE,
        sample_content.TEMPLATE,
        sample_content.SCRIPT,
    ):
        assert name not in page
    assert sample_content.NOTICE in page


@pytest.mark.parametrize(("lang", "word"), [("zh", "生态保护红线"), ("en", "red line")])
def test_the_layer_switch_is_the_legend(lang, word):
    page = explore(sample_content.sample(), lang).get_root().render()
    assert json.dumps(word)[1:-1] in page


def test_a_review_without_geometry_makes_an_empty_map():
    content = dataclasses.replace(sample_content.sample(), sites=(), notices=())
    assert "geo_json" not in explore(content).get_root().render()
