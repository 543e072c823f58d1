"""Persons, how they are identified, the circles they belong to, and what is known of them."""

from django.db import models

from minzheng.areas.models import AreaScoped


class Sex(models.TextChoices):
    """GB/T 2261.1 by name: 1 male, 2 female, 9 not said."""

    MALE = "male", "男"
    FEMALE = "female", "女"
    UNSTATED = "unstated", "未说明"


class Residence(models.TextChoices):
    URBAN = "urban", "城镇"
    RURAL = "rural", "农村"


class Person(AreaScoped):
    """One human being, once. `area` is where they are registered."""

    name = models.TextField()
    sex = models.TextField(choices=Sex)
    birth_date = models.DateField()
    ethnicity = models.TextField(blank=True)
    address = models.TextField(blank=True)
    no_number_reason = models.TextField(blank=True)
    """Why there is no identity number, where there is none."""
    died_on = models.DateField(null=True)
    death_verified_on = models.DateField(null=True)

    class Meta:
        db_table = "people_person"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(died_on=None) | models.Q(died_on__gte=models.F("birth_date")),
                name="death_after_birth",
            ),
            models.CheckConstraint(
                condition=models.Q(death_verified_on=None) | models.Q(died_on__isnull=False),
                name="verified_death_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdentifierKind(models.TextChoices):
    ID_NUMBER = "id_number", "身份证号"
    ACCOUNT = "account", "银行账号"
    PHONE = "phone", "电话"
    DISABILITY_CARD = "disability_card", "残疾证号"


class Identifier(AreaScoped):
    """A number that points to a person: encrypted, found by its keyed digest, shown masked."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.TextField(choices=IdentifierKind)
    key_id = models.TextField()
    ciphertext = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    masked = models.TextField()
    """What lists and logs may show."""
    note = models.JSONField(default=dict)
    """Bank, account holder and their relation; kind and grade of a disability card."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "people_identifier"
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], name="one_person_per_id_number", condition=models.Q(kind="id_number", valid_to=None)
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="one_current_identifier_of_a_kind",
                condition=models.Q(valid_to=None, kind__in=["id_number", "account"]),
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="identifier_by_digest")]


class AgreementKind(models.TextChoices):
    GUARDIAN = "guardian", "代领"
    ONE_CARD = "one_card", "一卡通（家庭共用账户）"


class AccountHolder(models.TextChoices):
    """Whose account it is, to the person whose money goes there."""

    GUARDIAN = "guardian", "监护人"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    PARENT = "parent", "父母"
    RELATIVE = "relative", "其他亲属"
    VILLAGE = "village", "村（居）民委员会"
    HOME = "home", "供养服务机构"
    OTHER = "other", "其他"


class AccountAgreement(AreaScoped):
    """Somebody's money may go to another's account (代领、一卡通): the agreement that is on file, as a paper or by its
    number and day. Of an account the latest counts; none is changed, and one ends by its day or with the account."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="account_agreements")
    account = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="agreements")
    kind = models.TextField(choices=AgreementKind)
    holder = models.TextField()
    """The name that the bank has for the account."""
    relation = models.TextField(choices=AccountHolder)
    number = models.TextField(blank=True)
    signed_on = models.DateField()
    document = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    """The last day on which money goes there."""
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "people_account_agreement"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document__isnull=False) | ~models.Q(number=""), name="an_agreement_is_on_file"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="an_agreement_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["account"], name="agreement_by_account")]


class Circle(models.TextChoices):
    """Two of the four circles; who is covered is the award's, supporters come with the means test."""

    REGISTERED = "registered", "户籍户"
    FAMILY = "family", "共同生活家庭"


class Household(AreaScoped):
    """A registered household, or a family that lives together and whose means count."""

    circle = models.TextField(choices=Circle)
    number = models.TextField(unique=True)
    """File number (档案号), as it stands on the paper file."""
    residence = models.TextField(choices=Residence)
    address = models.TextField(blank=True)
    formed_on = models.DateField()
    dissolved_on = models.DateField(null=True)

    class Meta:
        db_table = "people_household"
        indexes = [models.Index(fields=["area", "number"], name="household_by_area")]

    def __str__(self) -> str:
        return self.number


class Relation(models.TextChoices):
    """To the head; GB/T 4761 by name."""

    HEAD = "head", "户主"
    SPOUSE = "spouse", "配偶"
    SON = "son", "子"
    DAUGHTER = "daughter", "女"
    GRANDCHILD = "grandchild", "孙子女"
    PARENT = "parent", "父母"
    GRANDPARENT = "grandparent", "祖父母"
    SIBLING = "sibling", "兄弟姐妹"
    OTHER = "other", "其他"


class Membership(AreaScoped):
    """A person belongs to a circle from one day to another, as known from `recorded_at` until `superseded_at`."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    circle = models.TextField(choices=Circle)
    relation = models.TextField(choices=Relation)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_membership"
        indexes = [models.Index(fields=["household", "person"], name="membership_by_household")]
        # `one_circle_at_a_time` (an exclusion over id ranges, for want of btree_gist) is in the migration.


class SuccessionKind(models.TextChoices):
    HEAD_DIED = "head_died", "户主死亡"
    MERGED = "merged", "并户"
    SPLIT = "split", "分户"
    MOVED = "moved", "迁移"


class Succession(AreaScoped):
    """One file goes on from another (转档): the old one is closed or has given people up, each names the other. `area`
    is the new file's; the office of the old one sees the row, too, though it may not see the new file. One that was a
    mistake is superseded (`actions.take_back`)."""

    before = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="followed_by")
    after = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="follows")
    kind = models.TextField(choices=SuccessionKind)
    on = models.DateField()
    before_number = models.TextField()
    after_number = models.TextField()
    from_area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, db_column="from_area", related_name="+")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_succession"
        constraints = [
            models.UniqueConstraint(
                fields=["before", "after"],
                condition=models.Q(superseded_at=None),
                name="one_succession_of_two_files",
            ),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="a_file_follows_another"),
        ]


class PersonMove(AreaScoped):
    """Somebody went from one office's area to another's (`area`). The office that was left goes on seeing the person,
    for the sake of what it did (policy `seen_by_the_office_left`). Append-only."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="moves")
    from_area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, db_column="from_area", related_name="+")
    on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "people_moved"


class FactSource(models.TextChoices):
    DECLARED = "declared", "申报"
    VERIFIED = "verified", "核对"
    SURVEYED = "surveyed", "入户"
    CARRIED_OVER = "carried_over", "结转"


class Fact(AreaScoped):
    """Something known of a person or a household, in the vocabulary of policies/facts.yaml.

    `value` is JSON: money in fen, rates as text, dates as text, codes as text.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="facts")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="facts")
    name = models.TextField()
    value = models.JSONField()
    source = models.TextField(choices=FactSource)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    evidence = models.ForeignKey("core.Document", on_delete=models.PROTECT, null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_fact"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, household__isnull=False)
                | models.Q(person__isnull=False, household=None),
                name="fact_of_one_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "name"], name="fact_by_person", condition=models.Q(superseded_at=None)),
            models.Index(
                fields=["household", "name"], name="fact_by_household", condition=models.Q(superseded_at=None)
            ),
        ]


class SearchToken(AreaScoped):
    """What a person can be found by, compared by equality: LIKE goes sequential under row-level security."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    token = models.TextField()

    class Meta:
        db_table = "people_token"
        constraints = [models.UniqueConstraint(fields=["token", "person"], name="one_token_of_a_person")]
