"""A template as an office would make it in Word: drawn by code."""

import docx

WORDS = """{{ office }} {{ title }}
适用日期 {{ on }}，运行编号 {{ run_id }}
{% for one in notices %}{{ one }}{% endfor %}
{{ summary }}
{% for one in counts %}{{ one.label }}：{{ one.count }}；{% endfor %}
{{ promise }}
"""
SITE = """项目：{{ site.id }} {{ site.name }}
结论：{{ site.label }}（{{ site.deciding }}）
面积：{{ site.area_ha }} 公顷，{{ site.area_mu }} 亩
{% for one in site.clauses %}{{ one.cited }}：{{ one.quote }}（{{ one.edition }}）
{% endfor %}
{% for one in site.zones %}{{ one.kind }} {{ one.name }} {{ one.share }}；{% endfor %}
"""


def write_template(path, words=WORDS, *, rows=True):
    """Write a template: a paragraph a line, and a table with a row a site."""
    file = docx.Document()
    file.core_properties.author = ""
    for line in words.splitlines():
        file.add_paragraph(line)
    if rows:
        table = file.add_table(rows=4, cols=3)
        for at, text in enumerate(("项目", "结论", "面积（公顷）")):
            table.cell(0, at).text = text
        table.cell(1, 0).text = "{%tr for one in sites %}"
        for at, text in enumerate(("id", "label", "area_ha")):
            table.cell(2, at).text = f"{{{{ one.{text} }}}}"
        table.cell(3, 0).text = "{%tr endfor %}"
    file.save(path)
    return path
