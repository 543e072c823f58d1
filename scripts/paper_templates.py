"""Write the shipped templates of the papers (minzheng/papers/shipped/*.docx) and the list of their placeholders
(docs/templates.md).

    python scripts/paper_templates.py

Each paper is one function in scripts/paper_layouts, in the order of the paper itself. Every run writes the same.
"""

import datetime as dt
import io
import os
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.settings")

from minzheng.papers import catalogue  # noqa: E402
from scripts.paper_layouts import deciding, families, inquiring, lasting, paying  # noqa: E402, F401 - they register themselves
from scripts.paper_layouts.layout import PAPERS, Layout  # noqa: E402

SOURCES = tuple(
    ROOT / "minzheng" / path
    for path in (
        "cases/papers/papers.yaml",
        "cases/income/papers.yaml",
        "awards/papers.yaml",
        "awards/reviews/papers.yaml",
        "payments/papers.yaml",
    )
)
WHEN = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - a file's property; the same in every run


def write_templates() -> None:
    catalogue.SHIPPED.mkdir(exist_ok=True)
    for kind in catalogue.forms():
        sheet = Layout()
        PAPERS[kind](sheet)
        properties = sheet.word.core_properties
        properties.created = properties.modified = WHEN
        properties.author = properties.comments = properties.title = ""
        buffer = io.BytesIO()
        sheet.word.save(buffer)
        (catalogue.SHIPPED / f"{kind}.docx").write_bytes(same_each_time(buffer.getvalue()))


def same_each_time(content: bytes) -> bytes:
    """The same parts with the same times, so that a file changes only where its words do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, (2025, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(entry.filename))
    return buffer.getvalue()


KINDS = {"text": "文字", "day": "日期", "money": "金额", "flag": "是否", "photo": "照片", "rows": "清单"}


def listing() -> str:
    """docs/templates.md: its introduction as it stands, and below the mark each paper and each word."""
    target = ROOT / "docs" / "templates.md"
    head = target.read_text(encoding="utf-8").split(MARK)[0]
    lines = [head + MARK, ""]
    groups: dict[str, list[catalogue.Form]] = {}
    for form in catalogue.forms().values():
        groups.setdefault(form.group, []).append(form)
    for group, forms in groups.items():
        titles = [f"{form.title['zh-Hans']}（{form.title['en']}，`{form.kind}`）" for form in forms]
        lines += [f"## {TITLES[group]}", "", f"文书 Papers：{'、'.join(titles)}。", ""]
        lines += ["| 文书 | 必须有的内容 Required |", "|---|---|"]
        lines += [f"| {form.title['zh-Hans']} | {'、'.join(form.required) or '—'} |" for form in forms]
        lines += ["", "| 写法 | 内容 | In English | 类型 |", "|---|---|---|---|"]
        for word in forms[0].words.values():
            mark = f"`for 行 in {word.name}`" if word.kind == "rows" else f"`{{{{ {word.name} }}}}`"
            lines.append(f"| {mark} | {word.means['zh-Hans']} | {word.means['en']} | {KINDS[word.kind]} |")
            lines += [
                f"| 　`{{{{ 行.{one.name} }}}}` | {one.means['zh-Hans']} | {one.means['en']} | {KINDS[one.kind]} |"
                for one in word.columns.values()
            ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


MARK = "<!-- from here on: python scripts/paper_templates.py -->"
TITLES = {
    "income": "收入核算 · Income at intake",
    "notice": "家庭变化的告知书 · Letters of what happened to a family",
    "transfer": "迁移、转介 · Moving and referring",
    "case": "办件的文书 · Papers of a case",
    "board": "公示单 · Posting sheets",
    "review_list": "核查名单 · The list of a review",
    "review_warning": "核查通知书 · The warning of a review",
    "archive": "卷宗 · The file of a case",
    "register": "登记簿 · Registers",
    "payment_slip": "发放明细单 · The slip of what was paid",
    "scan": "扫描件 · Scans in the file",
}

if __name__ == "__main__":
    for source in SOURCES:
        catalogue.add(source)
    write_templates()
    (ROOT / "docs" / "templates.md").write_text(listing(), encoding="utf-8")
