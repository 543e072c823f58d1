"""From the application to the meeting: what is applied for, accepted, looked into."""

from scripts.paper_layouts.layout import Layout, paper


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
        [["访问地点", "{{ 村居 }}", "访问日期", "{{ 入户日期 }}"]],
        widths=(28, 50, 28, 50),
    )
    sheet.text("询问：常住人口和外出情况；劳动力和就业情况；收入来源；住房、车辆和大额支出；赡养人和赡养情况。")
    sheet.repeat(
        ["被访问人（与该户关系）", "所说的情况", "被访问人签字"],
        "邻里意见",
        ["{{ 行.被访问人 }}", "{{ 行.内容 }}", ""],
        (40, 84, 32),
        blank=8,
    )
    sheet.signatures("访问人员（一）", "访问人员（二）")


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
