"""docs/policy.md: the page is held to the catalogue, the operators, the example."""

from __future__ import annotations

import re
from pathlib import Path

from layers.spec import spec
from spatial.finding import OUTCOMES
from spatial.policy.cases import check_cases
from spatial.policy.load import builtin, load_rulebook

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text("utf-8")


def test_the_table_of_attributes_is_the_catalogue():
    rows = []
    for one in spec("project_site").fields:
        values = ", ".join(
            f"`{key}` {t['zh']}" for key, t in (one.titles or {}).items()
        )
        titles = f"{one.title['zh']} / {one.title['en']}"
        rows.append(f"| `{one.name}` | {titles} | {one.type} | {values} |")
    assert "\n".join(rows) in PAGE


def test_every_built_in_rulebook_and_outcome_is_named():
    for name in (*builtin(), *OUTCOMES):
        assert f"`{name}`" in PAGE


def test_the_example_rulebook_is_read_and_its_case_passes(tmp_path):
    example = re.search(r"```yaml\n(rulebook: local.*?)```", PAGE, re.DOTALL)
    assert example is not None
    path = tmp_path / "local.yaml"
    path.write_text(example.group(1), encoding="utf-8")
    (result,) = check_cases(load_rulebook(path))
    assert result.passed, result.got
