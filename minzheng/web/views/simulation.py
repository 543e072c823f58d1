"""What if: the page that compares the law in force with a changed one over the people of an area. Writes nothing."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases.models import Assessment
from minzheng.core.errors import pick, refuse
from minzheng.people.models import Household, Person
from minzheng.planning import simulation as live
from minzheng.policy.simulation import MOVES, Law, Line, Simulation
from minzheng.policy.simulation.workbook import workbook
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import MEDIA_TYPE, download
from minzheng.web.forms import Day, Form, offer
from minzheng.web.languages import language
from minzheng.web.places import own_area, parts, user_of
from minzheng.web.reads import case_page
from minzheng.web.reads import simulation_page as reads
from minzheng.web.reads.simulation_page import Asked
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table

MOST_FAMILIES = 20_000
"""What a page works out at once; more is for the command line."""


class SimulationForm(Form):
    """When and where; the rates stand beside their values now."""

    on = Day(label=gettext_lazy("测算日期"))
    area = forms.ChoiceField(label=gettext_lazy("区划"))
    rates_file = forms.FileField(
        label=gettext_lazy("上传费率文件"),
        required=False,
        help_text=gettext_lazy("YAML：项目 → 费率，与 policies 里的费率同一格式；可以改分档表和某一地、某一类的数值。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = own_area(user)
        offer(self, "area", [(own, areas.name(own)), *parts(user)])


@needs("planning.simulate")
def simulation(request: HttpRequest) -> HttpResponse:
    """The form; with changes in the address also what they would do. `?format=xlsx` is the workbook."""
    user = user_of(request)
    if request.method == "POST":
        return _to_address(request, user)
    own = own_area(user)
    perms.require(user, "planning.simulate", request.GET.get("area") or own)
    before = live.stored_laws()
    asked, response = Asked.plain(own), None
    with attempt() as tried:
        asked = Asked.of(request.GET, own)
        areas.area(asked.area)
        if asked.changes:
            form = SimulationForm(user=user, initial={"on": asked.on, "area": asked.area})
            response = _result(request, asked, before, _form_context(form, asked, before, request.GET))
    if response is not None and tried.succeeded:
        return response
    form = SimulationForm(user=user, initial={"on": asked.on, "area": asked.area})
    context = _form_context(form, asked, before, request.GET) | {"refusal": tried.refusal}
    return render(request, "simulation/simulation.html", context)


def _form_context(form: SimulationForm, asked: Asked, before: dict[str, Law], typed: QueryDict) -> dict[str, Any]:
    """What the form shows: each rate as it is now, with what was typed beside it."""
    return {
        "form": form,
        "asked": asked,
        "packed_rates": reads.packed(asked.rates) if asked.rates else "",
        "programmes": reads.programme_fields(before, asked, reads.typed_in(typed)),
        "found": None,
        "refusal": None,
    }


def _to_address(request: HttpRequest, user: User) -> HttpResponse:
    """What was typed, as an address: the answer can be reloaded, filtered and sent on, and nothing is kept."""
    query = {
        key: str(text).strip()
        for key, text in request.POST.items()
        if str(text).strip() and (key.startswith(reads.PREFIX) or key in ("on", "area", "rates", "file"))
    }
    sent = request.FILES.get("rates_file")
    with attempt() as tried:
        if sent is not None:
            query["rates"], query["file"] = reads.packed(_text_of(sent)), str(sent.name)
    if tried.refusal:
        form = SimulationForm(request.POST, user=user)
        context = _form_context(form, Asked.plain(own_area(user)), live.stored_laws(), request.POST)
        return render(request, "simulation/simulation.html", context | {"refusal": tried.refusal})
    return redirect(f"{reverse('simulation')}?{urlencode(query)}#result")


def _text_of(sent: Any) -> str:
    try:
        text: str = sent.read(4 * reads.MOST_TEXT + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(
            "simulation.file",
            zh="文件“{file}”不是文字文件。",
            en="The file “{file}” is not a text file.",
            remedy_zh="请上传 UTF-8 编码的 YAML 费率文件。",
            remedy_en="Upload a YAML rates file in UTF-8.",
            file=sent.name,
        ) from None
    return text


def _result(request: HttpRequest, asked: Asked, before: dict[str, Law], context: dict[str, Any]) -> HttpResponse:
    """The answer, as a page or a workbook."""
    after = asked.laws(before)
    with live.simulated_live(after, before=before, area=asked.area, on=asked.on, most=MOST_FAMILIES) as found:
        if request.GET.get("format") == "xlsx":
            lines = list(found.lines(("enter", "leave", "gain", "lose", "error")))
            content = workbook(found, language(), reads.who(lines, asked.on))
            return download(content, f"{_('政策测算')}-{asked.on:%Y%m%d}.xlsx", MEDIA_TYPE)
        return render(request, "simulation/simulation.html", context | _shown(request, asked, before, after, found))


def _shown(
    request: HttpRequest, asked: Asked, before: dict[str, Law], after: dict[str, Law], found: Simulation
) -> dict[str, Any]:
    summary = found.summary
    move = request.GET.get("move", "")
    move = move if move in MOVES else ""
    chosen = request.GET.get("programme", "")
    chosen = chosen if chosen in summary.programmes else ""
    lines = list(found.lines([move] if move else list(reads.CHANGED), [chosen] if chosen else []))
    table = _table(request, asked, after, lines)
    policies = {code: law.policy for code, law in after.items()}
    return {
        "found": summary,
        "changes": [
            (names.programme_name(one.programme), one.label, reads.changed_values(one, before, after, asked))
            for one in summary.changes
        ],
        "tiles": reads.tiles(summary, table, move),
        "by_area": [(reads.area_word(code), one) for code, one in summary.by_area.items()],
        "by_programme": [
            (names.programme_name(code), one, table.url(programme=code, page=None) + "#parties")
            for code, one in summary.by_programme.items()
        ],
        "area_chart": reads.bars(summary, "area"),
        "programme_chart": reads.bars(summary, "programme"),
        "lorenz": reads.lorenz(summary),
        "spread": reads.spread(summary),
        "left_out": reads.left_out(summary),
        "failures": reads.failures(summary, policies),
        "against": [
            (names.programme_name(one.programme), one) for one in summary.against_awards if one.differ or one.without
        ],
        "once": [names.programme_name(code) for code in summary.once],
        "table": table,
        "tabs": [
            (_(label), getattr(summary.total, key), table.url(move=key, page=None) + "#parties", key == move)
            for key, label in reads.MOVE_NAMES.items()
        ],
        "all_url": table.url(move=None, programme=None, page=None) + "#parties",
        "move": move,
        "chosen": names.programme_name(chosen) if chosen else "",
        "export_url": table.url(format="xlsx", page=None, size=None),
    }


def _table(request: HttpRequest, asked: Asked, after: dict[str, Law], lines: list[Line]) -> Table:
    who = reads.who(lines, asked.on)

    def why(line: Line) -> str:
        return reverse("simulation-why", args=[line.programme, line.id]) + "?" + asked.query

    columns = [
        Column(
            "who",
            _("对象"),
            lambda line: who.get(line.id, ""),
            main=True,
            link=lambda line: reads.page_of_party(line.id),
        ),
        Column("programme", _("项目"), lambda line: names.programme_name(line.programme)),
        Column("area", _("村（社区）"), lambda line: areas.name(line.area)),
        Column("people", _("人数"), lambda line: line.people, kind="number", total=True),
        Column("move", _("变化"), lambda line: _(reads.MOVE_NAMES[line.move]), kind="badge"),
        Column("note", _("原因"), lambda line: reads.unmet_words(line, after[line.programme].policy)),
        Column("before", _("现行金额（元）"), lambda line: line.before, kind="money", total=True),
        Column("after", _("测算金额（元）"), lambda line: line.after, kind="money", total=True),
        Column("more", _("增减（元）"), lambda line: line.more, kind="money", total=True),
        Column("why", _("算式"), lambda _line: _("为什么"), link=why),
    ]
    return Table(
        request,
        lines,
        columns,
        title=_("政策测算"),
        unit=_("户（人）"),
        empty=_("没有这样的对象。换一个标签看看，或改动别的标准。"),
        row_link=why,
        export=False,
        page_size=50,
    )


@needs("planning.simulate")
def why(request: HttpRequest, code: str, party: str) -> HttpResponse:
    """How the new amount of one party comes about."""
    user = user_of(request)
    asked = Asked.of(request.GET, own_area(user))
    perms.require(user, "planning.simulate", asked.area)
    before = live.stored_laws()
    if code not in before or not party[1:].replace("-", "", 1).isdecimal() or party[:1] not in ("h", "p"):
        raise Http404(party)
    household = get_object_or_404(Household, pk=reads.key_of(party)) if party[0] == "h" else None
    person = get_object_or_404(Person, pk=reads.key_of(party)) if party[0] == "p" else None
    after = asked.laws(before)
    found = {
        side: live.why(laws[code], party=party, area=asked.area, on=asked.on)
        for side, laws in (("before", before), ("after", after))
    }
    then, now = found["after"], found["before"]
    if then is None or now is None:
        raise Http404(party)
    name = case_page.party_name(household, person, asked.on)
    shown = Assessment(
        programme=code,
        household=household,
        person=person,
        on=asked.on,
        inputs={"members": list(then.members)},
        eligible=then.eligible,
        amount=then.amount,
        error=pick(then.reason, language()) if then.error else "",
        explanation=then.as_dict(),
    )
    context = {
        "name": name,
        "programme": names.programme_name(code),
        "sheet": case_page.sheet(shown),
        "before": now.amount,
        "after": then.amount,
        "more": None if now.amount is None or then.amount is None else then.amount - now.amount,
        "asked": asked,
        "back_url": f"{reverse('simulation')}?{asked.query}#parties",
        "party_url": reads.page_of_party(party),
        "why_not": reads.error_words(now.error, before[code].policy) if now.error else "",
    }
    return render(request, "simulation/why.html", context)
