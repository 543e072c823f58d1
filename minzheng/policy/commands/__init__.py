"""Commands for analysts and policy officers. They work on files."""

from minzheng.policy.commands.assess import assess
from minzheng.policy.commands.check import policy_group
from minzheng.policy.commands.explain import explain

__all__ = ["assess", "explain", "policy_group"]
