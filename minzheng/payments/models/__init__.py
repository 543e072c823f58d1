"""Funds, runs, payments, the ledger, bank files, returns and recoveries: each matter in a file of its own."""

from minzheng.payments.models.bank import BankFile, BankReturn
from minzheng.payments.models.funds import Account, AccountKind, Budget, CostShare, Fund, FundSource
from minzheng.payments.models.ledger import Batch, GoodsReceipt, Transfer
from minzheng.payments.models.recoveries import Receivable, Recovery, RecoveryWay
from minzheng.payments.models.runs import Payment, PaymentKind, PaymentState, Run, RunState, RunStep
from minzheng.payments.set_offs.models import Consent, SetOff, Withdrawal

__all__ = [
    "Account",
    "AccountKind",
    "BankFile",
    "BankReturn",
    "Batch",
    "Budget",
    "Consent",
    "CostShare",
    "Fund",
    "FundSource",
    "GoodsReceipt",
    "Payment",
    "PaymentKind",
    "PaymentState",
    "Receivable",
    "Recovery",
    "RecoveryWay",
    "Run",
    "RunState",
    "RunStep",
    "SetOff",
    "Transfer",
    "Withdrawal",
]
