"""Every refusal of a scenario file: code -> cause (zh, en), remedy (zh, en)."""

from minzheng.policy.errors import PolicyError
from minzheng.policy.messages import MESSAGES as FILES

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    **FILES,
    "wrong_form": (
        "{key} 应当是{wanted_zh}。",
        "{key} should be {wanted_en}.",
        "请照 docs/scenarios.md 的例子填写。",
        "Write it as docs/scenarios.md shows.",
    ),
    "not_a_day": (
        "“{value}”不是日期。",
        "“{value}” is not a day.",
        "写成 2025-03-01。",
        "Write it as 2025-03-01.",
    ),
    "not_a_month": (
        "“{value}”不是月份。",
        "“{value}” is not a month.",
        "写成 2025-03。",
        "Write it as 2025-03.",
    ),
    "day_order": (
        "{day} 没有排在前一天 {before} 之后。",
        "{day} does not come after the day before it in the file, {before}.",
        "请按日期从早到晚排列，每天只写一次。",
        "Order the days, and write each of them once.",
    ),
    "no_event": (
        "这一条没有写明是什么事。",
        "This entry does not say what happens.",
        "写一种事：{known}。",
        "Write one kind of event: {known}.",
    ),
    "two_events": (
        "这一条写了两种事：{found}。",
        "This entry has two kinds of event: {found}.",
        "拆成两条，一条一种。",
        "Make two entries of it.",
    ),
    "unknown_event": (
        "不认识的事 {key}。",
        "Unknown kind of event {key}.",
        "可以写：{known}。{hint_zh}",
        "The kinds are: {known}.{hint_en}",
    ),
    "unknown_name": (
        "前面没有叫“{name}”的{what_zh}。",
        "No {what_en} called “{name}” comes before this line.",
        "已有的：{known}。{hint_zh}",
        "There are: {known}.{hint_en}",
    ),
    "known_name": (
        "“{name}”已经用作{what_zh}的名称。",
        "“{name}” is the name of a {what_en} already.",
        "请换一个名称。",
        "Choose another name.",
    ),
    "refused": (
        "{event} 被拒绝，剧本没有预料到：{rule} {cause_zh}",
        "{event} was refused, which the scenario did not expect: {rule} {cause_en}",
        "如果应当拒绝，在这一条加上 refused: {rule}；否则请改正剧本。",
        "If it should be refused, add refused: {rule} to the entry; otherwise correct the scenario.",
    ),
    "other_refusal": (
        "{event} 应以 {wanted} 被拒绝，实际是 {rule}：{cause_zh}",
        "{event} should be refused with {wanted}, but it was with {rule}: {cause_en}",
        "请核对代码，或改正剧本。",
        "Check the code, or correct the scenario.",
    ),
    "not_refused": (
        "{event} 应以 {wanted} 被拒绝，实际办成了。",
        "{event} should be refused with {wanted}, but it was done.",
        "请删去 refused，或改正剧本。",
        "Remove refused, or correct the scenario.",
    ),
    "unmet": (
        "与预期不符：{differences}。",
        "Not as expected: {differences}.",
        "请核对规定；产品不对的请报告，剧本不对的请改正。",
        "Check the rule: report the product where it is wrong, correct the scenario where that is.",
    ),
    "no_award": (
        "“{name}”没有项目 {programme} 的待遇。",
        "“{name}” has no award of the programme {programme}.",
        "请先办理确认或结转（carry_over）。",
        "Grant one first, or carry it over.",
    ),
    "no_part": (
        "项目 {programme} 的 {kind} 程序没有可以由县里另行规定的“{part}”。",
        "The procedure {kind} of the programme {programme} has no part “{part}” that a county may set otherwise.",
        "例如 kind: application、part: posting，或 kind: change、part: grace。",
        "For example kind: application, part: posting, or kind: change, part: grace.",
    ),
    "no_line": (
        "“{name}”不在项目 {programme} 的“{kind}”轮次里（或没有问题记录）。",
        "“{name}” is in no round “{kind}” of the programme {programme} (or nothing was found about them).",
        "请先开展轮次（open_round）；抽查的，该户要在抽中的名单里。",
        "Open the round first (open_round); of a sample, the party has to be drawn.",
    ),
    "no_payment": (
        "“{name}”在 {month} 没有项目 {programme} 的退回款项。",
        "“{name}” has no returned payment of {programme} for {month}.",
        "请核对月份和对象。",
        "Check the month and the party.",
    ),
    "no_fund": (
        "{place} 没有 {year} 年可以支付项目 {programme} 的资金。",
        "The {place} has no fund of {year} that may pay {programme}.",
        "请先设立（fund）。",
        "Open one first (fund).",
    ),
    "no_run": (
        "项目 {programme} 在 {month} 没有批次。",
        "There is no run of {programme} for {month}.",
        "请先生成批次（run_prepare）。",
        "Prepare one first (run_prepare).",
    ),
    "no_posting": (
        "事项“{name}”没有公示（或异议）。",
        "The case “{name}” has no notice (or no objection).",
        "请先张贴公示（post），再写异议。",
        "Put a notice up first (post).",
    ),
    "in_use": (
        "数据目录 {data} 里已有内容。",
        "The data directory {data} is not empty.",
        "请用 --data 换一个空目录；剧本总是从空的数据库开始。",
        "Name an empty directory with --data: a scenario begins with an empty database.",
    ),
    "one_to_keep": (
        "--data 只能保留一个剧本，给出了 {count} 个。",
        "--data keeps one scenario; {count} were given.",
        "请只给一个文件，或不写 --data。",
        "Give one file, or leave --data out.",
    ),
}


class ScenarioError(PolicyError):
    """A scenario that cannot be read, or that did not go as it says."""

    messages = MESSAGES
    prefix = "scenario"
