"""Put the notebooks on the documentation site, with their results where there are any.

mkdocs calls this (`hooks:` in mkdocs.yml). A notebook is stored without results;
`scripts/run_notebooks.py` runs copies of them into out/notebooks. A copy counts when
its cells are those of the notebook, to the character; without one the page shows text
and code, and says that there are no results.

Text goes into the page through Markdown, so that it is searched and styled like any
other page. Results are put in afterwards, as HTML: plain text escaped, pictures as
data, tables and cards as our own code wrote them. A result with a script in the page
itself stops the build (a map stands in a frame of its own).
"""

from __future__ import annotations

import html
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
DONE = Path(os.environ.get("ECOREDLINE_NOTEBOOKS", ROOT / "out" / "notebooks"))
FOLDER = "notebooks"
"""Of the pages, in the site."""

_NOT_RUN = (
    "!!! note\n    此页生成时没有运行笔记本，只有文字和代码。"
    "This page was built without running the notebook: text and code alone.\n"
)
_MARK = re.compile(r'<div data-result="(\d+)"></div>')
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class ResultError(Exception):
    """A result that must not stand on a page."""


class _Tags(HTMLParser):
    """Tags and handlers of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what would run in the page itself."""
        if tag in {"script", "object", "embed", "link", "base", "form"}:
            self.found.append(tag)
        for name, value in attrs:
            runs = (value or "").strip().lower().startswith("javascript:")
            if name.startswith("on") or runs:
                self.found.append(f"{tag} {name}")


def cells_of(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """Return type and text of each cell."""
    return [(one["cell_type"], "".join(one["source"])) for one in notebook["cells"]]


def with_results(path: Path, done: Path) -> dict[str, Any] | None:
    """Return the copy of a notebook that was run; None where it is another's."""
    copy = done / path.name
    if not copy.is_file():
        return None
    found: dict[str, Any] = json.loads(copy.read_text(encoding="utf-8"))
    stored = json.loads(path.read_text(encoding="utf-8"))
    return found if cells_of(found) == cells_of(stored) else None


def markdown_of(notebook: dict[str, Any], *, has_results: bool) -> str:
    """Return a notebook as Markdown, with a mark where the results of a cell go."""
    parts: list[str] = []
    for place, (sort, text) in enumerate(cells_of(notebook)):
        if sort == "markdown":
            parts.append(text)
        elif sort == "code" and text.strip():
            longest = max(map(len, re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            parts.append(f"{fence}python\n{text}\n{fence}")
            if has_results:
                parts.append(f'<div data-result="{place}"></div>')
    if not has_results:
        parts.insert(1, _NOT_RUN)
    return "\n\n".join(parts) + "\n"


def results_of(cell: dict[str, Any]) -> str:
    """Return the results of a cell as HTML.

    Raises
    ------
    ResultError
        It failed, or a result holds what would run in the page.
    """
    parts = [_result(one) for one in cell.get("outputs", ())]
    return f'<div class="nb-results">{"".join(parts)}</div>' if any(parts) else ""


def _result(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        msg = f"a cell failed: {output['ename']}: {output['evalue']}"
        raise ResultError(msg)
    if output["output_type"] == "stream":
        return _plain(output["text"])
    data = output["data"]
    if "text/html" in data:
        page = "".join(data["text/html"])
        tags = _Tags()
        tags.feed(page)
        tags.close()
        if tags.found:
            msg = f"a result would run in the page: {', '.join(tags.found)}"
            raise ResultError(msg)
        return f"<div>{page}</div>"
    if "image/png" in data:
        png = re.sub(r"\s", "", "".join(data["image/png"]))
        if not re.fullmatch(r"[A-Za-z0-9+/]+=*", png):
            msg = "a picture that is no PNG"
            raise ResultError(msg)
        return f'<img src="data:image/png;base64,{png}" alt="">'
    return _plain(data.get("text/plain", ""))


def _plain(text: str | list[str]) -> str:
    """Return text as HTML; of a bar that is written over itself, the last state."""
    lines = _COLOURS.sub("", "".join(text)).split("\n")
    shown = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return f"<pre>{html.escape(shown.rstrip())}</pre>" if shown.strip() else ""


# -- what mkdocs calls ----------------------------------------------------


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each notebook."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - the extra docs

    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        done = with_results(path, DONE)
        stored = json.loads(path.read_text(encoding="utf-8"))
        text = markdown_of(stored, has_results=done is not None)
        name = f"{FOLDER}/{path.stem}.md"
        files.append(File.generated(config, name, content=text))
    return files


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001
    """Put results in the place of their marks; the search reads the text alone."""
    source = Path(page.file.src_uri)
    if source.parent.as_posix() != FOLDER:
        return output
    done = with_results(NOTEBOOKS / f"{source.stem}.ipynb", DONE)
    if done is None:
        return output
    cells = done["cells"]
    return _MARK.sub(lambda found: results_of(cells[int(found[1])]), output)
