import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import DocumentError, UnknownKindError
from layers.issue import SEVERITY, DataIssue
from layers.text import LANGS, TEXTS, Message, Texts, percent


def places(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_places():
    zh, en = (TEXTS.sentences(lang) for lang in LANGS)
    assert set(zh) == set(en)
    assert {key: places(one) for key, one in zh.items()} == {
        key: places(one) for key, one in en.items()
    }


def test_every_issue_code_has_a_sentence():
    keys = {f"issue.{code}" for code in SEVERITY}
    assert keys == {key for key in TEXTS.sentences("zh") if key.startswith("issue.")}


def test_an_issue_says_itself_in_both_languages():
    issue = DataIssue("duplicate_id", "r", 1, "A#2", {"id": "A", "new_id": "A#2"})
    assert "编号 A 重复" in TEXTS.render(issue.message)
    assert "id A occurs more than once" in TEXTS.render(issue.message, "en")


@given(st.floats(0, 1), st.integers(0, 4))
def test_a_part_is_never_printed_as_nothing_or_as_all(share, decimals):
    said = percent(share, decimals=decimals)
    assert (said == f"{0:.{decimals}%}") == (share == 0)
    assert (said == f"{1:.{decimals}%}") == (share == 1)
    if said[0] in "<>":
        bound = float(said[1:-1]) / 100
        assert share < bound if said[0] == "<" else share > bound
    else:
        assert float(said[:-1]) / 100 == pytest.approx(share, abs=0.51 / 10**decimals)


def test_a_message_in_a_message_is_said_in_the_same_language():
    said = Message(
        "issue.geometry_doubtful", {"reason": Message("mend.too_many_crossings")}
    )
    assert "自相交过多" in TEXTS.render(said, "zh")
    assert "crosses itself too often" in TEXTS.render(said, "en")


def test_an_unknown_sentence_is_an_error():
    with pytest.raises(UnknownKindError, match=r"unknown text 'issue\.nonsense'"):
        TEXTS.say("issue.nonsense")


def test_a_code_that_the_table_does_not_have_is_refused():
    with pytest.raises(KeyError, match="no such issue code: oops"):
        DataIssue("oops", "redline")


def test_a_key_may_stand_in_one_catalogue_only(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "zh.yaml").write_text("a: b\n", encoding="utf-8")
    texts = Texts((tmp_path / "one", tmp_path / "two"))
    with pytest.raises(DocumentError, match="a key that no other catalogue has"):
        texts.sentences("zh")
