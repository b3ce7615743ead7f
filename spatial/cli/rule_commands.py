"""``redline rules``: look into and check rulebooks."""

from __future__ import annotations

from pathlib import Path

import click

from spatial.cli.coverage_command import coverage
from spatial.cli.terminal import lang_option, language, padded, say

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
@lang_option
@click.pass_context
def check(ctx: click.Context, rulebook: str | None) -> None:
    """运行规则自带的案例 / run the cases that each rule brings along.

    RULEBOOK is a built-in name or a file; without it, every built-in rulebook is
    checked. Exits with 1 when a case fails.

    \b
    例 / example:
      redline rules check national
    """
    from spatial.policy.cases import check_cases
    from spatial.policy.load import builtin, load_rulebook

    failed = 0
    for name in (rulebook,) if rulebook else builtin():
        book = load_rulebook(name)
        results = check_cases(book)
        wrong = [one for one in results if not one.passed]
        for one in wrong:
            expected = one.case.expect
            say(
                "cli.case_failed",
                rule=one.rule,
                name=one.case.name,
                expected=expected,
                got=one.got,
            )
        say(
            "cli.all_cases",
            rulebook=book.id,
            rules=len(book.rules),
            passed=len(results) - len(wrong),
            cases=len(results),
        )
        failed += len(wrong)
    if failed:
        ctx.exit(1)


@rules.command("list")
@_rulebook
@lang_option
def list_(rulebook: str | None) -> None:
    """列出规则 / list rules: id, validity, title.

    \b
    例 / example:
      redline rules list inner_mongolia
    """
    from spatial.policy.load import builtin, load_rulebook

    for name in (rulebook,) if rulebook else builtin():
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
    from spatial.policy.load import builtin, load_rulebook

    books = [load_rulebook(name) for name in ((rulebook,) if rulebook else builtin())]
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
