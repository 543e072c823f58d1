"""The forms of funds: opening one, and what can be booked on one."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.payments import actions, between
from minzheng.payments.models import Fund, FundSource
from minzheng.web import names
from minzheng.web.forms import Day, Form, Yuan, offer
from minzheng.web.languages import language
from minzheng.web.places import own_area, parts


class OpenForm(Form):
    """A new fund."""

    name = forms.CharField(label=gettext_lazy("名称（按下达文件）"), max_length=100)
    name_en = forms.CharField(label=gettext_lazy("英文名称（可不填）"), max_length=100, required=False)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2100)
    source = forms.ChoiceField(label=gettext_lazy("来源"))
    area = forms.ChoiceField(label=gettext_lazy("地区"))
    department = forms.CharField(
        label=gettext_lazy("主管股室（可不填）"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("空着的，取第一个项目的主管股室。"),
    )
    purpose = forms.MultipleChoiceField(
        label=gettext_lazy("用途：只能发放所选项目"), widget=forms.CheckboxSelectMultiple
    )
    earlier_years = forms.BooleanField(label=gettext_lazy("可以发放上年欠发的月份"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = own_area(user)
        offer(self, "source", [(value, _(label)) for value, label in FundSource.choices])
        offer(self, "area", [(own, areas.name(own)), *(one for one in parts(user) if one[0] != own)])
        choices = [(code, pick(known.name, language())) for code, known in names.programmes().items()]
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.MultipleChoiceField)
        purpose.choices = choices


class ActForm(Form):
    """A form of an act on a fund; `others` are the funds it may pass money to."""

    def __init__(self, *args: Any, act: str, fund: Fund, others: list[Fund], **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{act}_%s", **kwargs)  # several stand on one page
        self.others = {str(one.pk): one for one in others}
        if "to" in self.fields:
            offer(
                self, "to", [(str(one.pk), f"{one.area.name} · {pick(one.account.name, language())}") for one in others]
            )
        if "on" in self.fields:
            self.fields["on"].initial = clock.today()
        self.limit(fund)

    def limit(self, fund: Fund) -> None:
        """Choices that depend on the fund."""

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        found = dict(self.cleaned_data)
        if "to" in found:
            found["to"] = self.others[found["to"]]
        return found


class MoneyForm(ActForm):
    """An amount on a day, with its document."""

    amount = Yuan(label=gettext_lazy("金额（元）"))
    on = Day(label=gettext_lazy("日期"))
    memo = forms.CharField(label=gettext_lazy("文号或说明"), max_length=200)


class PassForm(MoneyForm):
    """The same, to another fund."""

    to = forms.ChoiceField(label=gettext_lazy("对方资金"))
    field_order = ("to", "amount", "on", "memo")


class CarryForm(ActForm):
    """All that is left, or a part of it."""

    to = forms.ChoiceField(label=gettext_lazy("结转到"))
    amount = Yuan(label=gettext_lazy("金额（元，空着为全部结余）"), required=False)
    on = Day(label=gettext_lazy("日期"))
    memo = forms.CharField(label=gettext_lazy("文号或说明"), max_length=200, required=False)


class BudgetForm(ActForm):
    """A budget of a programme, for the fund's area or a part of it."""

    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    area = forms.ChoiceField(label=gettext_lazy("地区"))
    amount = Yuan(label=gettext_lazy("全年预算（元）"))
    document = forms.CharField(label=gettext_lazy("文号"), max_length=200)
    on = Day(label=gettext_lazy("文件日期"))
    expected_by = Day(label=gettext_lazy("应到位日期（可不填）"), required=False)

    def limit(self, fund: Fund) -> None:
        offer(self, "programme", [(code, names.programme_name(code)) for code in fund.purpose])
        below = areas.children(fund.area_id).values_list("code", "name")
        offer(self, "area", [(fund.area_id, fund.area.name), *below])


@dataclass(frozen=True)
class FundAct:
    """Something that can be booked on a fund. `others`: the funds it needs at its other end; without any it is not
    offered."""

    name: str
    label: str
    consequence: str
    form: type[ActForm]
    do: Callable[..., object]
    others: Callable[[Fund], list[Fund]] | None = None


ACTS = (
    FundAct(
        "allocate",
        gettext_noop("登记到账"),
        gettext_noop("来源拨入的钱记入本资金，台账只增不改。"),
        MoneyForm,
        actions.allocate,
    ),
    FundAct(
        "budget",
        gettext_noop("登记预算"),
        gettext_noop("同一项目、同一地区再次登记即为调整，原来的一行保留。"),
        BudgetForm,
        actions.set_budget,
    ),
    FundAct(
        "pass_on",
        gettext_noop("下拨"),
        gettext_noop("拨给下级同来源、同用途、同年度的资金；用途不同的，数据库拒绝。"),
        PassForm,
        actions.pass_on,
        between.may_receive,
    ),
    FundAct(
        "pass_back",
        gettext_noop("缴回"),
        gettext_noop("退还给上级同来源、同用途、同年度的资金。"),
        PassForm,
        actions.pass_back,
        between.may_be_returned_to,
    ),
    FundAct(
        "carry_over",
        gettext_noop("结转下年"),
        gettext_noop("结余转入下一年度同来源、同用途的资金。"),
        CarryForm,
        actions.carry_over,
        between.may_follow,
    ),
    FundAct(
        "withdraw",
        gettext_noop("收回、冲正"),
        gettext_noop("来源收回，或到账记错：从本资金退还来源，须写明原因。"),
        MoneyForm,
        actions.withdraw,
    ),
)


def offered(fund: Fund, today: dt.date) -> list[tuple[FundAct, list[Fund]]]:
    """The acts that a fund has something for, each with the funds at the other end."""
    found = []
    for act in ACTS:
        others = act.others(fund) if act.others else []
        if act.others and not others:
            continue
        if act.name in ("allocate", "withdraw", "pass_on", "pass_back") and fund.year > today.year:
            continue
        found.append((act, others))
    return found
