"""An explanation as a paper: one structure of texts in one language, written to the terminal, as HTML or as Word."""

from minzheng.policy.sheet.present import Sheet, Step, Working, present

__all__ = ["Sheet", "Step", "Working", "present"]
