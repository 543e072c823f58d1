"""The awards behind a bar of a run's bridge."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.payments import queries
from minzheng.payments.models import Run
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.reads import bridge
from minzheng.web.reads import runs as reads
from minzheng.web.tables import Column, Table


@needs("payments.view")
def run_bar(request: HttpRequest, run_id: int, bar: str) -> HttpResponse:
    """The awards behind a bar of the bridge."""
    found = get_object_or_404(Run.objects.select_related("area"), pk=run_id)
    if bar not in (*bridge.BARS, *bridge.LISTS):
        raise Http404(bar)
    rows = queries.bridge_rows(found, bar)
    labels = reads.award_names([row.award for row in rows])
    columns = [
        Column("name", _("对象"), lambda row: labels.get(row.award.pk, ""), main=True),
        Column("area", _("村（社区）"), lambda row: row.award.area.name),
        Column("reason", _("原因"), lambda row: names.reason_name(row.word)),
        Column("case", _("办件"), lambda row: _("打开办件") if row.case_id else "", link=reads.case_link),
        Column("people_before", _("上期人数"), lambda row: row.people_before, kind="number", total=True),
        Column("people_now", _("本期人数"), lambda row: row.people_now, kind="number", total=True),
        Column("before", _("上期（元）"), lambda row: row.before, kind="money", total=True),
        Column("now", _("本期（元）"), lambda row: row.now, kind="money", total=True),
        Column("change", _("增减（元）"), lambda row: row.change, kind="money", total=True),
    ]
    if bar == "changes":
        columns.insert(1, Column("bar", _("增减"), lambda row: _(bridge.BARS[row.bar])))
    label = _((bridge.BARS | bridge.LISTS)[bar])
    table = Table(
        request,
        rows,
        columns,
        title=f"{found.number} {label}",
        unit=_("笔"),
        empty=_("这一项没有记录。"),
        row_link=lambda row: reads.award_page(row.award),
        page_size=100,
    )
    context = {"run": found, "table": table, "label": label, "bar": bar, "run_url": reverse("run", args=[found.pk])}
    return list_or_excel(request, "payments/bar.html", context)
