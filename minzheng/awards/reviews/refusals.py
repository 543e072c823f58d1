"""What reviews refuse, in words."""

import datetime as dt

from minzheng.core.errors import Refused, Text, pick, refuse


def round_of_a_village(area: str) -> Refused:
    return refuse(
        "review.round_of_a_village",
        zh="核查轮次按乡镇开展，不能只为“{area}”开展。",
        en="A round is opened for a township, not for “{area}” alone.",
        remedy_zh="请选择乡镇（9 位代码）或者上级区划；村的名单在轮次里分村列出。",
        remedy_en="Choose a township (9 digits) or an area above; the round lists its villages one by one.",
        area=area,
    )


def opened_before(label: Text, first: dt.date, last: dt.date, rule: str) -> Refused:
    return refuse(
        "review.opened_before",
        zh="{first} 至 {last} 的“{label_zh}”已经开展过。",
        en="“{label_en}” for {first} to {last} has been opened already.",
        remedy_zh="请在核查页面打开已有的轮次继续办理；下一轮从 {following} 起。",
        remedy_en="Go on with the round there is; the next may be opened from {following} on.",
        rule=rule,
        first=first,
        last=last,
        following=last + dt.timedelta(days=1),
        label_zh=pick(label, "zh-Hans"),
        label_en=pick(label, "en"),
    )


def nobody(label: Text, rule: str) -> Refused:
    return refuse(
        "review.nobody",
        zh="今天没有需要“{label_zh}”的在册待遇。",
        en="No award in force today is due for “{label_en}”.",
        remedy_zh="请核对区划和项目；分类复核的，请核对家庭的复核类别。",
        remedy_en="Check area and programme; where reviews go by class, the classes of the families.",
        rule=rule,
        label_zh=pick(label, "zh-Hans"),
        label_en=pick(label, "en"),
    )


def method(key: str, known: str, rule: str) -> Refused:
    return refuse(
        "review.method",
        zh="这一轮不能用“{method}”作为核查方式。",
        en="This round is not done by “{method}”.",
        remedy_zh="可用的方式：{known}；数据比对由系统自动完成。",
        remedy_en="Choose one of: {known}; data matches are made by themselves.",
        rule=rule,
        method=key,
        known=known,
    )


def day(on: dt.date, first: dt.date, today: dt.date, rule: str) -> Refused:
    return refuse(
        "review.day",
        zh="核查日期 {on} 不在本期开始（{first}）与今天（{today}）之间。",
        en="The day {on} is not between the period's first day ({first}) and today ({today}).",
        remedy_zh="请填写实际见到本人的日期；上一期见到的不算本期。",
        remedy_en="Enter the day on which they were met; a contact of an earlier period does not count for this one.",
        rule=rule,
        on=on,
        first=first,
        today=today,
    )


def not_in_round(count: int) -> Refused:
    return refuse(
        "review.not_in_round",
        zh="所选的有 {count} 户（人）不在本轮名单里。",
        en="{count} of those chosen are not in this round.",
        remedy_zh="请刷新页面，从名单里重新勾选。",
        remedy_en="Reload the page and tick them in the list again.",
        count=count,
    )


def nobody_chosen() -> Refused:
    return refuse(
        "review.nobody_chosen",
        zh="没有勾选任何人。",
        en="Nobody is ticked.",
        remedy_zh="请在名单里勾选（空格键），再提交。",
        remedy_en="Tick them in the list (space), then send.",
    )


def state(act: Text, who: str, state: str) -> Refused:
    return refuse(
        "review.state",
        zh="{who}现在是“{state}”，不能{act_zh}。",
        en="{who} is “{state}” now and cannot be {act_en}.",
        remedy_zh="请刷新页面；可能已经有人办过了。",
        remedy_en="Reload the page; somebody may have dealt with it already.",
        who=who,
        state=state,
        act_zh=pick(act, "zh-Hans"),
        act_en=pick(act, "en"),
    )


def no_warning(label: Text, rule: str) -> Refused:
    return refuse(
        "review.no_warning",
        zh="“{label_zh}”没有书面通知和暂停发放的规则。",
        en="“{label_en}” knows no warning and no suspension.",
        remedy_zh="请逐户核查；确需停发的，按变更程序办理。",
        remedy_en="Review each of them; where the benefit must stop, open a change.",
        rule=rule,
        label_zh=pick(label, "zh-Hans"),
        label_en=pick(label, "en"),
    )


def warn_too_early(due_on: dt.date, rule: str) -> Refused:
    return refuse(
        "review.warn_too_early",
        zh="核查期限到 {due_on}，期满才能发书面通知。",
        en="Verification runs until {due_on}; a written warning follows only after that.",
        remedy_zh="请先用其他方式联系：村里核实、电话视频、入户。",
        remedy_en="Try the other ways first: the village, a call, a visit.",
        rule=rule,
        due_on=due_on,
    )


def suspend_too_early(who: str, wait_until: dt.date | None, rule: str) -> Refused:
    return refuse(
        "review.suspend_too_early",
        zh="{who}的书面通知还没有送达。" if wait_until is None else "{who}的书面通知要到 {wait_until} 期满。",
        en="The warning has not been served on {who}." if wait_until is None else "{who} has until {wait_until}.",
        remedy_zh="请先送达并登记送达日期；期满次日起才能暂停发放。",
        remedy_en="Serve it and enter the day; the benefit may be suspended from the day after its time has run out.",
        rule=rule,
        who=who,
        wait_until=wait_until,
    )


def served_when(on: dt.date, warned_on: dt.date | None) -> Refused:
    return refuse(
        "review.served_when",
        zh="送达日期 {on} 早于通知日期 {warned_on}，或者在今天之后。",
        en="The day of service {on} is before the letter ({warned_on}) or after today.",
        remedy_zh="请按送达回证上的日期填写。",
        remedy_en="Enter the day on the proof of service.",
        on=on,
        warned_on=warned_on,
    )


def needs_words(zh: str, en: str) -> Refused:
    return refuse(
        "review.needs_words",
        zh="没有填写{what_zh}。",
        en="{what_en} is missing.",
        remedy_zh="请写明，以后查得到。",
        remedy_en="Write it down, so that it can be looked up later.",
        what_zh=zh,
        what_en=en,
    )


def death_of_a_family() -> Refused:
    return refuse(
        "review.death_of_a_family",
        zh="这是按户享受的待遇，去世的是哪一位须在家庭档案里登记。",
        en="This benefit is a family's: which member has died is entered in the family's file.",
        remedy_zh="请打开家庭档案，在成员页面登记去世；其余成员的待遇会重新核算。",
        remedy_en="Open the family's file and record the death there; the benefit is worked out anew for the others.",
    )


def rectify_day(due_on: dt.date, today: dt.date) -> Refused:
    return refuse(
        "review.rectify_day",
        zh="整改期限 {due_on} 在今天（{today}）之前。",
        en="The day {due_on} to put it right by is before today ({today}).",
        remedy_zh="请填写今天或以后的日期；不填按规则计算。",
        remedy_en="Enter today or a later day; left empty it follows from the rule.",
        due_on=due_on,
        today=today,
    )
