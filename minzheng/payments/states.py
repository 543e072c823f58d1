"""The states of a run as one table: which act leads from which states to which, and who is asked to act next."""

from dataclasses import dataclass

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import audit, clock, tasks
from minzheng.core.errors import Text, refuse
from minzheng.payments.models import Run, RunState, RunStep

S = RunState


@dataclass(frozen=True)
class Act:
    """One act on a run. `name` is the permission it needs and what roles.yaml's conflicts speak of; `after` None leaves
    the state as it is; `in_kind` says for which runs it is (None: all)."""

    name: str
    before: tuple[RunState, ...]
    after: RunState | None
    label: Text
    in_kind: bool | None = None


ACTS = (
    Act("payments.prepare", (S.COMPUTED,), S.COMPUTED, {"zh-Hans": "生成发放批次", "en": "Compute the run"}),
    Act(
        "payments.set_off",
        (S.COMPUTED,),
        S.COMPUTED,
        {"zh-Hans": "按同意书抵扣", "en": "Set off what was agreed"},
        in_kind=False,
    ),
    Act("payments.submit", (S.COMPUTED,), S.SUBMITTED, {"zh-Hans": "提交审批", "en": "Submit for approval"}),
    Act("payments.send_back", (S.SUBMITTED,), S.COMPUTED, {"zh-Hans": "退回修改", "en": "Send back"}),
    Act("payments.approve", (S.SUBMITTED,), S.APPROVED, {"zh-Hans": "审批发放", "en": "Approve"}),
    Act(
        "payments.release", (S.APPROVED,), S.RELEASED, {"zh-Hans": "财政拨付", "en": "Release the money"}, in_kind=False
    ),
    Act("payments.send", (S.RELEASED,), S.SENT, {"zh-Hans": "送银行代发", "en": "Send to the bank"}, in_kind=False),
    Act(
        "payments.book_returns",
        (S.SENT, S.RETURNS_BOOKED),
        S.RETURNS_BOOKED,
        {"zh-Hans": "登记退回", "en": "Book returns"},
        in_kind=False,
    ),
    Act(
        "payments.confirm_paid",
        (S.SENT, S.RETURNS_BOOKED),
        S.PAID,
        {"zh-Hans": "确认到账", "en": "Confirm payment"},
        in_kind=False,
    ),
    Act("payments.give", (S.APPROVED,), S.PAID, {"zh-Hans": "发放物资", "en": "Give the goods"}, in_kind=True),
    Act("payments.close", (S.PAID,), S.CLOSED, {"zh-Hans": "办结", "en": "Close"}),
)
BY_NAME = {act.name: act for act in ACTS}

PERMISSION = {
    "payments.send_back": "payments.approve",
    "payments.confirm_paid": "payments.book_returns",
    "payments.give": "payments.prepare",
}
"""Acts that go with another act's permission: who may approve may send back; the bank's answer is one hand's work; the
town that prepared the list hands out the goods."""

NEXT = {
    (S.COMPUTED, False): (
        "payments.submit",
        {"zh-Hans": "核对差异后提交审批", "en": "Check the differences and submit"},
    ),
    (S.SUBMITTED, False): ("payments.approve", {"zh-Hans": "审批发放批次", "en": "Approve the run"}),
    (S.APPROVED, False): ("payments.release", {"zh-Hans": "拨付资金", "en": "Release the money"}),
    (S.RELEASED, False): ("payments.send", {"zh-Hans": "生成并送出银行文件", "en": "Make and send the bank file"}),
    (S.SENT, False): ("payments.book_returns", {"zh-Hans": "登记银行回盘", "en": "Book what the bank returned"}),
    (S.RETURNS_BOOKED, False): ("payments.book_returns", {"zh-Hans": "确认到账", "en": "Confirm what was paid"}),
    (S.PAID, False): ("payments.close", {"zh-Hans": "核对后办结", "en": "Reconcile and close"}),
    (S.COMPUTED, True): (
        "payments.submit",
        {"zh-Hans": "核对差异后提交审批", "en": "Check the differences and submit"},
    ),
    (S.SUBMITTED, True): ("payments.approve", {"zh-Hans": "审批发放名单", "en": "Approve the list"}),
    (S.APPROVED, True): ("payments.prepare", {"zh-Hans": "发放物资并签收", "en": "Give the goods against signature"}),
    (S.PAID, True): ("payments.close", {"zh-Hans": "核对后办结", "en": "Reconcile and close"}),
}
"""After each state, for money and for goods: the permission of who is asked next, and for what."""


def possible(run: Run) -> list[Act]:
    """The acts that the run's state allows (whoever may do them)."""
    return [act for act in ACTS if run.state in act.before and act.in_kind in (None, run.in_kind)]


def require(name: str, *, by: User, run: Run) -> Run:
    """Lock the run and refuse an act that its state or the user's roles do not allow. Returns the run as it stands."""
    act = BY_NAME[name]
    perms.require(by, PERMISSION.get(name, name), run.area_id)
    run = Run.objects.select_for_update(of=("self",)).select_related("fund__account").get(pk=run.pk)
    if act not in possible(run):
        raise refuse(
            "payments.state",
            zh="批次 {number} 现在是“{state_zh}”，不能办理“{act_zh}”。",
            en="The run {number} is “{state}”; “{act_en}” cannot be done now.",
            remedy_zh="可以办理：{next_zh}。请刷新页面，可能已有人先办。",
            remedy_en="What can be done: {next_en}. Reload the page; somebody may have acted before you.",
            number=run.number,
            state=run.state,
            state_zh=RunState(run.state).label,
            act_zh=act.label["zh-Hans"],
            act_en=act.label["en"],
            next_zh="、".join(one.label["zh-Hans"] for one in possible(run)) or "无",
            next_en=", ".join(one.label["en"] for one in possible(run)) or "nothing",
        )
    return run


def record(name: str, *, by: User, run: Run, note: str = "", detail: dict[str, object] | None = None) -> RunStep:
    """Move the run on, leave the step and the audit row, close what was asked for and ask the next."""
    act = BY_NAME[name]
    run.state = act.after if act.after is not None else run.state
    run.save()
    step = RunStep.objects.create(
        run=run, area_id=run.area_id, act=name, state_after=run.state, on=clock.today(), actor=by, note=note
    )
    audit.record(name, by=by, subject=run, area=run.area_id, detail={"number": run.number, **(detail or {})})
    _ask_next(by=by, run=run)
    return step


def _ask_next(*, by: User, run: Run) -> None:
    wanted = NEXT.get((RunState(run.state), run.in_kind))
    tasks.close_tasks(subject=run, by=by)
    if wanted is None:
        return
    permission, label = wanted
    tasks.open_task(
        f"payments.run.{run.state}",
        subject=run,
        area=run.area_id,
        label=label,
        permission=permission,
        programme=run.programme,
        stage=run.state,
        who=run.number,
        people=min(run.people, 32767),
    )
