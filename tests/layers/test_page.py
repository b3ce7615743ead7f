"""docs/layers.md says what is true."""

from pathlib import Path

import layers
from layers.document import loads
from layers.issue import SEVERITY
from layers.text import TEXTS
from layers.workspace.plan import plan_of

PAGE = (Path(__file__).parents[2] / "docs" / "layers.md").read_text(encoding="utf-8")


def test_every_kind_and_every_issue_is_on_the_page():
    for kind in layers.kinds():
        spec = layers.spec(kind)
        assert f"| `{kind}` {spec.title['zh']} | {spec.role} |" in PAGE
    for code, severity in SEVERITY.items():
        sentence = TEXTS.sentences("en")[f"issue.{code}"]
        assert f"| `{code}` | {severity} | {sentence} |" in PAGE


def test_the_workspace_on_the_page_is_one():
    text = PAGE.split("```yaml\n")[1].split("```")[0]
    plan = plan_of(loads(text), Path())
    assert [one.id for one in plan.layers] == ["admin", "redline", "wetland"]
