"""What may be done with imports."""

from crm_core.imports.actions.checking import ask_for_check, check
from crm_core.imports.actions.mending import decide, leave_out, mend, mend_alike
from crm_core.imports.actions.rights import RUN
from crm_core.imports.actions.running import go_on, note_failure, run, start, take_mended
from crm_core.imports.actions.undoing import UNDO_DAYS, forget_old, stop_import, undo
from crm_core.imports.actions.uploading import discard, reread, settle, too_large, upload

__all__ = [
    "RUN",
    "UNDO_DAYS",
    "ask_for_check",
    "check",
    "decide",
    "discard",
    "forget_old",
    "go_on",
    "leave_out",
    "mend",
    "mend_alike",
    "note_failure",
    "reread",
    "run",
    "settle",
    "start",
    "stop_import",
    "take_mended",
    "too_large",
    "undo",
    "upload",
]
