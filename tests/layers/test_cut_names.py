"""Field names that a Shapefile has cut to 10 bytes."""

import chinese_strings as zh
import pytest

import layers
from layers.frame.columns import match
from layers.frame.cutnames import cuts_of


def matched(*columns, kind="ecological_redline", **fields):
    return match(columns, spec=layers.spec(kind), fields=fields, source="x")


@pytest.mark.parametrize(
    ("column", "field", "alias"),
    [
        ("主导生态功", "function_type", "主导生态功能"),  # 10 bytes of GBK
        (
            "主导生",
            "function_type",
            "主导生态功能",
        ),  # 9 of UTF-8, then half a character
        ("行政区划代", "county_code", "行政区划代码"),
        ("county_cod", "county_code", "county_code"),
    ],
)
def test_a_cut_name_is_read_when_only_one_field_can_be_meant(column, field, alias):
    found = matched("编号", column)
    assert found.columns[field] == (column,)
    assert [(name, one.meant[name]) for name, one in found.cut] == [(field, alias)]


def test_a_beginning_that_several_fields_share_is_told_and_not_read():
    for column in ("生态保护红", "生态保"):
        found = matched(column)
        assert found.columns["code"] == () == found.columns["name"]
        (one,) = found.cut_unclear
        assert set(one.meant) == {"code", "name", "stated_area"}


def test_other_columns_do_not_make_a_shared_beginning_certain():
    found = matched("生态保护红", "红线名称", "面积")
    assert found.columns["code"] == ()
    assert [one.column for one in found.cut_unclear] == ["生态保护红"]


def test_a_field_that_has_its_column_takes_no_cut_one():
    found = matched("主导功能", "主导生态功")
    assert found.columns["function_type"] == ("主导功能",)
    assert found.cut == found.cut_unclear == ()


def test_two_columns_that_can_be_one_field_are_both_told():
    found = matched("主导生态功", "主导生")
    assert found.columns["function_type"] == ()
    assert [one.column for one in found.cut_unclear] == ["主导生态功", "主导生"]


def test_a_cut_between_two_words_may_be_a_whole_name():
    found = matched("registered", kind="project_site")
    assert found.columns["registered_area_m2"] == ()
    assert [one.column for one in found.cut_unclear] == ["registered"]


def test_what_the_user_says_wins():
    found = matched("生态保护红", code="生态保护红")
    assert found.columns["code"] == ("生态保护红",)
    assert found.cut_unclear == ()


def test_a_name_that_fits_is_not_cut():
    assert cuts_of("红线编码") == {"红线编": False}  # 12 bytes of UTF-8, 8 of GBK
    assert cuts_of("HXBM") == {}


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_shapefile_with_a_cut_name_says_how_it_was_read(encoding, tmp_path):
    names = ["国民经济行业代码".encode(encoding), "备注".encode(encoding)]
    path = zh.shapefile(tmp_path, [b"C2511"], name=names, width=20)
    layer = layers.read(path, kind="project_site")
    assert layer.frame["industry"].tolist() == ["C2511"]
    said = {one.code: one.facts for one in layer.issues}["field_name_cut"]
    assert (said["field"], said["alias"]) == ("industry", "国民经济行业代码")
    assert "国民经济行业代码".startswith(said["column"])


@pytest.mark.parametrize("kind", layers.kinds())
def test_every_name_that_a_shapefile_cuts_is_matched_told_or_shared(kind):
    spec = layers.spec(kind)
    for field in spec.fields:
        for full in (field.name, *field.aliases):
            for cut in cuts_of(full):
                found = match([cut], spec=spec, fields={}, source="x")
                told = {one.column for one in found.cut_unclear}
                read = [name for name, ones in found.columns.items() if cut in ones]
                assert told == {cut} or len(read) == 1, (full, cut)
