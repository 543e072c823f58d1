"""Write the shipped templates of the papers (minzheng/papers/shipped/*.docx) and the list of their placeholders
(docs/templates.md).

    python scripts/paper_templates.py

Each paper is one function below, in the order of the paper itself. The files are the same from run to run.
"""

import datetime as dt
import io
import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.settings")

from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: E402
from docx.shared import Mm, Pt  # noqa: E402

from minzheng.core.paper import BODY, SIZE_2, SIZE_4, SIZE_SMALL, TITLE, Sheet  # noqa: E402
from minzheng.papers import catalogue  # noqa: E402

SOURCES = tuple(
    ROOT / "minzheng" / path
    for path in (
        "cases/papers/papers.yaml",
        "cases/income/papers.yaml",
        "awards/papers.yaml",
        "awards/reviews/papers.yaml",
    )
)
WHEN = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - a file's property; the same in every run
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


@paper("application")
def _application(sheet: Layout) -> None:
    sheet.title("社会救助申请书")
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 单位 }}：", indent=False)
    sheet.text(
        "本人{{ 户主 }}，住{{ 住址 }}，家庭人口{{ 家庭人口 }}人，因家庭生活困难，"
        "现为其中{{ 保障人数 }}人申请{{ 项目 }}。申请理由：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿。"
    )
    sheet.family()
    sheet.heading("申报的家庭经济状况")
    sheet.means()
    sheet.heading("授权")
    sheet.text(
        "本人及共同生活的家庭成员同意并授权民政部门向有关机关、单位和金融机构查询、核对家庭的户籍、收入、财产、"
        "保险、车辆、不动产和存款等信息，用于本次申请以及享受救助期间的复核。"
    )
    sheet.heading("承诺")
    sheet.text(
        "以上所填内容和提交的材料真实、完整。家庭人口、收入、财产有变化的，及时告知。隐瞒、虚报的，愿意承担法律责任，"
        "退回多领的款物，并同意记入信用记录。"
    )
    sheet.heading("家庭成员签字（指印）")
    sheet.repeat(["姓名", "签字（指印）", "日期"], "家庭成员", ["{{ 行.姓名 }}", "", ""], (40, 70, 46))
    sheet.text("不能签字的，由代理人签字并写明与申请人的关系：＿＿＿＿＿＿＿＿＿＿＿＿", indent=False)
    sheet.day("{{ 申请日期 }}", "申请人：＿＿＿＿＿＿＿＿")


@paper("acceptance_notice")
def _acceptance_notice(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}申请受理通知书")
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 户主 }}：", indent=False)
    sheet.text("您于{{ 申请日期 }}提出的{{ 项目 }}申请，材料齐全，我们已于{{ 受理日期 }}受理。")
    sheet.say("if 办理期限")
    sheet.text("办理期限：至{{ 办理期限 }}（{{ 期限依据 }}）。")
    sheet.say("endif")
    sheet.text(
        "办理中会入户调查，并可能向有关部门核对家庭经济状况，请予配合。家庭人口、收入、财产有变化的，请及时告知。"
    )
    sheet.heading("已收材料")
    sheet.say("for 行 in 已收材料")
    sheet.text("{{ 行.序号 }}．{{ 行.名称 }}（{{ 行.日期 }}）")
    sheet.say("endfor")
    sheet.day("{{ 受理日期 }}")


@paper("missing_papers")
def _missing_papers(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}申请{% if 已告知 %}材料补正通知书（一次性告知）{% else %}一次性告知书{% endif %}")
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 户主 }}：", indent=False)
    sheet.text("经审查，您的申请还需要补齐以下材料，现一次性告知。可以通过信息核对取得的材料，不要求您重复提交。")
    sheet.say("for 行 in 缺少材料")
    sheet.text("{{ 行.序号 }}．{{ 行.名称 }}")
    sheet.say("endfor")
    sheet.text("材料补齐后，我们即予受理，办理期限自受理之日起计算。")
    sheet.day("{{ 告知日期 }}")
    sheet.say("if 已告知")
    sheet.receipt()
    sheet.say("endif")


@paper("ending_letter")
def _ending_letter(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}{{ 终结标题 }}")
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 户主 }}：", indent=False)
    sheet.text("您于{{ 申请日期 }}提出的{{ 项目 }}申请，决定{{ 终结决定 }}。依据：{{ 终结依据 }}。")
    sheet.text("理由：{{ 终结理由 }}。{{ 终结说明 }}")
    sheet.text("情况有变化的，可以重新提出申请。生活仍有困难的，可以申请临时救助等其他救助，本办公室将予以指导。")
    sheet.served("{{ 终结日期 }}", "{{ 单位 }}")


@paper("verification_report")
def _verification_report(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}家庭经济状况核对报告")
    sheet.number("{{ 编号 }}")
    sheet.text(
        "受理单位提出，经家庭成员授权，于{{ 核对日期 }}核对{{ 户主 }}家庭的经济状况。"
        "本报告有效至{{ 核对有效至 }}。依据：{{ 核对依据 }}。"
    )
    sheet.heading("授权")
    cells = ["{{ 行.姓名 }}", "{{ 行.签署日期 }}", "{{ 行.签署人 }}"]
    sheet.repeat(["姓名", "签署日期", "签署人"], "授权", cells, (52, 52, 52))
    sheet.heading("核对内容")
    cells = ["{{ 行.姓名 }}", "{{ 行.已核对 }}", "{{ 行.未核对 }}"]
    sheet.repeat(["姓名", "已核对", "没有核对"], "核对内容", cells, (32, 82, 42))
    sheet.heading("核对结果")
    sheet.say("if 核对结果")
    sheet.repeat(["项目", "结果"], "核对结果", ["{{ 行.项目 }}", "{{ 行.结果 }}"], (100, 56))
    sheet.say("else")
    sheet.text("没有登记数值。")
    sheet.say("endif")
    sheet.say("for 行 in 核对异议")
    sheet.text("{{ 行.日期 }}，{{ 行.事项 }}：{{ 行.内容 }}")
    sheet.say("endfor")
    sheet.day("{{ 核对日期 }}")


@paper("conference_record")
def _conference_record(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}一事一议会议记录")
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["申请人", "{{ 户主 }}", "会议日期", "{{ 会议日期 }}"],
            ["地点", "{{ 会议地点 }}", "建议", "{{ 会议建议 }}"],
        ]
    )
    sheet.text("不适用的规定：{{ 会议不适用 }}。")
    sheet.say("for 行 in 另作认定")
    sheet.text("另作认定：{{ 行.项目 }}按{{ 行.内容 }}计，只用于本事项。")
    sheet.say("endfor")
    sheet.text("意见和理由：{{ 会议理由 }}")
    sheet.text(
        "表决：参加{{ 参会人数 }}人，同意{{ 参会同意 }}、不同意{{ 参会反对 }}、弃权{{ 参会弃权 }}，{{ 会议结果 }}。"
        "依据：{{ 会议依据 }}。"
    )
    sheet.repeat(["姓名", "身份", "签字"], "参会人员", ["{{ 行.姓名 }}", "{{ 行.身份 }}", ""], (46, 60, 50))
    sheet.day("{{ 会议日期 }}")


@paper("kinship_form")
def _kinship_form(sheet: Layout) -> None:
    sheet.title("社会救助经办人员、村（居）委会成员近亲属备案表")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.repeat(
        ["登记日期", "与何人", "关系", "谁与谁"],
        "近亲属",
        ["{{ 行.日期 }}", "{{ 行.何人 }}", "{{ 行.关系 }}", "{{ 行.双方 }}"],
        (36, 46, 28, 46),
    )
    sheet.text("依据：{{ 近亲属依据 }}。有近亲属关系的，县级民政部门应当入户调查。")
    sheet.opinions(("申请人签字", ""), ("经办人签字", ""), ("乡镇（街道）意见", ""), ("县级民政部门意见", ""))
    sheet.day("{{ 今日 }}")


@paper("visit_form")
def _visit_form(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}入户调查表")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.family()
    sheet.heading("申报的家庭经济状况")
    sheet.repeat(
        ["项目", "申报", "何人", "调查"],
        "申报情况",
        ["{{ 行.项目 }}", "{{ 行.内容 }}", "{{ 行.何人 }}", ""],
        (56, 36, 28, 36),
        blank=3,
    )
    sheet.heading("调查情况")
    sheet.text("{{ 调查情况 }}")
    sheet.table(
        [
            ["调查人员（两人）签字", "{{ 调查人员 }}"],
            ["在场家庭成员签字", "{{ 在场人员 }}"],
            ["调查日期", "{{ 入户日期 }}"],
        ],
        widths=(60, 96),
    )


@paper("neighbours")
def _neighbours(sheet: Layout) -> None:
    sheet.title("邻里访问记录")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.table(
        [
            ["被访问人", "", "与该户关系", ""],
            ["访问地点", "{{ 村居 }}", "联系电话", ""],
        ],
        widths=(30, 60, 30, 36),
    )
    for question in ("常住人口和外出情况", "劳动力和就业情况", "收入来源", "住房、车辆和大额支出", "赡养人和赡养情况"):
        sheet.heading(question)
        sheet.text("＿" * 26, indent=False)
    sheet.signatures("被访问人签字", "访问人员（一）", "访问人员（二）")


@paper("meeting_record")
def _meeting_record(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}民主评议记录")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.table([["评议日期", "{{ 评议日期 }}", "评议地点", "{{ 评议地点 }}"]], widths=(28, 50, 28, 50))
    sheet.heading("参加人员签到")
    sheet.repeat(
        ["序号", "姓名", "身份", "签字"],
        "评议人员",
        ["{{ 行.序号 }}", "{{ 行.姓名 }}", "{{ 行.身份 }}", ""],
        (16, 36, 62, 42),
    )
    sheet.heading("评议意见")
    sheet.text("{{ 评议意见 }}")
    sheet.table([["同意", "{{ 同意票 }}票", "反对", "{{ 反对票 }}票", "弃权", "{{ 弃权票 }}票"]])
    sheet.text("依据：{{ 评议依据 }}。")
    sheet.signatures("主持人签字", "记录人签字", "乡镇（街道）人员签字")


@paper("posting_sheet")
def _posting_sheet(sheet: Layout) -> None:
    sheet.title("{{ 标题 }}")
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 开头 }}")
    head = ["序号", "姓名", "人数", "金额（元／{{ 周期 }}）"]
    cells = ["{{ 行.序号 }}", "{{ 行.姓名 }}", "{{ 行.人数 }}", "{{ 行.金额 }}"]
    total = ["合计", "{{ 合计户数 }}", "{{ 合计人数 }}", "{{ 合计金额 }}"]
    sheet.say("if 时间不同")
    sheet.repeat(
        [*head, "公示时间"], "名单", [*cells, "{{ 行.公示时间 }}"], (16, 34, 16, 36, 54), [*total, ""], when="有合计"
    )
    sheet.say("else")
    sheet.repeat(head, "名单", cells, (20, 56, 30, 50), total, when="有合计")
    sheet.say("endif")
    sheet.say("for 行 in 说明")
    sheet.text("{{ 行.内容 }}")
    sheet.say("endfor")
    sheet.day("{{ 日期 }}")


@paper("posting_proof")
def _posting_proof(sheet: Layout) -> None:
    sheet.title("{{ 公示标题 }}结果证明")
    sheet.number("{{ 公示编号 }}")
    sheet.text(
        "{{ 公示姓名 }}（{{ 公示人数 }}人，每{{ 周期 }}{{ 公示金额 }}元）的{{ 公示标题 }}，"
        "于{{ 公示开始 }}至{{ 公示结束 }}在{{ 公示地点 }}张贴（张贴当日不计）。依据：{{ 公示依据 }}。"
    )
    sheet.say("for 行 in 异议")
    sheet.text(
        "异议{{ 行.序号 }}（{{ 行.日期 }}）：{{ 行.内容 }}。"
        "{% if 行.答复日期 %}答复（{{ 行.答复日期 }}）：{{ 行.答复 }}{% else %}尚未答复。{% endif %}"
    )
    sheet.say("endfor")
    sheet.say("if 有异议")
    sheet.text("公示因异议撤下，已重新调查。")
    sheet.say("else")
    sheet.text("公示期内没有收到异议。")
    sheet.say("endif")
    sheet.say("for 行 in 公示照片")
    sheet.centre("{{ 行.照片 }}")
    sheet.centre("{{ 行.说明 }}", SIZE_SMALL)
    sheet.say("endfor")
    sheet.table([["{{ 村居 }}村（居）民委员会（盖章）", ""], ["张贴人签字", ""]], widths=(90, 66))
    sheet.day("{{ 今日 }}")


@paper("review_form")
def _review_form(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}审核确认表")
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["户主（申请人）", "{{ 户主 }}", "保障人数", "{{ 保障人数 }}"],
            ["村（居）", "{{ 村居 }}", "申请日期", "{{ 申请日期 }}"],
            ["测算依据日", "{{ 测算日期 }}", "测算结果", "{{ 测算结果 }}"],
        ]
    )
    sheet.workings()
    sheet.say("for 行 in 不符合项")
    sheet.text("{{ 行.内容 }}")
    sheet.small("{{ 行.说明 }}", indent=True)
    sheet.say("endfor")
    sheet.heading("办理意见")
    _steps(sheet)
    sheet.day("{{ 今日 }}")


def _steps(sheet: Layout) -> None:
    sheet.repeat(
        ["日期", "事项", "办理人", "意见"],
        "办理经过",
        ["{{ 行.日期 }}", "{{ 行.事项 }}", "{{ 行.办理人 }}", "{{ 行.意见 }}"],
        (40, 44, 28, 44),
    )


@paper("ability_form")
def _ability_form(sheet: Layout) -> None:
    """The six indicators of the ministry's rule for recognising people in extreme difficulty."""
    sheet.title("特困人员生活自理能力评估表")
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["姓名", "{{ 户主 }}", "性别", "{{ 户主性别 }}"],
            ["出生日期", "{{ 户主出生日期 }}", "年龄", "{{ 户主年龄 }}"],
            ["住址", "{{ 住址 }}", "评估地点", ""],
        ],
        widths=(30, 60, 30, 36),
    )
    rows = [["指标", "能自主完成", "需部分帮助", "完全不能", "备注"]]
    rows += [
        [name, "□", "□", "□", ""]
        for name in ("自主吃饭", "自主穿衣", "自主上下床", "自主如厕", "室内自主行走", "自主洗澡")
    ]
    sheet.table(rows, head=True, widths=(40, 32, 32, 28, 24))
    sheet.text(
        "评估结论：□ 全自理（六项全部能够自主完成）　□ 半自理（有三项以下不能自主完成）　"
        "□ 全护理（有四项以上不能自主完成）"
    )
    sheet.signatures("评估人（一）", "评估人（二）", "本人或者监护人")


@paper("support_form")
def _support_form(sheet: Layout) -> None:
    sheet.title("特困人员认定审批表")
    _decided_form(sheet, "认定意见")


@paper("emergency_form")
def _emergency_form(sheet: Layout) -> None:
    sheet.title("临时救助审批表")
    _decided_form(sheet, "审批意见")


def _decided_form(sheet: Layout, last: str) -> None:
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["申请人", "{{ 户主 }}", "性别、年龄", "{{ 户主性别 }}　{{ 户主年龄 }}"],
            ["住址", "{{ 住址 }}", "家庭人口", "{{ 家庭人口 }}"],
            ["申请日期", "{{ 申请日期 }}", "受理日期", "{{ 受理日期 }}"],
            ["测算结果", "{{ 测算结果 }}", "金额（元）", "{{ 金额 }}"],
        ],
        widths=(30, 60, 30, 36),
    )
    sheet.heading("申报的情况")
    sheet.means()
    sheet.workings()
    sheet.opinions(
        ("经办人意见", "受理：{{ 受理人 }}　{{ 受理日期 }}\n签字："),
        ("审核意见", "{{ 审核意见 }}　{{ 审核人 }}　{{ 审核日期 }}\n签字："),
        (last, "{{ 决定 }}　{{ 金额|大写 }}\n{{ 决定人 }}　{{ 决定日期 }}　（盖章）"),
    )


@paper("hearing_record")
def _hearing_record(sheet: Layout) -> None:
    sheet.title("听取意见笔录")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.text(
        "{{ 听取日期 }}，就拟对{{ 项目 }}作出的减少或者停止决定，听取{{ 听取对象 }}的意见。依据：{{ 听取依据 }}。"
    )
    sheet.text("告知：作出决定前您可以陈述事实、理由，提交证据；决定作出前照常发放。")
    sheet.say("if 放弃陈述")
    sheet.text("本人表示放弃陈述。")
    sheet.say("else")
    sheet.text("本人陈述：{{ 听取意见 }}")
    sheet.say("endif")
    sheet.text("以上记录已经本人阅读（或者向本人宣读），与所述一致。")
    sheet.signatures("陈述人签字", "听取人：{{ 听取人 }}", "记录人")


@paper("change_form")
def _change_form(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}动态变更审批表")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.table(
        [
            ["变更原因", "{{ 变更原因 }}", "登记日期", "{{ 申请日期 }}"],
            ["测算依据日", "{{ 测算日期 }}", "测算结果", "{{ 测算结果 }}"],
            ["决定", "{{ 决定 }}", "起（止）月", "{{ 起发月 }}"],
        ]
    )
    sheet.say("if 金额变化")
    sheet.text("{{ 金额变化 }}")
    sheet.say("endif")
    sheet.heading("办理意见")
    _steps(sheet)
    sheet.opinions(
        ("乡镇（街道）意见", "签字：　　　　　（盖章）"),
        ("县级民政部门意见", "{{ 决定 }}　{{ 决定人 }}　{{ 决定日期 }}　（盖章）"),
    )


@paper("decision_letter")
def _decision_letter(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}{{ 决定标题 }}")
    sheet.number("{{ 决定编号 }}")
    sheet.text("{{ 户主 }}：", indent=False)
    sheet.text("您的{{ 项目 }}{{ 事项 }}，经调查核实，决定{{ 决定 }}。依据：{{ 决定依据 }}。")
    sheet.say("if 依一事一议")
    sheet.text("本决定经{{ 研究日期 }}集体研究（一事一议）：不适用“{{ 研究不适用 }}”，{{ 研究理由 }}。")
    sheet.say("endif")
    sheet.say("if 同意")
    sheet.text("保障{{ 保障人数 }}人，金额每{{ 周期 }}{{ 金额 }}元，自{{ 起发月 }}起发放。")
    sheet.say("if 金额变化")
    sheet.text("{{ 金额变化 }}")
    sheet.say("endif")
    sheet.say("if 变更")
    sheet.text("理由：{{ 变更理由 }}。")
    sheet.say("endif")
    sheet.say("if 渐退")
    sheet.text("{{ 渐退首月 }}起为渐退期，各月金额见《渐退告知书》。")
    sheet.say("endif")
    sheet.text("家庭人口、收入、财产有变化的，请及时告知本办公室。")
    sheet.say("else")
    sheet.say("for 行 in 理由")
    sheet.text("理由{{ 行.序号 }}：{{ 行.内容 }}")
    sheet.say("endfor")
    sheet.say("if 停发")
    sheet.text("发放至{{ 末月 }}。")
    sheet.say("else")
    sheet.text("生活仍有困难的，可以申请临时救助等其他救助，本办公室将予以指导。")
    sheet.say("endif")
    sheet.say("endif")
    sheet.served()


@paper("grace_letter")
def _grace_letter(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}渐退告知书")
    sheet.number("{{ 决定编号 }}")
    sheet.text("{{ 户主 }}：", indent=False)
    sheet.text("您家{{ 渐退理由 }}，按规定给予渐退期{{ 渐退月数 }}个月（{{ 渐退方式 }}）。依据：{{ 渐退依据 }}。")
    sheet.repeat(
        ["发放月份", "每{{ 周期 }}金额（元）", "说明"],
        "渐退金额",
        ["{{ 行.月份 }}", "{{ 行.金额 }}", "{{ 行.说明 }}"],
        (72, 36, 48),
    )
    sheet.text("{{ 渐退之后 }}")
    sheet.text("渐退期内家庭成员去世、迁出，或者财产超过规定的，渐退期提前结束，请及时告知本办公室。")
    sheet.served()


@paper("support_end")
def _support_end(sheet: Layout) -> None:
    sheet.title("终止救助供养决定书")
    sheet.number("{{ 决定编号 }}")
    sheet.text("{{ 户主 }}：", indent=False)
    sheet.text("经核实，决定终止对您的特困人员救助供养，发放至{{ 末月 }}。依据：{{ 决定依据 }}。")
    sheet.say("for 行 in 理由")
    sheet.text("理由{{ 行.序号 }}：{{ 行.内容 }}")
    sheet.say("endfor")
    sheet.text("符合最低生活保障等其他救助条件的，本办公室将及时办理衔接，不中断保障。")
    sheet.served()


@paper("service_receipt")
def _service_receipt(sheet: Layout) -> None:
    sheet.title("送达回证")
    sheet.number("{{ 决定编号 }}")
    sheet.table(
        [
            ["送达文书", "{{ 项目 }}{{ 决定标题 }}"],
            ["文书编号", "{{ 决定编号 }}"],
            ["受送达人", "{{ 户主 }}"],
            ["送达地址", "{{ 住址 }}"],
            ["送达方式", "{{ 送达方式 }}"],
            ["收件人签字", "{{ 收件人 }}"],
            ["送达日期", "{{ 送达日期 }}"],
            ["代收人与受送达人的关系", ""],
            ["见证人签字（留置送达）", ""],
            ["送达人签字", "{{ 送达人 }}"],
            ["备注", ""],
        ],
        widths=(60, 96),
    )
    sheet.say("if 已送达")
    sheet.text("可以申请行政复议至{{ 复议至 }}，提起行政诉讼至{{ 起诉至 }}。")
    sheet.say("endif")
    sheet.day("{{ 决定日期 }}", "{{ 决定机关 }}")


@paper("review_again")
def _review_again(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}复核表")
    sheet.number("{{ 编号 }}")
    sheet.party()
    sheet.table([["现金额（元／{{ 周期 }}）", "{{ 金额 }}", "享受起始月", "{{ 起发月 }}"]], widths=(46, 40, 36, 34))
    sheet.repeat(
        ["姓名", "与户主关系", "年龄", "健在", "户籍、居住", "就业、就学、健康变化"],
        "家庭成员",
        ["{{ 行.姓名 }}", "{{ 行.关系 }}", "{{ 行.年龄 }}", "", "", ""],
        (26, 26, 14, 16, 30, 44),
    )
    sheet.opinions(
        ("收入变化", ""),
        ("财产变化", ""),
        ("复核意见", "□ 保持不变　□ 增发　□ 减发　□ 停发"),
        ("复核人员（两人）签字", ""),
        ("户主或家庭成员签字", ""),
        ("复核日期", ""),
    )


@paper("care_agreement")
def _care_agreement(sheet: Layout) -> None:
    sheet.title("特困人员集中供养（委托照料）协议")
    sheet.number("{{ 编号 }}")
    sheet.text("甲方：{{ 单位 }}", indent=False)
    sheet.text("乙方（机构或者照料人）：＿＿＿＿＿＿＿＿＿＿", indent=False)
    sheet.text("丙方（特困人员）：{{ 户主 }}，{{ 户主出生日期 }}出生，住{{ 住址 }}", indent=False)
    sheet.clauses(
        "供养方式：□ 集中供养　□ 分散供养（委托照料）。自＿＿＿＿年＿＿月＿＿日起。",
        "乙方提供日常生活照料，保证丙方吃、穿、住，患病时及时送医并告知甲方；住院期间安排陪护。",
        "照料护理费每月＿＿＿＿＿＿元，由甲方按月（季）发放；乙方不得另行收费，不得占用丙方的供养金。",
        "乙方发现丙方走失、伤病、去世等情况的，当日告知甲方。",
        "甲方每季度检查一次；照料不到位、经指出不改正的，甲方可以解除协议并另行安排。",
        "本协议一式三份，三方签字之日起生效；丙方不再符合特困人员条件的，本协议终止。",
    )
    sheet.signatures("甲方（盖章）", "乙方（签字、盖章）", "丙方（监护人）签字")


@paper("agent_agreement")
def _agent_agreement(sheet: Layout) -> None:
    sheet.title("救助资金代管协议")
    sheet.number("{{ 编号 }}")
    sheet.text("委托人：{{ 户主 }}，住{{ 住址 }}", indent=False)
    sheet.text("代管人：＿＿＿＿　与委托人关系：＿＿＿　电话：＿＿＿＿＿＿", indent=False)
    sheet.text("委托人因＿＿＿＿＿＿＿＿＿＿（行动不便、无行为能力等），不能自己领取和保管{{ 项目 }}资金，约定：")
    sheet.clauses(
        "代管人代为领取、保管，全部用于委托人的基本生活，不得挪用、扣留、抵债。",
        "代管人记明每笔收支，随时接受委托人、{{ 村居 }}和{{ 单位 }}的检查。",
        "委托人去世、迁出、情况变化的，代管人应当及时告知，多领的退回。",
        "委托人可以随时撤销委托；代管人违反约定的，{{ 单位 }}可以要求更换。",
    )
    sheet.signatures("委托人（监护人）签字", "代管人签字", "村（居）委会（盖章）")


@paper("referral")
def _referral(sheet: Layout) -> None:
    sheet.title("社会救助转介单")
    sheet.number("{{ 编号 }}")
    sheet.text("＿＿＿＿＿＿＿＿＿＿＿＿（受理部门或者机构）：", indent=False)
    sheet.text(
        "{{ 村居 }}{{ 户主 }}家庭（{{ 家庭人口 }}人，住{{ 住址 }}），在办理{{ 项目 }}{{ 事项 }}时发现有以下需要，请按职责办理，"
        "并在办结后回复。"
    )
    sheet.text("□ 医疗　□ 教育　□ 住房　□ 就业　□ 残疾人　□ 司法　□ 慈善　□ 心理、照护服务　□ 其他：＿＿＿＿＿＿")
    sheet.text("情况：" + "＿" * 47)
    sheet.day("{{ 今日 }}")
    sheet.heading("回执")
    sheet.opinions(("办理结果", ""), ("办理人、电话", ""), ("日期", ""))


@paper("petty_register")
def _petty_register(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}备用金领取登记簿")
    sheet.small("{{ 单位 }}　{{ 开始日期 }}至{{ 结束日期 }}　单位：元")
    sheet.repeat(
        ["序号", "日期", "姓名", "村（社区）", "事由", "金额", "累计", "批准人", "领取人签字"],
        "名单",
        [f"{{{{ 行.{name} }}}}" for name in ("序号", "日期", "姓名", "村居", "事由", "金额", "累计", "批准人")] + [""],
        (14, 22, 18, 20, 20, 20, 20, 15, 17),
        ["合计", "", "", "", "", "{{ 合计 }}", "", "", ""],
        when="名单",
    )
    sheet.text("合计大写：{{ 合计|大写 }}", indent=False)
    sheet.signatures("经办人", "保管人", "负责人")
    sheet.day("{{ 今日 }}")


@paper("file_cover")
def _file_cover(sheet: Layout) -> None:
    for _ in range(3):
        sheet.centre("")
    sheet.centre("{{ 县 }}社会救助档案", SIZE_2, TITLE)
    sheet.centre("")
    sheet.centre("{{ 项目 }}", SIZE_2, TITLE)
    for _ in range(3):
        sheet.centre("")
    sheet.table(
        [
            ["户主（申请人）", "{{ 户主 }}"],
            ["乡镇、村（社区）", "{{ 乡镇 }}{{ 村居 }}"],
            ["档号", "{{ 编号 }}"],
            ["年度", "{{ 年度 }}"],
            ["起止日期", "{{ 开始日期 }}至{{ 结束日期 }}"],
            ["办理结果", "{{ 结果 }}"],
            ["卷内件数、页数", "{{ 件数 }}件　　　　页"],
            ["保管期限", ""],
            ["立卷单位", "{{ 单位 }}"],
        ],
        widths=(50, 106),
    )
    for row in sheet.word.tables[-1].rows:
        row.height = Mm(13)


@paper("file_contents")
def _file_contents(sheet: Layout) -> None:
    sheet.title("卷内目录")
    sheet.number("{{ 编号 }}")
    sheet.repeat(
        ["序号", "文号", "责任者", "题名", "日期", "页次", "备注"],
        "目录",
        [f"{{{{ 行.{name} }}}}" for name in ("序号", "文号", "责任者", "题名", "日期")] + ["", "{{ 行.备注 }}"],
        (10, 24, 30, 48, 22, 10, 14),
    )


@paper("file_notes")
def _file_notes(sheet: Layout) -> None:
    sheet.title("备考表")
    sheet.number("{{ 编号 }}")
    sheet.text("本卷共{{ 件数 }}件，＿＿＿页。")
    sheet.say("if 齐全")
    sheet.text("按归档清单检查，文件齐全，日期、金额、人数前后一致。")
    sheet.say("endif")
    sheet.say("if 缺少")
    sheet.heading("还缺少的文件")
    sheet.say("for 行 in 缺少")
    sheet.text("{{ loop.index }}．{{ 行.名称 }}")
    sheet.say("endfor")
    sheet.say("endif")
    sheet.say("if 矛盾")
    sheet.heading("前后矛盾之处")
    sheet.say("for 行 in 矛盾")
    sheet.text("{{ loop.index }}．{{ 行.内容 }}")
    sheet.say("endfor")
    sheet.say("endif")
    sheet.heading("情况说明")
    sheet.text("＿" * 26, indent=False)
    sheet.opinions(("立卷人", "{{ 立卷人 }}"), ("检查人", ""), ("立卷日期", "{{ 今日 }}"))


@paper("file_scan")
def _file_scan(sheet: Layout) -> None:
    sheet.centre("{{ 题名 }}", SIZE_SMALL)
    sheet.centre("{{ 图片 }}")


@paper("income_statement")
def _income_statement(sheet: Layout) -> None:
    sheet.title("家庭收入核算表")
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["户主（申请人）", "{{ 户主 }}", "共同生活家庭人数", "{{ 家庭人口 }}"],
            ["村（居）", "{{ 村居 }}", "核算日期", "{{ 核算日期 }}"],
        ]
    )
    sheet.heading("一、计入的收入")
    _income_lines(sheet, "计入", ["合计", "", "{{ 计入合计 }}", ""], when="计入合计")
    sheet.say("if 扣减")
    sheet.heading("二、扣减的支出")
    _income_lines(sheet, "扣减", ["合计", "", "{{ 扣减合计 }}", ""], when="扣减合计")
    sheet.say("endif")
    sheet.say("if 不计入")
    sheet.heading("{% if 扣减 %}三{% else %}二{% endif %}、不计入的收入")
    _income_lines(sheet, "不计入")
    sheet.say("endif")
    sheet.text("家庭年收入：{{ 家庭年收入 }}元（平均每月{{ 月均收入 }}元）。")
    sheet.text("以上由申请家庭申报，按当地规定核算；核对和入户调查的结果不一致的，以核实的为准。")
    sheet.table([["申报人签字", "", "经办人签字", ""]])
    sheet.day("{{ 核算日期 }}")


def _income_lines(sheet: Layout, rows: str, *total: Sequence[str], when: str = "") -> None:
    cells = ["{{ 行.项目 }}", "{{ 行.算式 }}", "{{ 行.金额 }}", "{{ 行.依据 }}"]
    sheet.repeat(["项目", "算式", "一年（元）", "依据"], rows, cells, (32, 46, 28, 50), *total, when=when)


def _notice(sheet: Layout, title: str, *texts: str) -> None:
    """How a letter of what happened to a family begins."""
    sheet.title(title)
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 收件人 }}：", indent=False)
    for text in texts:
        sheet.text(text)


def _notice_ends(sheet: Layout) -> None:
    """The remedies, who gives it, and the proof of service."""
    sheet.remedies()
    sheet.day("{{ 日期 }}", "{{ 落款单位 }}")
    sheet.receipt()


@paper("survivors")
def _survivors(sheet: Layout) -> None:
    _notice(
        sheet,
        "{{ 项目 }}户主变更及{{ 变化结果 }}告知书",
        "户主{{ 去世人 }}于{{ 变化日期 }}去世，已经核实。原档{{ 原档号 }}注销，由新档{{ 新档号 }}接续，"
        "户主为{{ 户主 }}，领款人为{{ 领款人 }}。",
        "{{ 金额说明 }}",
        "去世以后缓发的款项随下一批次补发。家庭人口、收入、财产还有变化的，请及时告知，将重新核算。",
    )
    _notice_ends(sheet)


@paper("changed_over")
def _changed_over(sheet: Layout) -> None:
    _notice(
        sheet,
        "{{ 项目 }}转为{{ 新项目 }}告知书",
        "经确认，{{ 人员 }}自{{ 起始月 }}起享受{{ 新项目 }}（决定{{ 决定编号 }}）。"
        "原享受的{{ 项目 }}发至{{ 末月 }}，自{{ 起始月 }}起停发，不重复享受。",
    )
    sheet.say("if 金额说明")
    sheet.text("其他家庭成员的待遇：{{ 金额说明 }}")
    sheet.say("endif")
    _notice_ends(sheet)


@paper("grace_ended")
def _grace_ended(sheet: Layout) -> None:
    _notice(
        sheet,
        "{{ 项目 }}渐退期结束告知书",
        "您家因就业后收入增加正在享受{{ 项目 }}渐退期。{{ 去世人 }}于{{ 变化日期 }}去世，已经核实，渐退期提前结束，"
        "待遇发至{{ 末月 }}，自{{ 起始月 }}起停发。",
        "其他家庭成员生活仍有困难的，可以按现在的家庭人口、收入和财产重新申请，不受原渐退期影响。",
    )
    _notice_ends(sheet)


@paper("restored")
def _restored(sheet: Layout) -> None:
    _notice(
        sheet,
        "{{ 项目 }}恢复待遇告知书",
        "您的{{ 项目 }}停发（减发）决定（{{ 决定编号 }}）已于{{ 变化日期 }}被依法撤销。"
        "自{{ 起始月 }}起恢复原待遇，起始月份每{{ 周期 }}{{ 金额 }}元。",
    )
    sheet.say("if 末月")
    sheet.text("恢复的待遇发至{{ 末月 }}，以后的月份按其后的决定执行。")
    sheet.say("endif")
    sheet.say("if 缓发")
    sheet.text("因另有情况待核实，目前缓发，核实以后补发。")
    sheet.say("else")
    sheet.text("应发而未发的款项随下一批次补发。")
    sheet.say("endif")
    sheet.say("if 重新决定")
    sheet.text("按要求将重新调查并作出决定，结果另行书面告知；新的决定生效以前，按恢复后的待遇发放。")
    sheet.say("endif")
    _notice_ends(sheet)


@paper("joined")
def _joined(sheet: Layout) -> None:
    _notice(
        sheet,
        "{{ 项目 }}{{ 变化 }}后{{ 变化结果 }}告知书",
        "您家于{{ 变化日期 }}{{ 变化 }}，家庭人口、收入已重新登记。{{ 金额说明 }}",
    )
    _notice_ends(sheet)


@paper("split_off")
def _split_off(sheet: Layout) -> None:
    _notice(sheet, "{{ 项目 }}分户告知书", "您家于{{ 变化日期 }}从{{ 原户 }}分户，新档{{ 新档号 }}。")
    sheet.say("if 继续保障")
    sheet.text("自{{ 起始月 }}起，每{{ 周期 }}{{ 金额 }}元，领款人{{ 领款人 }}。")
    sheet.say("else")
    sheet.text("按分户以后的人口、收入核算，不再符合条件，自{{ 起始月 }}起不再保障。情况有变化的，可以重新申请。")
    sheet.say("endif")
    _notice_ends(sheet)


@paper("moved_out")
def _moved_out(sheet: Layout) -> None:
    _notice(sheet, "迁出停发告知书", "您家于{{ 变化日期 }}迁往{{ 迁往 }}，不再属于本县保障范围。")
    sheet.say("for 行 in 停发待遇")
    sheet.text("{{ 行.项目 }}发至{{ 行.末月 }}，以后停发。")
    sheet.say("endfor")
    sheet.text("请持《社会救助对象迁移交接单》到新住地乡镇（街道）提出申请。以前月份没有发到的，仍由本办公室补发。")
    _notice_ends(sheet)


@paper("claimed")
def _claimed(sheet: Layout) -> None:
    _notice(
        sheet,
        "{{ 项目 }}多发款项追回告知书",
        "经核实，您领取的{{ 项目 }}有多发，共{{ 追回金额 }}元，应予退回。原因：{{ 追回原因 }}。",
    )
    sheet.repeat(
        ["月份", "已发（元）", "应发（元）", "多发（元）"],
        "多发月份",
        ["{{ 行.月份 }}", "{{ 行.已发 }}", "{{ 行.应发 }}", "{{ 行.多发 }}"],
        (42, 38, 38, 38),
    )
    sheet.text("请与本办公室联系退回方式；一次退回有困难的，可以商定分次退回。不从您今后的待遇中直接扣减。")
    _notice_ends(sheet)


def _members(sheet: Layout, *more: str) -> None:
    """The family of a hand-over or a referral."""
    sheet.heading("家庭成员")
    names = ["姓名", *more, "年龄"]
    cells = ["{{ 行.姓名 }}", *(f"{{{{ 行.{name.removeprefix('与户主')} }}}}" for name in more), "{{ 行.年龄 }}岁"]
    sheet.repeat(names, "家庭成员", cells, [156 // len(names)] * len(names))


@paper("handed_over")
def _handed_over(sheet: Layout) -> None:
    sheet.title("社会救助对象迁移交接单")
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["移交单位", "{{ 移交单位 }}", "接收单位", "{{ 接收单位 }}"],
            ["原住村（居）", "{{ 原住村居 }}", "现住村（居）", "{{ 现住村居 }}"],
            ["原档案号", "{{ 原档号 }}", "新档案号", "{{ 新档号 }}"],
            ["迁移日期", "{{ 迁移日期 }}", "移交日期", "{{ 今日 }}"],
        ],
        widths=(28, 50, 28, 50),
    )
    _members(sheet, "与户主关系")
    sheet.heading("待遇")
    sheet.say("if 待遇")
    sheet.repeat(
        ["项目", "金额", "移交方发至", "接收方自", "领款人"],
        "待遇",
        ["{{ 行.项目 }}", "每{{ 行.周期 }}{{ 行.金额 }}元", "{{ 行.末月 }}", "{{ 行.起始月 }}", "{{ 行.领款人 }}"],
        (36, 36, 30, 30, 24),
    )
    sheet.say("else")
    sheet.text("无。")
    sheet.say("endif")
    sheet.heading("随档移交的材料")
    sheet.say("for 行 in 移交材料")
    sheet.text("{{ 行.序号 }}．{{ 行.名称 }}")
    sheet.say("endfor")
    sheet.say("if not 移交材料")
    sheet.text("无电子材料；纸质档案随本单移交。")
    sheet.say("endif")
    sheet.text("上列待遇衔接发放，不断月、不重月。迁移月份及以前的欠发由移交方补发。")
    sheet.table([["移交人签字", "", "接收人签字", ""]])
    sheet.day("{{ 今日 }}")


@paper("moved_out_paper")
def _moved_out_paper(sheet: Layout) -> None:
    sheet.title("社会救助对象迁移交接单")
    sheet.number("{{ 编号 }}")
    sheet.table(
        [
            ["原住地", "{{ 原住村居 }}", "迁往", "{{ 迁往 }}"],
            ["档案号", "{{ 原档号 }}", "迁出日期", "{{ 迁移日期 }}"],
        ]
    )
    _members(sheet, "与户主关系")
    sheet.heading("在本县享受的待遇")
    sheet.say("for 行 in 待遇")
    sheet.text("{{ 行.项目 }}，自{{ 行.起始月 }}起，发至{{ 行.末月 }}。")
    sheet.say("endfor")
    sheet.day("{{ 今日 }}")


@paper("minors_referral")
def _minors_referral(sheet: Layout) -> None:
    sheet.title("未成年人转介单")
    sheet.number("{{ 编号 }}")
    sheet.text("儿童福利（未成年人救助保护）工作人员：", indent=False)
    sheet.text(
        "以下家庭的成年成员均已去世（已经核实），只有未成年人，现予转介，请按规定评估是否符合孤儿、事实无人抚养儿童保障条件。"
    )
    _members(sheet, "性别", "出生日期")
    sheet.heading("现享受的待遇（不因转介停发）")
    sheet.say("for 行 in 待遇")
    sheet.text("{{ 行.项目 }}，自{{ 行.起始月 }}起每{{ 行.周期 }}{{ 行.金额 }}元，由{{ 行.领款人 }}代领。")
    sheet.say("endfor")
    sheet.heading("监护和照料情况")
    sheet.text("监护人：{{ 监护人 }}。{{ 监护情况 }}")
    sheet.text("请在收到后评估，并将结果反馈本办公室。符合条件的，待遇按规定衔接，不重不漏。")
    sheet.day("{{ 今日 }}")
    sheet.heading("反馈")
    sheet.table([["评估结果", "", "经办人", ""], ["纳入保障项目", "", "日期", ""]])


@paper("review_list")
def _review_list(sheet: Layout) -> None:
    sheet.title("{{ 项目 }}{{ 核查 }}名单")
    sheet.small(
        "{{ 地区 }}　{{ 期间 }}　应核查{{ 应核查 }}（户、人），未核查{{ 未核查 }}　期限：{{ 期限 }}　打印：{{ 今日 }}"
    )
    sheet.small("核查方式：{{ 核查方式 }}")
    sheet.repeat(
        ["序号", "姓名", "年龄", "住址", "核查方式", "日期", "签字"],
        "名单",
        [f"{{{{ 行.{name} }}}}" for name in ("序号", "姓名", "年龄", "住址", "方式", "日期")] + [""],
        (14, 20, 14, 42, 24, 24, 18),
    )


@paper("review_warning")
def _review_warning(sheet: Layout) -> None:
    sheet.title("{{ 核查 }}通知书")
    sheet.number("{{ 编号 }}")
    sheet.text("{{ 姓名 }}：", indent=False)
    sheet.text(
        "您享受的{{ 项目 }}，{{ 期间 }}须办理{{ 核查 }}。依据：{{ 依据 }}。"
        "核查期限为{{ 期限 }}，至今未能与您取得联系、完成核查。"
    )
    sheet.text(
        "请您自收到本通知之日起{{ 天数 }}日内，本人持身份证到{{ 单位 }}办理；行动不便的，可以电话联系，"
        "由工作人员上门或者视频办理，不收取任何费用。"
    )
    sheet.text("逾期仍未办理的，将暂停发放待遇。暂停不是取消：您办理后即恢复发放，暂停期间符合条件的待遇予以补发。")
    sheet.text("联系人：　　　　　　　　　　电话：")
    sheet.day("{{ 今日 }}")
    sheet.receipt()


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
    "scan": "扫描件 · Scans in the file",
}

if __name__ == "__main__":
    for source in SOURCES:
        catalogue.add(source)
    write_templates()
    (ROOT / "docs" / "templates.md").write_text(listing(), encoding="utf-8")
