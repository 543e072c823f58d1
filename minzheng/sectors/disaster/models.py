"""A disaster, its loss reports and the houses it damaged."""

from django.db import models

from minzheng.areas.models import AreaScoped


class DisasterKind(models.TextChoices):
    RAINSTORM = "rainstorm", "暴雨洪涝"
    DROUGHT = "drought", "干旱"
    WIND_HAIL = "wind_hail", "风雹"
    TYPHOON = "typhoon", "台风"
    EARTHQUAKE = "earthquake", "地震"
    LANDSLIDE = "landslide", "滑坡泥石流"
    SNOW_FROST = "snow_frost", "低温冷冻和雪灾"
    OTHER = "other", "其他"


class Disaster(AreaScoped):
    """One event in one township (the statistical unit)."""

    kind = models.TextField(choices=DisasterKind)
    name = models.TextField()
    began_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "disaster_disaster"


class ReportStage(models.TextChoices):
    FIRST = "first", "初报"
    FOLLOW_UP = "follow_up", "续报"
    VERIFIED = "verified", "核报"


class LossReport(AreaScoped):
    """What one village lost, as reported at one time. Later reports stand beside earlier ones; the last counts."""

    disaster = models.ForeignKey(Disaster, on_delete=models.PROTECT, related_name="reports")
    stage = models.TextField(choices=ReportStage)
    reported_at = models.DateTimeField()
    people_affected = models.PositiveIntegerField(default=0)
    people_dead = models.PositiveIntegerField(default=0)
    people_missing = models.PositiveIntegerField(default=0)
    people_moved = models.PositiveIntegerField(default=0)
    crops_affected_mu = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    crops_ruined_mu = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    direct_loss = models.BigIntegerField(default=0)
    """Fen."""

    class Meta:
        db_table = "disaster_report"


class Damage(models.TextChoices):
    COLLAPSED = "collapsed", "倒塌"
    SEVERE = "severe", "严重损坏"
    MINOR = "minor", "一般损坏"


class HouseDamage(AreaScoped):
    """One household's house in one disaster (一户一表)."""

    disaster = models.ForeignKey(Disaster, on_delete=models.PROTECT, related_name="houses")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="house_damage")
    damage = models.TextField(choices=Damage)
    rooms = models.PositiveSmallIntegerField()
    only_home = models.BooleanField()
    reported_on = models.DateField()

    class Meta:
        db_table = "disaster_house"
        constraints = [models.UniqueConstraint(fields=["disaster", "household"], name="one_sheet_a_household")]
