"""Who of the family is left out, on the case's page."""

import datetime as dt

from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.cases import actions
from minzheng.people import queries
from tests.web.town import PAPERS, Town


def test_who_was_not_asked_for_is_taken_in_or_left_out_with_a_reason(sign_in, users):
    town = Town(users)
    home = town.family("吴老", "郑氏", "吴小")
    town.means(home, 2400)
    with scope([EVERYWHERE]):
        persons = {row.person.name: row.person for row in queries.members(home, dt.date(2025, 3, 3))}
    handler = users["handler"]
    with acting(handler):
        case = actions.open_case(by=handler, programme="dibao", household=home, covered=[persons["郑氏"]])
        actions.act(by=handler, case=case, act="cases.accept", papers=PAPERS)
        actions.act(by=handler, case=case, act="cases.cross_check", papers=["verification_report"])
        actions.record_visit(
            by=handler, case=case, second_visitor=users["village_worker"], visited_on=dt.date(2025, 3, 3), met="吴老"
        )
    client = sign_in("handler")
    url = reverse("case-act", args=[case.pk, "assess"])
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "吴老没有申请保障" in page and "郑氏没有申请保障" not in page
    refused = client.post(url, {}).content.decode()
    assert "须整户纳入" in refused and "吴老、吴小" in refused and "民发〔2022〕83号" in refused
    said = {f"assess-other{persons['吴老'].pk}": "tekun", f"assess-other{persons['吴小'].pk}": "cover"}
    assert client.post(url, said).status_code == 302
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "未纳入：已纳入特困供养" in page
    with acting(handler):
        assert {member.person.name for member in case.members.all()} == {"郑氏", "吴小"}
        data = case.steps.order_by("pk").last().data
        assert data["left_out"] == {str(persons["吴老"].pk): "tekun"}
