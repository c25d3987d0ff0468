"""The paper side of the policy, for commands: read papers, check, compare and show them, keep what persons settled."""

from azukari.core.policy.contract import as_json
from azukari.core.policy.differences import between, open_side
from azukari.core.policy.lint import of_library as lint_library
from azukari.core.policy.lint import of_paper as lint_paper
from azukari.core.policy.reading import read_file
from azukari.core.policy.register import FileDraft, draft_register
from azukari.core.policy.store import Mode, plan_files
from azukari.core.policy.tomlfile import write_all

__all__ = [
    "FileDraft",
    "Mode",
    "as_json",
    "between",
    "draft_register",
    "lint_library",
    "lint_paper",
    "open_side",
    "plan_files",
    "read_file",
    "write_all",
]
