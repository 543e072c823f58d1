"""Commands for analysts and policy officers. They work on files."""

from minzheng.policy.commands.assess import assess
from minzheng.policy.commands.check import policy_group

__all__ = ["assess", "policy_group"]
