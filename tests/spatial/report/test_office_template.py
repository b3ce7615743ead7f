"""An office's own Word template: filled with words, and with words alone."""

from __future__ import annotations

import dataclasses
import zipfile

import docx
import pytest
import sample_content
from word_template import SITE, WORDS, write_template

from layers.errors import InputRefusedError
from spatial.report.office_template import template_context, write_from_template
from spatial.report.words import say


def filled(content, tmp_path, words=WORDS, *, rows=True, lang="zh"):
    """Return the words of a filled template, tables after paragraphs."""
    template = write_template(tmp_path / "t.docx", words, rows=rows)
    out = tmp_path / "office.docx"
    write_from_template(content, template, out, lang=lang)
    file = docx.Document(str(out))
    cells = [cell.text for t in file.tables for row in t.rows for cell in row.cells]
    return "\n".join([*(one.text for one in file.paragraphs), *cells])


def only(site_id):
    whole = sample_content.sample()
    sites = tuple(one for one in whole.sites if one.site_id == site_id)
    return dataclasses.replace(whole, sites=sites)


def named(name):
    """The sample with one site of a name."""
    content = only("S-0")
    (site,) = content.sites
    return dataclasses.replace(content, sites=(dataclasses.replace(site, name=name),))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_run_is_filled_in(tmp_path, lang):
    content = sample_content.sample()
    said = filled(content, tmp_path, lang=lang)
    assert content.run_id in said
    assert say("summary.promise", lang) in said
    for site in content.sites:
        assert say(f"outcome.{site.outcome}", lang) in said
    assert "{{" not in said
    assert "{%" not in said


def test_a_site_has_its_clause_in_its_own_words(tmp_path):
    said = filled(only("S-0"), tmp_path, SITE)
    assert "项目：S-0 示范化工厂" in said
    assert "面积：14.1800 公顷，212.70 亩" in said
    assert f"：{sample_content.LAW.quote}（2022-08-16 起）" in said


def test_a_run_of_many_has_no_site_alone():
    assert "site" not in template_context(sample_content.sample())
    context = template_context(only("S-0"))
    assert context["site"] is context["sites"][0]


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "{% for one in sites %}x{% endfor %}",
        "</w:t></w:r><w:r><w:t>injected",
        "<w:fldSimple w:instr='INCLUDEPICTURE x'/>",
        "a & b < c > d \" '",
        "&lt;b&gt;",
    ],
)
def test_a_value_is_never_read_as_a_tag_or_as_markup(tmp_path, name):
    said = filled(named(name), tmp_path, "{{ site.name }}", rows=False)
    assert said == name


def test_a_control_character_is_shown(tmp_path):
    said = filled(named("a\x07b\x0cc\x00"), tmp_path, "{{ site.name }}", rows=False)
    assert said == "a␇b␌c␀"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("{{ outcom }}", "'outcom' is undefined"),
        ("{{ site.titles }}", "has no attribute 'titles'"),
        ("{% for one in sites %}", "nexpected end of template"),
        ("{{ title.__class__ }}", "unsafe"),
    ],
)
def test_a_tag_that_names_nothing_is_refused(tmp_path, words, part):
    template = write_template(tmp_path / "t.docx", words, rows=False)
    out = tmp_path / "office.docx"
    with pytest.raises(InputRefusedError, match=part) as refused:
        write_from_template(only("S-0"), template, out)
    assert str(template) in str(refused.value)
    assert "a template may name counts" in str(refused.value)
    assert not out.exists()


def broken(sort, path):
    """Write a file that is no template."""
    if sort == "text":
        path.write_text("{{ title }}", "utf-8")
    elif sort == "archive":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.txt", "a")
    elif sort == "torn":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("word/document.xml", "<w:document>")
    return path


@pytest.mark.parametrize(
    ("sort", "part"),
    [
        ("missing", "no such file"),
        ("text", "another file"),
        ("archive", r"an archive without word/document\.xml"),
        ("torn", "another file"),
    ],
)
def test_what_is_no_word_file_is_refused(tmp_path, sort, part):
    template = broken(sort, tmp_path / "t.docx")
    with pytest.raises(InputRefusedError, match=part):
        write_from_template(only("S-0"), template, tmp_path / "office.docx")


def test_the_same_review_and_template_give_the_same_bytes(tmp_path):
    template = write_template(tmp_path / "t.docx")
    content = sample_content.sample()
    files = [tmp_path / "a.docx", tmp_path / "b.docx"]
    for one in files:
        write_from_template(content, template, one)
    assert files[0].read_bytes() == files[1].read_bytes()
