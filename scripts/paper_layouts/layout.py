"""A sheet with what a template needs besides text, and the parts that papers share."""

from collections.abc import Callable, Sequence

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from minzheng.core.paper import BODY, SIZE_4, Sheet

PAPERS: dict[str, Callable[["Layout"], None]] = {}


class Layout(Sheet):
    """A sheet with the marks that a template needs besides text."""

    def __init__(self) -> None:
        super().__init__("{{ 单位 }}")

    def say(self, tag: str) -> None:
        """A paragraph that only says what to show: `for 行 in 名单`, `if 同意`, `endif`; it does not print."""
        self.word.add_paragraph(f"{{%p {tag} %}}")

    def repeat(self, head: Sequence[str], rows: str, cells: Sequence[str], widths: Sequence[int], *after: Sequence[str],
               when: str = "", blank: int = 0) -> None:  # fmt: skip
        """A table with a row for each of `rows` (`{{ 行.姓名 }}`). `after`: a row that follows `when`; `blank`: rows to
        write in by hand where there is none."""
        rest = [""] * (len(head) - 1)
        lines: list[Sequence[str]] = [head, [f"{{%tr for 行 in {rows} %}}", *rest], cells, ["{%tr endfor %}", *rest]]
        if blank:
            empty = [["", *rest]] * blank
            lines += [[f"{{%tr if not {rows} %}}", *rest], *empty, ["{%tr endif %}", *rest]]
        for row in after:
            lines += [[f"{{%tr if {when} %}}", *rest], row, ["{%tr endif %}", *rest]]
        self.table(lines, head=True, widths=widths)

    def day(self, day: str, office: str = "{{ 单位 }}") -> None:
        """Who gives the paper, and the day."""
        for text in (office, day):
            line = self._line(text, BODY, indent=False)
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def centre(self, text: str, size: Pt = SIZE_4, font: str = BODY) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._font(paragraph.add_run(text), font, size)

    def signatures(self, *names: str) -> None:
        """Lines to sign on."""
        for name in names:
            self.text(f"{name}：＿＿＿＿＿＿　＿＿年＿月＿日", indent=False)

    def clauses(self, *texts: str) -> None:
        """Numbered paragraphs of an agreement."""
        for number, text in enumerate(texts, 1):
            self.text(f"{number}．{text}")

    def means(self) -> None:
        """What the family declared, with rows to write in where nothing is entered."""
        cells = ["{{ 行.项目 }}", "{{ 行.内容 }}", "{{ 行.何人 }}"]
        self.repeat(["项目", "内容", "何人"], "申报情况", cells, (70, 50, 36), blank=3)

    def workings(self) -> None:
        """The explanation of the assessment."""
        self.heading("测算说明")
        cells = ["{{ 行.项目 }}", "{{ 行.算式 }}", "{{ 行.结果 }}", "{{ 行.依据 }}"]
        self.repeat(["项目", "算式", "结果", "依据"], "测算项目", cells, (36, 60, 28, 32))

    def remedies(self) -> None:
        self.text(
            "如不服本决定，可以自收到本通知之日起{{ 复议天数 }}日内向本级人民政府或者上一级主管部门申请行政复议，"
            "也可以自收到之日起{{ 起诉月数 }}个月内向人民法院提起行政诉讼。"
        )

    def served(self, day: str = "{{ 决定日期 }}", office: str = "{{ 决定机关 }}") -> None:
        """The remedies, their last days once the letter is served, who decided, and the proof of service."""
        self.remedies()
        self.say("if 已送达")
        self.text("可以申请行政复议至{{ 复议至 }}，提起行政诉讼至{{ 起诉至 }}。")
        self.say("endif")
        self.day(day, office)
        self.receipt(receiver="{{ 收件人 }}", on="{{ 送达日期 }}", by="{{ 送达人 }}", manner="{{ 送达方式 }}")

    def family(self) -> None:
        self.heading("共同生活的家庭成员")
        self.repeat(
            ["序号", "姓名", "与户主关系", "性别", "年龄", "身份证号"],
            "家庭成员",
            ["{{ 行.序号 }}", "{{ 行.姓名 }}", "{{ 行.关系 }}", "{{ 行.性别 }}", "{{ 行.年龄 }}", ""],
            (14, 28, 28, 16, 16, 54),
        )

    def party(self) -> None:
        self.table(
            [
                ["户主（申请人）", "{{ 户主 }}", "家庭人口", "{{ 家庭人口 }}"],
                ["住址", "{{ 住址 }}", "保障人数", "{{ 保障人数 }}"],
            ],
            widths=(34, 62, 30, 30),
        )

    def opinions(self, *rows: tuple[str, str]) -> None:
        """Who says what: a label, and what is filled in, with room to sign."""
        self.table([[label, text] for label, text in rows], widths=(38, 118))
        for row in self.word.tables[-1].rows:
            row.height = Mm(14)


def paper(kind: str) -> Callable[[Callable[[Layout], None]], Callable[[Layout], None]]:
    def decorate(build: Callable[[Layout], None]) -> Callable[[Layout], None]:
        PAPERS[kind] = build
        return build

    return decorate
