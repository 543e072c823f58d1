"""Every write of this stage. Each act is in the file of its matter; this is where callers find them."""

from minzheng.payments.bank import Sent, book_returns, confirm_paid, repay, send
from minzheng.payments.bank_reading import Returned
from minzheng.payments.between import carry_over, pass_back, pass_on, withdraw
from minzheng.payments.budgets import set_budget
from minzheng.payments.funds import allocate, open_fund
from minzheng.payments.goods import give, receive_goods
from minzheng.payments.holds import unhold
from minzheng.payments.recoveries import claim, pay_back, write_off
from minzheng.payments.repairs import pay_again, pay_again_many
from minzheng.payments.runs import approve, close, prepare_run, release, send_back, submit
from minzheng.payments.set_offs.consents import Scan, consent, withdraw_consent
from minzheng.payments.set_offs.in_run import set_off
from minzheng.payments.shares import set_shares

__all__ = [
    "Returned",
    "Scan",
    "Sent",
    "allocate",
    "approve",
    "book_returns",
    "carry_over",
    "claim",
    "close",
    "confirm_paid",
    "consent",
    "give",
    "open_fund",
    "pass_back",
    "pass_on",
    "pay_again",
    "pay_again_many",
    "pay_back",
    "prepare_run",
    "receive_goods",
    "release",
    "repay",
    "send",
    "send_back",
    "set_budget",
    "set_off",
    "set_shares",
    "submit",
    "unhold",
    "withdraw",
    "withdraw_consent",
    "write_off",
]
