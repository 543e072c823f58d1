"""What the county has decided for itself."""

from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("county_rule")
def county_rule(
    play: Play,
    *,
    kind: forms.ProcedureKind,
    part: forms.Words,
    says: forms.Settings,
    programme: forms.Programme = "dibao",
) -> None:
    """The county sets a part of a programme's procedure (`posting`, `grace`) otherwise, for what begins from now on."""
    play.set_otherwise(programme, kind, part, says)
