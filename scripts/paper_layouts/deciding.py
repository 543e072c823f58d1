"""From the posting to the proof of service: what is shown, reviewed, decided, told."""

from minzheng.core.paper import SIZE_SMALL
from scripts.paper_layouts.layout import Layout, paper


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
