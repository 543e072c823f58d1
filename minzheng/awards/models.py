"""What is owed: an award, whom it covers, and its dated amounts."""

from django.db import models
from django.utils import timezone

from minzheng.areas.models import AreaScoped


class Award(AreaScoped):
    """A party receives a programme, from one benefit month to another. Months are their first days."""

    programme = models.TextField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="awards")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, null=True, related_name="awards")
    residence = models.TextField()
    category = models.TextField(blank=True)
    """The programme's own kind of recipient (in_home, dispersed; a kind of special-care recipient …)."""
    payee = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Whose account is paid, or who signs for goods; null where nobody was named (a family without a head)."""
    origin = models.TextField(default="case")
    first_month = models.DateField()
    last_month = models.DateField(null=True)
    """The last benefit month, once the award has ended."""
    entered_on = models.DateField()
    """When it came on the roster (day of the decision; carried over: the day it was taken over)."""
    left_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)
    held_reason = models.TextField(blank=True)
    """Why the next unsent payment is held, as tokens joined by `;`: `death:<person>` (nobody has verified it yet),
    `payee:<person>` (who is paid has died), `ineligible`, `error:<code>` (see `queries.held_reasons`)."""
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, related_name="awards")

    class Meta:
        db_table = "awards_award"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, household__isnull=False)
                | models.Q(person__isnull=False, household=None),
                name="award_of_one_party",
            ),
            models.CheckConstraint(
                condition=models.Q(last_month=None, left_on=None)
                | models.Q(last_month__isnull=False, left_on__isnull=False),
                name="an_ended_award_says_when",
            ),
            models.UniqueConstraint(
                fields=["programme", "household"],
                name="one_running_award_of_a_household",
                condition=models.Q(last_month=None, household__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "area", "first_month"], name="award_by_programme"),
            models.Index(fields=["person", "programme"], name="award_by_person"),
        ]


class AwardMember(AreaScoped):
    """A person covered by an award (保障对象), from one benefit month to another. Two times."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="covered_by")
    first_month = models.DateField()
    last_month = models.DateField(null=True)
    entered_on = models.DateField()
    """The day from which they count as covered on the roster (as `Award.entered_on`)."""
    left_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "awards_member"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_month=None, left_on=None)
                | models.Q(last_month__isnull=False, left_on__isnull=False),
                name="a_member_who_left_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["award"], name="award_member_by_award"),
            models.Index(fields=["person"], name="award_member_by_person"),
        ]


class AmountReason(models.TextChoices):
    GRANTED = "granted", "新增"
    CARRIED_OVER = "carried_over", "结转"
    STANDARD_CHANGED = "standard_changed", "调标"
    INCOME_CHANGED = "income_changed", "收入变化"
    MEMBER_ADDED = "member_added", "增员"
    MEMBER_LEFT = "member_left", "减员"
    BIRTHDAY = "birthday", "年龄变化"
    CATEGORY_CHANGED = "category_changed", "类别变化"
    GRACE = "grace", "渐退"


class AwardAmount(AreaScoped):
    """What an award owes for each pay cycle from one month to another, and why. Two times: corrected by new rows.

    Current rows of one award do not overlap (an exclusion constraint in the migration).
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="amounts")
    first_month = models.DateField()
    last_month = models.DateField(null=True)
    amount = models.BigIntegerField()
    """Fen for one pay cycle."""
    reason = models.TextField(choices=AmountReason)
    assessment = models.ForeignKey("cases.Assessment", on_delete=models.PROTECT, null=True, related_name="amounts")
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "awards_amount"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="nobody_owes_the_office"),
            models.CheckConstraint(
                condition=models.Q(last_month=None) | models.Q(last_month__gte=models.F("first_month")),
                name="amount_months_in_order",
            ),
        ]
        indexes = [models.Index(fields=["award"], name="amount_by_award")]


class Overlap(models.Model):
    """A pair of programmes that one person may not be covered by in the same month, from policies/overlaps.yaml. The
    database refuses the second (trigger `refuse_overlap` on `awards_member`)."""

    first = models.TextField()
    second = models.TextField()
    source = models.TextField()
    note = models.JSONField(default=dict)
    changes_over = models.BooleanField(default=False)
    """One decision may start the one in place of the other, which ends with the month before."""

    class Meta:
        db_table = "awards_overlap"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_overlap_of_a_pair")]


class Answer(models.TextChoices):
    CONFIRMED = "confirmed", "已确认"
    REFUSED = "refused", "不采纳"


class MonthAnswer(AreaScoped):
    """What somebody said to a candidate of “this month” that leaves no other trace: seen and right, or not to be done,
    with the reason. It does not come again in this month. Append-only."""

    month = models.DateField()
    key = models.TextField()
    """Which candidate: its kind and what it is about (`awards.candidates.Candidate.key`)."""
    who = models.TextField(blank=True)
    """Copied in, so that the list of what was refused needs no look-up."""
    answer = models.TextField(choices=Answer)
    reason = models.TextField(blank=True)
    answered_on = models.DateField()
    answered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "awards_month_answer"
        constraints = [
            models.UniqueConstraint(fields=["month", "key"], name="a_candidate_is_answered_once"),
            models.CheckConstraint(
                condition=~models.Q(answer="refused") | ~models.Q(reason=""), name="a_refusal_says_why"
            ),
        ]


from minzheng.awards.reviews.models import ReviewFinding, ReviewLine, ReviewRound, ReviewStep  # noqa: E402, F401
