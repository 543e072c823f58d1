"""What comes after a decision, and what is kept: reviews, agreements, registers, the bound file."""

from docx.shared import Mm

from minzheng.core.paper import SIZE_2, SIZE_SMALL, TITLE
from scripts.paper_layouts.layout import Layout, paper


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
