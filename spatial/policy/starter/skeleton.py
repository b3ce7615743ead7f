"""From drafts to the text of a rulebook; what is missing is marked and refused."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from spatial.policy.starter.drafts import codes_of, distance_of, values_of
from spatial.policy.starter.sketch import cases_of
from spatial.policy.starter.words import (
    EVERYTHING,
    day_of,
    document_kind_of,
    effect_of,
    kind_of,
    parts_of,
    relation_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spatial.policy.starter.drafts import Draft

MARK = "待填"
"""Stands where somebody has to fill something in; the loader refuses each."""

_ADCODE_DIGITS = 6
_DISTANCE = "within_distance"
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def skeleton(drafts: Sequence[Draft], *, name: str, title: str) -> str:
    """Return the text of a rulebook that is to be filled in.

    Parameters
    ----------
    drafts
        The rows. Rows with the same 编号, document, article and words are one rule
        with several provisions.
    name
        Name of the file without ``.yaml``: the loader wants them to agree.
    title
        Of the rulebook, in Chinese.

    Returns
    -------
    str
        YAML. Every place that is to be filled in holds `MARK`, as a value that the
        loader refuses or in a comment behind a key without a value, which it refuses
        too. `MARK` counts them.
    """
    documents = _documents(drafts)
    lines = [
        f"# 由表格生成的规则库草稿。在文中查找“{MARK}”，逐处填写，否则校验不会通过。",
        f"# A draft made from a spreadsheet: fill in every “{MARK}”, then run",
        f"#   redline rules check {name}.yaml",
        f"rulebook: {name}",
        f"title: {{zh: {_quoted(title)}, en: }}  # {MARK}：英文标题",
        "documents:",
    ]
    for key, cited in documents.values():
        lines += _document(key, cited)
    lines.append("rules:")
    for group in _grouped(drafts):
        lines += _rule(group, documents[_document_of(group[0])][0])
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar: JSON is YAML, but for three more line ends."""
    return json.dumps(text, ensure_ascii=False).translate(_LINE_ENDS)


def _said(key: str, text: str, hint: str) -> str:
    """Return a key with its text, or without a value, which is refused."""
    return f"{key}: {_quoted(text)}" if text else f"{key}:  # {MARK}：{hint}"


def _marked(key: str, text: str, hint: str) -> str:
    """Return a key with the mark as its value; what the sheet says stands behind it."""
    wrote = f"（表中为：{_one_line(text)}）" if text else ""
    return f"{key}: {MARK}  # {hint}{wrote}"


def _one_line(text: str) -> str:
    """Return a text that cannot end the comment it stands in."""
    return " ".join(text.split())


# -- documents ---------------------------------------------------------------------


def _document_of(draft: Draft) -> str:
    return draft.text("document")


def _documents(drafts: Sequence[Draft]) -> Mapping[str, tuple[str, list[Draft]]]:
    """Return the documents by title: an id and the rows that cite each."""
    found: dict[str, tuple[str, list[Draft]]] = {}
    for draft in drafts:
        key = f"doc{len(found) + 1}"
        found.setdefault(_document_of(draft), (key, []))[1].append(draft)
    return found


def _document(key: str, group: Sequence[Draft]) -> Iterator[str]:
    draft = group[0]
    title = draft.text("document")
    kind = document_kind_of(draft.text("document_kind"))
    yield f"  {key}:"
    yield "    title:"
    yield f"      {_said('zh', title, '文件全称')}"
    yield f"      {_said('en', draft.text('document_en'), '文件的英文名')}"
    hint = "law 法律、regulation 法规、normative 规范性文件、plan 规划、local 地方文件"
    if kind is None:
        yield f"    {_marked('kind', draft.text('document_kind'), hint)}"
    else:
        yield f"    kind: {kind}"
    # Rows of one document may begin on several days: it is as old as the first.
    first = min(group, key=lambda one: day_of(one.text("since")) or dt.date.max)
    yield f"    period: {_period(first)}"
    yield f"    {_said('source', draft.text('source'), '在哪里读到的原文')}"


def _period(draft: Draft) -> str:
    """Return a period; its first day must be stated."""
    since, until = day_of(draft.text("since")), day_of(draft.text("until"))
    if since is None:
        return f"{MARK}  # 施行日期，如 {{from: 2023-01-01}}"
    if until is None and draft.text("until"):
        wrote = _one_line(draft.text("until"))
        return f"{{from: {since}, to: {MARK}}}  # 截止日期（表中为：{wrote}）"
    return f"{{from: {since}, to: {until}}}" if until else f"{{from: {since}}}"


# -- rules -------------------------------------------------------------------------


def _grouped(drafts: Sequence[Draft]) -> Sequence[Sequence[Draft]]:
    """Return the rows of each rule: those that say the same clause once more."""
    same = ("id", "document", "article", "quote", "since", "until", "territory")
    found: dict[tuple[str, ...], list[Draft]] = {}
    for draft in drafts:
        key = tuple(draft.text(one) for one in same)
        # Without an id nobody said that two rows are one rule.
        found.setdefault(key if key[0] else (str(draft.row),), []).append(draft)
    return list(found.values())


def _rule(group: Sequence[Draft], document: str) -> Iterator[str]:
    draft = group[0]
    yield f"  # 表中第 {'、'.join(str(one.row) for one in group)} 行"
    yield f"  - {_said('id', draft.text('id'), '编号')}"
    yield "    title:"
    yield f"      {_said('zh', draft.text('title'), '标题')}"
    yield f"      {_said('en', draft.text('title_en'), '英文标题')}"
    yield f"    {_territory(draft)}"
    if draft.text("note"):
        yield f"    note: {_quoted(draft.text('note'))}"
    yield "    editions:"
    yield f"      - valid: {_period(draft)}"
    yield "        citation:"
    yield f"          document: {document}"
    yield f"          {_said('article', draft.text('article'), '第几条')}"
    yield f"          {_said('quote', draft.text('quote'), '条文原文，一字不改')}"
    yield "        provisions:"
    for one in group:
        yield from _provision(one)
    yield "    cases:"
    yield from cases_of(draft, mark=MARK)


def _territory(draft: Draft) -> str:
    """Return where the rule applies; everywhere must be said."""
    text = draft.text("territory")
    if text in EVERYTHING:
        return "territory: []"
    codes = parts_of(text)
    if codes and all(len(one) == _ADCODE_DIGITS and one.isdigit() for one in codes):
        return f"territory: [{', '.join(map(_quoted, codes))}]"
    return _marked("territory", text, '六位区划代码，如 ["150624"]；不限地区写 []')


def _provision(draft: Draft) -> Iterator[str]:
    subject = _subject(draft)
    lines = [*([subject] if subject else []), _where(draft), _effect(draft)]
    requires = draft.text("requires")
    if requires:
        en = draft.text("requires_en")
        english = f" {_quoted(en)}}}" if en else f" }}  # {MARK}：须提供材料的英文"
        lines.append(f"requires: {{zh: {_quoted(requires)}, en:{english}")
    yield f"          - {lines[0]}"
    yield from (f"            {one}" for one in lines[1:])


def _subject(draft: Draft) -> str:
    """Return who is meant; "" for every project, which must be said."""
    parts: list[str] = []
    said = {
        one: draft.text(one) for one in ("project_type", "construction", "industry")
    }
    wrote = "；".join(one for one in said.values() if one)
    for name in ("project_type", "construction"):
        values = values_of(draft, name)
        if values is None:
            return _marked("subject", wrote, "适用于哪些项目")
        if values:
            parts.append(f"{{{name}: {{in: [{', '.join(values)}]}}}}")
    codes = codes_of(draft)
    if codes is None:
        return _marked("subject", wrote, "适用于哪些项目（行业代码为 2 至 4 位数字）")
    if codes:
        listed = ", ".join(map(_quoted, codes))
        parts.append(f"{{industry: {{code_under: [{listed}]}}}}")
    if not parts:
        if any(one in EVERYTHING for one in said.values()):
            return ""
        return _marked("subject", wrote, "适用于哪些项目；全部项目则删去本行")
    return f"subject: {{all: [{', '.join(parts)}]}}"


def _where(draft: Draft) -> str:
    relation = relation_of(draft.text("relation"))
    kind = kind_of(draft.text("kind"))
    wrote = f"{draft.text('kind')} {draft.text('relation')}".strip()
    if relation == "anywhere" and not draft.text("kind"):
        return "where: {relation: anywhere}"
    if relation is None or kind is None or relation == "anywhere":
        hint = "图层与空间关系，如 {relation: intersects, kind: wetland}"
        return _marked("where", wrote, hint)
    distance = draft.text("distance_m")
    if relation == _DISTANCE:
        metres = distance_of(draft)
        shown = f"{metres:g}" if metres else MARK
        tail = "" if metres else f"  # 距离，米（表中为：{_one_line(distance)}）"
        return (
            f"where: {{relation: {relation}, kind: {kind}, distance_m: {shown}}}{tail}"
        )
    if distance:
        return _marked("where", f"{wrote} {distance}", "写了距离，空间关系却不是距离")
    return f"where: {{relation: {relation}, kind: {kind}}}"


def _effect(draft: Draft) -> str:
    effect = effect_of(draft.text("effect"))
    if effect is not None:
        return f"effect: {effect}"
    hint = "prohibited 禁止 / restricted 限制 / needs_information 人工判断"
    return _marked("effect", draft.text("effect"), hint)
