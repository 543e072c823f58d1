"""What a family says it lives on, and what happens to it: deaths, moves, mergers, money paid back."""

from collections.abc import Sequence

from scripts.paper_layouts.layout import Layout, paper


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


@paper("head_changed")
def _head_changed(sheet: Layout) -> None:
    _notice(
        sheet,
        "变更户主告知书",
        "您家（档案号{{ 原档号 }}）自{{ 变化日期 }}起，户主由{{ 原户主 }}变更为{{ 户主 }}，档案号不变。",
    )
    sheet.say("for 行 in 继续待遇")
    sheet.text("{{ 行.项目 }}改由{{ 户主 }}领取，金额不变，每{{ 行.周期 }}{{ 行.金额 }}元。")
    sheet.say("endfor")
    sheet.text("还没有发到的款项同样发给新户主。户主变更伴有人口、收入、财产变化的，请及时告知本办公室，将重新核算。")
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
    sheet.text(
        "请与本办公室联系退回方式；一次退回有困难的，可以商定分次退回。没有您的书面同意，不从您今后的待遇中扣减。"
    )
    sheet.say("if 可以抵扣")
    sheet.text("自愿由今后的待遇分月抵扣的，填写所附同意书，以后可以随时书面撤回。")
    sheet.say("endif")
    _notice_ends(sheet)
    sheet.say("if 可以抵扣")
    sheet.heading("附：抵扣同意书（自愿填写）　编号：＿＿＿＿")
    sheet.text(
        "本人已收到追回告知书（{{ 编号 }}），自愿同意从＿＿年＿月起，每月从{{ 项目 }}中抵扣＿＿＿元，抵完{{ 追回金额 }}元"
        "多发款项中尚未退回的部分为止；每月抵扣以后留下的不少于当地规定的底线。本人知道可以随时书面撤回同意，撤回后不再抵扣。"
    )
    sheet.signatures("同意人签字", "经办人")
    sheet.say("endif")


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
        (34, 44, 28, 28, 22),
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
