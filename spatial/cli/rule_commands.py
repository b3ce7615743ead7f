"""``redline rules``: look into and check rulebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.coverage_command import coverage
from spatial.cli.terminal import lang_option, language, padded, say

if TYPE_CHECKING:
    from spatial.policy.pack import Checked

_rulebook = click.argument("rulebook", required=False)


@click.group()
def rules() -> None:
    """查看与检验规则库 / look into and check rulebooks.

    \b
    例 / example:
      redline rules list national
    """


@rules.command()
@_rulebook
@click.option(
    "--texts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="条文原文所在文件夹，逐字核对引文 / folder of the source texts; quotes are "
    "compared with them to the character",
)
@lang_option
@click.pass_context
def check(ctx: click.Context, rulebook: str | None, texts: Path | None) -> None:
    """检验规则库 / check a rulebook: what it cites, what it asks, its own cases.

    RULEBOOK is a built-in name or a file; "national" stands for every rulebook of
    national law. Without it, every built-in rulebook is checked. Refused are: no
    citation, no date, an unknown field or layer kind, editions that overlap, a rule
    without cases, a condition that nothing can meet. Exits with 1 when a case fails
    or a quote does not stand in its text. The last lines say how many rules have a
    case that hits, misses, lies on the edge, and is unknown.

    \b
    例 / example:
      redline rules check national
    """
    from spatial.policy.choice import spelled_out
    from spatial.policy.load import builtin, load_rulebook
    from spatial.policy.pack import check as checked

    books = spelled_out(rulebook) if rulebook else builtin()
    results = [checked(load_rulebook(name), texts=texts) for name in books]
    for one in results:
        _say_checked(one)
    if not all(one.passed for one in results):
        ctx.exit(1)


def _say_checked(one: Checked) -> None:
    """Print what became of a rulebook."""
    for case in one.failed:
        say(
            "cli.case_failed",
            rule=case.rule,
            name=case.case.name,
            expected=case.case.expect,
            got=case.got,
        )
    if one.quotes:
        for quote in one.quotes.wrong:
            say("cli.misquoted", rule=quote.rule, quote=quote.quote, text=quote.text)
        say(
            "cli.quotes",
            rulebook=one.rulebook.id,
            found=one.quotes.found,
            wrong=len(one.quotes.wrong),
            not_compared=one.quotes.not_compared,
        )
    for rule, aspects in one.without.items():
        say("cli.aspects_missing", rule=rule, aspects=", ".join(aspects))
    rules = len(one.rulebook.rules)
    say("cli.aspects", rulebook=one.rulebook.id, rules=rules, **one.with_aspect)
    say(
        "cli.all_cases",
        rulebook=one.rulebook.id,
        rules=rules,
        passed=len(one.results) - len(one.failed),
        cases=len(one.results),
    )


@rules.command("list")
@_rulebook
@lang_option
def list_(rulebook: str | None) -> None:
    """列出规则 / list rules: id, validity, title.

    "national" stands for every rulebook of national law.

    \b
    例 / example:
      redline rules list inner_mongolia
    """
    from spatial.policy.choice import spelled_out
    from spatial.policy.load import builtin, load_rulebook

    for name in spelled_out(rulebook) if rulebook else builtin():
        book = load_rulebook(name)
        click.echo(f"{book.id}  {book.title[language()]}")
        for rule in book.rules:
            spans = ", ".join(str(edition.valid) for edition in rule.editions)
            title = rule.title[language()]
            click.echo(f"  {padded(rule.id, 16)} {padded(spans, 24)} {title}")


@rules.command()
@click.argument("rule")
@click.option("--rulebook", help="规则库名称或文件 / name or file of the rulebook")
@lang_option
def show(rule: str, rulebook: str | None) -> None:
    """显示一条规则 / show a rule: quote, source, validity, notes, cases.

    \b
    例 / example:
      redline rules show NM14-S29
    """
    from layers.errors import UnknownKindError
    from spatial.policy.choice import spelled_out
    from spatial.policy.load import builtin, load_rulebook

    names = spelled_out(rulebook) if rulebook else builtin()
    books = [load_rulebook(name) for name in names]
    found = {one.id: (one, book) for book in books for one in book.rules}
    if rule not in found:
        raise UnknownKindError(what="rule", name=rule, known=sorted(found))
    wanted, book = found[rule]
    click.echo(f"{wanted.id}  {wanted.title[language()]}")
    for edition in wanted.editions:
        clause = edition.citation
        document = book.documents[clause.document].title[language()]
        click.echo(f"  {edition.valid}  {document} {clause.article}")
        click.echo(f"    “{clause.quote}”")
    if wanted.note:
        click.echo(f"  {wanted.note}")
    for case in wanted.cases:
        click.echo(f"  [{case.aspect}] {case.on} {case.name} -> {case.expect}")


@rules.command()
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写出的规则库文件（.yaml）/ rulebook to write",
)
@click.option("--title", default="", help="规则库标题 / title of the rulebook")
@click.option("--sheet", help="工作表 / sheet of the workbook")
@lang_option
def new(source: Path, out: Path, title: str, sheet: str | None) -> None:
    """由条款表格生成规则库草稿 / draft a rulebook from a spreadsheet of clauses.

    One row is one clause. What the sheet does not say is marked 待填, and the draft
    is refused by `redline rules check` until every mark is filled in. An existing
    file is never written over.

    \b
    例 / example:
      redline rules new clauses.xlsx -o rules/county.yaml
    """
    from layers.errors import InputRefusedError
    from spatial.policy.starter import MARK, read_drafts, skeleton

    if out.suffix != ".yaml" or out.exists():
        raise InputRefusedError(
            source=out,
            expected="the name of a new .yaml file",
            got="a file that is there" if out.exists() else repr(out.suffix),
            todo="choose another name",
        )
    drafts = read_drafts(source, sheet=sheet)
    text = skeleton(drafts, name=out.stem, title=title or out.stem)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    # The two lines at the head speak of the mark, and are none.
    open_ = sum(line.count(MARK) for line in text.splitlines()[2:])
    say("cli.drafted", path=str(out), rows=len(drafts), open=open_)
    say("cli.draft_next", path=str(out), mark=MARK)


rules.add_command(coverage)
