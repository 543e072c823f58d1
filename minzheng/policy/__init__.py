"""The law as data: policies and rates are read, checked, applied and explained. Nothing here needs Django."""

from minzheng.policy.assessment import ENGINES, assess, assess_month
from minzheng.policy.errors import PolicyError
from minzheng.policy.explain import Explanation, explain
from minzheng.policy.load import load_policy, parse_policy
from minzheng.policy.model import Policy, Timing, Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates, load_overlay, load_rates, parse_rates
from minzheng.policy.vocabulary import load_vocabulary

__all__ = [
    "ENGINES",
    "Explanation",
    "Policy",
    "PolicyError",
    "Rates",
    "Result",
    "Subject",
    "Timing",
    "Version",
    "assess",
    "assess_month",
    "explain",
    "load_overlay",
    "load_policy",
    "load_rates",
    "load_vocabulary",
    "parse_policy",
    "parse_rates",
]
