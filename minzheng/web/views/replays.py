"""A run worked out again, as it stood and as we know it now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.payments import replay
from minzheng.payments.models import PaymentKind, Run
from minzheng.payments.replay import Apart
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.reads import runs as reads
from minzheng.web.tables import Column, Table

WHY = {
    replay.KEPT: gettext_noop("批次里有，重算没有"),
    replay.REPLAYED: gettext_noop("重算有，批次里没有"),
    replay.AMOUNT: gettext_noop("金额不同"),
    replay.ASSESSMENT: gettext_noop("测算不能重现"),
}


@needs("payments.view")
def run_replay(request: HttpRequest, run_id: int) -> HttpResponse:
    """Every difference, with who it is about and why; none where the run gives the same fen again."""
    run = get_object_or_404(Run.objects.select_related("area", "fund__account"), pk=run_id)
    now = request.GET.get("as") == "now"
    result = replay.as_known_now(run) if now else replay.replay(run)
    title = _("按现在掌握的情况重算") if now else _("按当时的情况重算")
    table = Table(
        request,
        result.apart,
        _columns(result),
        title=f"{run.number} {title}",
        unit=_("处"),
        empty=_("现在看，这一批次没有少发，也没有多发。") if now else _("逐笔一致，分毫不差。"),
        row_link=lambda one: reads.award_page(one.award),
        page_size=100,
    )
    context = {
        "run": run,
        "result": result,
        "table": table,
        "title": title,
        "run_url": reverse("run", args=[run.pk]),
        "more": sum(max(one.change, 0) for one in result.apart),
        "less": sum(max(-one.change, 0) for one in result.apart),
        "tiles": _tiles(result),
    }
    return list_or_excel(request, "payments/replay.html", context)


def _tiles(result: replay.Replay) -> list[dict[str, object]]:
    tiles: list[dict[str, object]] = [
        {"label": _("批次金额"), "value": reads.yuan(result.total), "unit": _("元")},
        {"label": _("重算金额"), "value": reads.yuan(result.replayed), "unit": _("元")},
        {"label": _("不同之处"), "value": len(result.apart), "unit": _("处")},
    ]
    if not result.as_known_now:
        tiles.append({"label": _("重做的测算"), "value": result.worked, "unit": _("份")})
    return tiles


def _columns(result: replay.Replay) -> list[Column]:
    labels = reads.award_names([one.award for one in result.apart])

    def why(one: Apart) -> str:
        return _(WHY[one.reason]) if one.reason in WHY else names.reason_name(one.reason)

    kinds = dict(PaymentKind.choices)
    columns = [
        Column("name", _("对象"), lambda one: labels.get(one.award.pk, ""), main=True),
        Column("area", _("村（社区）"), lambda one: one.award.area.name),
        Column("month", _("所属月"), lambda one: one.month, kind="month"),
        Column("kind", _("性质"), lambda one: _(kinds[one.kind]) if one.kind else ""),
        Column("reason", _("原因"), why),
        Column("was", _("批次（元）"), lambda one: one.was, kind="money", total=True),
        Column("is_now", _("重算（元）"), lambda one: one.is_now, kind="money", total=True),
        Column("change", _("增减（元）"), lambda one: one.change, kind="money", total=True),
    ]
    return [column for column in columns if column.key != "kind"] if result.as_known_now else columns
