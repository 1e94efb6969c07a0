from capture.models.imports import ImportBatch, ImportedLead, ImportProblem
from capture.models.inbox import InboxItem
from capture.models.quarantine import QuarantinedEvent

__all__ = ["ImportBatch", "ImportProblem", "ImportedLead", "InboxItem", "QuarantinedEvent"]
