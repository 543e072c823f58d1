from minzheng.core.models.audit import AuditEntry
from minzheng.core.models.clock import Clock
from minzheng.core.models.document import Document, DocumentPart
from minzheng.core.models.draft import Draft
from minzheng.core.models.event import Event
from minzheng.core.models.task import Task

__all__ = ["AuditEntry", "Clock", "Document", "DocumentPart", "Draft", "Event", "Task"]
