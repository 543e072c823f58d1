"""A case: from an application (or a change, or a review) through the stages of its procedure to a decision.

A case's stage and due date are projections of its steps (`actions.rebuild`).
"""

from django.db import models

from minzheng.areas.models import AreaScoped
from minzheng.core.readable_json import ReadableEncoder


class CaseKind(models.TextChoices):
    APPLICATION = "application", "申请"
    CHANGE = "change", "动态变更"


class CaseList(AreaScoped):
    """A list of parties handled together (festival relief, army-day gifts): drawn up by one, decided by another. Each
    of its lines is a case of its own; the work list shows the list."""

    number = models.TextField(unique=True)
    programme = models.TextField()
    title = models.TextField()
    drawn_on = models.DateField()
    decided_on = models.DateField(null=True)

    class Meta:
        db_table = "cases_list"

    def __str__(self) -> str:
        return self.number


class Case(AreaScoped):
    """One matter of one programme about one party. It keeps the version of the procedure that was in force when it was
    accepted (until then: opened)."""

    number = models.TextField(unique=True)
    kind = models.TextField(choices=CaseKind)
    programme = models.TextField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="cases")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, null=True, related_name="cases")
    reason = models.TextField(blank=True)
    """Why a change is sought: member_added, member_died, income_changed, stopped …"""
    event_on = models.DateField(null=True)
    """The day of what a change rests on (a death, a move), where there is one."""
    given = models.JSONField(default=dict)
    """Facts of this matter alone (the sum of a bill, a kind of hardship), as the policy's facts, in their JSON form."""
    case_list = models.ForeignKey(CaseList, on_delete=models.PROTECT, null=True, related_name="cases")
    procedure_hash = models.TextField()
    procedure_from = models.DateField()
    """Which dated version of the procedure file (`from`)."""
    opened_on = models.DateField()
    stage = models.TextField()
    due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        db_table = "cases_case"
        indexes = [
            models.Index(fields=["area", "due_on"], name="case_open_by_area", condition=models.Q(closed_on=None)),
            models.Index(fields=["household", "programme"], name="case_by_household"),
            models.Index(fields=["person", "programme"], name="case_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, household__isnull=False)
                | models.Q(person__isnull=False, household=None),
                name="case_of_one_party",
            ),
            models.UniqueConstraint(
                fields=["programme", "household", "kind"],
                name="one_open_case_of_a_household",
                condition=models.Q(closed_on=None, household__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["programme", "person", "kind"],
                name="one_open_case_of_a_person",
                condition=models.Q(closed_on=None, person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseMember(AreaScoped):
    """Whom the application asks to cover (保障对象), a subset of the family."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "cases_member"
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="covered_once_in_a_case")]


class CaseStep(AreaScoped):
    """One act in a case: who, when, what, why. Append-only; conflicting acts of one person are refused by trigger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    act = models.TextField()
    """The permission it needs, e.g. `cases.accept`; also what roles.yaml's conflicts name."""
    stage_before = models.TextField(blank=True)
    stage_after = models.TextField()
    on = models.DateField()
    actor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "cases_step"
        indexes = [models.Index(fields=["case", "id"], name="step_by_case")]


class Visit(AreaScoped):
    """A home visit: by two, signed by the family. The database refuses one visitor and one in the future."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="visits")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, null=True, related_name="visits")
    visited_on = models.DateField()
    first_visitor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    second_visitor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    met = models.TextField()
    """Who of the family signed."""
    findings = models.TextField(blank=True)
    neighbours = models.JSONField(default=list, encoder=ReadableEncoder)
    """What neighbours said (邻里访问): {"who": …, "said": …} for each."""
    by_county = models.BooleanField(default=False)
    """The county's own visit, which it makes where a kinship was declared or somebody complained."""
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "cases_visit"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_visitor=models.F("second_visitor")), name="visit_by_two_people"
            )
        ]


class PostingKind(models.TextChoices):
    POSTING = "posting", "公示"
    PUBLICATION = "publication", "公布"


class Posting(AreaScoped):
    """A notice before a decision (公示), or a publication after a grant (公布). Shows name, people, amount only;
    what is shown never changes: another amount is another row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="postings")
    """The case of a notice; a publication rests on a decision, which a roster taken over has without a case."""
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="publications")
    """The decision that granted what is published."""
    programme = models.TextField()
    kind = models.TextField(choices=PostingKind)
    number = models.TextField(unique=True)
    place = models.TextField()
    posted_on = models.DateField()
    ends_on = models.DateField(null=True)
    """The last day of the posting; the day of posting is not counted. Null: published while it is received."""
    taken_down_on = models.DateField(null=True)
    shown_name = models.TextField()
    shown_people = models.PositiveSmallIntegerField()
    shown_amount = models.BigIntegerField()
    rule = models.TextField()
    of_minor = models.BooleanField(default=False)
    """It is about a minor: not named on the village's board, and not shown to the public at large."""

    class Meta:
        db_table = "cases_posting"
        indexes = [
            models.Index(fields=["area", "ends_on"], name="posting_up", condition=models.Q(taken_down_on=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                name="published_once",
                condition=models.Q(kind="publication", taken_down_on=None),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="posting", case__isnull=False, ends_on__isnull=False, decision=None)
                | models.Q(kind="publication", decision__isnull=False, case=None),
                name="a_posting_has_its_case_and_a_publication_its_decision",
            ),
        ]


class Moment(models.TextChoices):
    START = "start", "张贴时"
    END = "end", "期满时"


class PostingPhoto(AreaScoped):
    """A dated photo of the board on which a notice hangs; one photo may show several notices. Append-only."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="photos")
    moment = models.TextField(choices=Moment)
    taken_on = models.DateField()
    document = models.ForeignKey("core.Document", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "cases_posting_photo"
        indexes = [models.Index(fields=["posting"], name="photo_by_posting")]


class Objection(AreaScoped):
    """What somebody said against a posting; it sends the case back."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="objections")
    on = models.DateField()
    by_whom = models.TextField()
    text = models.TextField()
    answered_on = models.DateField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        db_table = "cases_objection"


class Paper(AreaScoped):
    """A paper that the procedure asks for: present with its document, or on the list of what is missing."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    kind = models.TextField()
    received_on = models.DateField(null=True)
    document = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "cases_paper"
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="one_paper_of_a_kind")]


class Assessment(AreaScoped):
    """The law applied once: frozen inputs, the files it used, the result and how it came about. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="assessments")
    programme = models.TextField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    """The day whose law and facts were used: the first of the first benefit month, or the day of the assessment itself
    where that month has begun."""
    inputs = models.JSONField(encoder=ReadableEncoder)
    """{"facts": {…}, "members": [{…, "person": id}], "area": …, "residence": …}, money in fen."""
    files = models.JSONField()
    """{"policy": sha256, "rates": [sha256, …]}."""
    eligible = models.BooleanField(null=True)
    unmet = models.JSONField(default=list)
    amount = models.BigIntegerField(null=True)
    """Fen for one pay cycle; null where the assessment is in error."""
    error = models.TextField(blank=True)
    explanation = models.JSONField(encoder=ReadableEncoder)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "cases_assessment"


class Outcome(models.TextChoices):
    GRANT = "grant", "确认"
    REFUSE = "refuse", "不予确认"
    CHANGE = "change", "变更"
    STOP = "stop", "停发"


class Decision(AreaScoped):
    """What was decided, by whom, from when it works. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="decisions")
    number = models.TextField(unique=True)
    programme = models.TextField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(choices=Outcome)
    origin = models.TextField(default="case")
    """case, or carried_over: taken from the roster that the office had before."""
    reason = models.TextField(blank=True)
    decided_on = models.DateField()
    first_month = models.DateField()
    """First day of the first benefit month it works for."""
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="decisions")
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    grace = models.JSONField(default=dict)
    """The grace period granted with it (`actions.grace.granted`): each month's share, the last month, the event."""
    in_place_of = models.TextField(blank=True, default="")
    """The programme whose benefit ends, for the people covered, with the month before this decision's first."""
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "cases_decision"


from minzheng.cases.income.models import IncomeStatement  # noqa: E402, F401
