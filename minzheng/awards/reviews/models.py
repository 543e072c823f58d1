"""A round of reviews, whom it concerns, what was done with each, and what a sample found."""

from django.db import models

from minzheng.areas.models import AreaScoped


class ReviewRound(AreaScoped):
    """One kind of review of one programme in one township and period. Its rules are those of the file it was opened
    under (`rules_hash`)."""

    programme = models.TextField()
    kind = models.TextField()
    label = models.JSONField()
    """The kind in words, as the rules had it."""
    first_day = models.DateField()
    last_day = models.DateField()
    listed_on = models.DateField()
    """The day whose awards in force it lists."""
    due_on = models.DateField()
    rules_hash = models.TextField()
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)
    """When the last line was settled."""
    seed = models.TextField(blank=True)
    share = models.PositiveIntegerField(null=True)
    """Of a sample: in hundredths of a percent."""
    population = models.PositiveIntegerField(null=True)
    list_sha256 = models.TextField(blank=True)
    """Of a sample: the hash of the list it was drawn from, which is kept as `list_document`."""
    list_document = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "awards_review_round"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "area", "first_day"], name="one_round_of_a_kind_and_period"
            ),
            models.CheckConstraint(
                condition=models.Q(seed="", share=None, population=None, list_sha256="")
                | (
                    ~models.Q(seed="")
                    & ~models.Q(list_sha256="")
                    & models.Q(share__isnull=False, population__isnull=False)
                ),
                name="a_sample_says_how_it_was_drawn",
            ),
        ]


class LineState(models.TextChoices):
    OPEN = "open", "待核查"
    VERIFIED = "verified", "已核查"
    CHANGED = "changed", "情况有变"
    WARNED = "warned", "已书面通知"
    SUSPENDED = "suspended", "已暂停"
    RETURNED = "returned", "已恢复"
    DEAD = "dead", "去世待核实"
    ENDED = "ended", "已退出"


class ReviewLine(AreaScoped):
    """One award in a round: a projection of its steps. Name and address are as they were when the round was opened."""

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="lines")
    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="review_lines")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """Who is to be verified: the recipient, or the head of the family."""
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, null=True, related_name="+")
    who = models.TextField()
    people = models.PositiveSmallIntegerField()
    address = models.TextField(blank=True)
    route = models.TextField(blank=True)
    """Village group and house number, for the order in which somebody walks."""
    review_class = models.TextField(blank=True)
    state = models.TextField(choices=LineState, default=LineState.OPEN)
    method = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    """What cleared it by itself: {"contact": …, "on": …, "type": …, "id": …}."""
    settled_on = models.DateField(null=True)
    settled_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    warned_on = models.DateField(null=True)
    warning = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True, related_name="+")
    served_on = models.DateField(null=True)
    wait_until = models.DateField(null=True)
    """The last day of the time that the warning gives."""
    suspended_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)

    class Meta:
        db_table = "awards_review_line"
        constraints = [
            models.UniqueConstraint(fields=["round", "award"], name="an_award_once_in_a_round"),
            models.CheckConstraint(
                condition=models.Q(served_on=None)
                | models.Q(warned_on__isnull=False, served_on__gte=models.F("warned_on")),
                name="a_letter_is_served_after_it_is_written",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_on=None)
                | models.Q(wait_until__isnull=False, suspended_on__gt=models.F("wait_until")),
                name="suspended_only_after_the_warning_ran_out",
            ),
        ]
        indexes = [models.Index(fields=["round", "area", "route"], name="review_line_by_village")]


class ReviewStep(AreaScoped):
    """One act on a line: who, when, how, from which state to which. Append-only."""

    line = models.ForeignKey(ReviewLine, on_delete=models.PROTECT, related_name="steps")
    act = models.TextField()
    state_before = models.TextField()
    state_after = models.TextField()
    method = models.TextField(blank=True)
    on = models.DateField()
    actor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "awards_review_step"
        indexes = [models.Index(fields=["line", "id"], name="review_step_by_line")]


class ReviewFinding(AreaScoped):
    """What a review found wrong in the office's work, what must be put right by when, and how it was."""

    line = models.ForeignKey(ReviewLine, on_delete=models.PROTECT, related_name="findings")
    found_on = models.DateField()
    found_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    found = models.TextField()
    remedy = models.TextField()
    due_on = models.DateField()
    rule = models.TextField()
    rectified_on = models.DateField(null=True)
    rectified_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    how = models.TextField(blank=True)

    class Meta:
        db_table = "awards_review_finding"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rectified_on=None, rectified_by=None)
                | models.Q(rectified_on__isnull=False, rectified_by__isnull=False),
                name="rectified_by_somebody_on_a_day",
            )
        ]
