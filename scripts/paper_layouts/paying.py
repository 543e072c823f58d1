"""What was paid: the slip of a household or a person."""

from scripts.paper_layouts.layout import Layout, paper


@paper("payment_slip")
def _payment_slip(sheet: Layout) -> None:
    sheet.title("救助资金发放明细单")
    sheet.table(
        [["户主（本人）", "{{ 姓名 }}", "档案号", "{{ 档号 }}"], ["村（居）", "{{ 村居 }}", "年度", "{{ 年度 }}"]],
        widths=(34, 52, 30, 40),
    )
    cells = ("到账日期", "项目", "所属月份", "性质", "收款人", "账号尾号", "金额")
    sheet.repeat(
        ["到账日期", "项目", "所属月份", "性质", "收款人", "账号尾号", "金额（元）"],
        "明细",
        [f"{{{{ 行.{name} }}}}" for name in cells],
        (27, 32, 20, 18, 20, 15, 24),
        ["合计", "", "", "", "", "", "{{ 资金合计 }}"],
        when="明细",
    )
    sheet.say("if not 明细")
    sheet.text("本年度没有到账的款项。")
    sheet.say("endif")
    sheet.say("if 各月")
    sheet.heading("各月到账")
    sheet.repeat(["月份", "金额（元）"], "各月", ["{{ 行.月份 }}", "{{ 行.金额 }}"], (60, 60))
    sheet.text("全年到账资金{{ 资金合计 }}元（大写：{{ 资金合计|大写 }}）。")
    sheet.say("endif")
    sheet.say("if 实物合计")
    sheet.text("另发放实物，折价{{ 实物合计 }}元。")
    sheet.say("endif")
    sheet.small("到账日期以银行入账为准；与存折、银行卡明细不符的，请持本单到{{ 单位 }}查询。")
    sheet.day("{{ 今日 }}")
