"""Faults of the machine, in words: a full disk, a database that went away. What was begun has been rolled back."""

import errno

import psycopg
from django.db import Error

from minzheng.core.errors import Refused, refuse


def explained(error: BaseException) -> Refused | None:
    """The refusal for a fault that its reader can do something about; None for anything else."""
    cause = error.__cause__ if isinstance(error, Error) else error
    if isinstance(cause, psycopg.errors.DiskFull) or (isinstance(cause, OSError) and cause.errno == errno.ENOSPC):
        return refuse(
            "outage.disk_full",
            zh="磁盘已满，这一步没有保存，之前的数据完好。",
            en="The disk is full. This step was not saved; everything before it is intact.",
            remedy_zh="请腾出空间后再做一次。",
            remedy_en="Free some space, then do it again.",
        )
    if isinstance(cause, psycopg.OperationalError):
        return refuse(
            "outage.database",
            zh="与数据库的连接中断，这一步没有保存，之前的数据完好。",
            en="The connection to the database broke. This step was not saved; everything before it is intact.",
            remedy_zh="请稍候再做一次；一直不行时重新启动 minzheng serve。",
            remedy_en="Wait a moment and do it again; if that does not help, restart minzheng serve.",
        )
    return None
