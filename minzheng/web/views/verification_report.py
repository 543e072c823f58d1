"""The verification centre's report: sent as a file, read in as a whole, or shown with every fault."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from minzheng.cases.actions import take_verification_report
from minzheng.cases.verification_report import COLUMNS
from minzheng.core.errors import Refused, pick
from minzheng.web.access import needs
from minzheng.web.forms import Form, style
from minzheng.web.languages import language
from minzheng.web.places import user_of
from minzheng.web.refusals import Refusal

LARGEST = 10 * 1024 * 1024


class ReportForm(Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("核对结果表"), help_text=gettext_lazy("xlsx 或 CSV，按核对中心给的原样上传。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件超过 10 MB，请分成几个。"))
        return file


@needs("cases.cross_check")
def verification_report(request: HttpRequest) -> HttpResponse:
    """Send a report; where something is wrong with it, every fault by row and column, and nothing taken."""
    form = ReportForm(request.POST or None, request.FILES or None)
    refusal, faults = None, []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            steps = take_verification_report(by=user_of(request), content=file.read(), name=file.name)
        except Refused as refused:
            refusal = Refusal.of(refused)
            faults = [
                {"row": fault.row, "column": fault.column, "cause": pick(fault.cause, language())}
                for fault in (refused.values or {}).get("faults", ())
            ]
        else:
            messages.success(
                request,
                ngettext("已登记 %(n)d 件的核对结果。", "已登记 %(n)d 件的核对结果。", len(steps)) % {"n": len(steps)},
            )
            return redirect("cases")
    context = {
        "form": form,
        "refusal": refusal,
        "faults": faults,
        "columns": [titles[0] for titles in COLUMNS.values()],
    }
    return render(request, "cases/verification_report.html", context)
