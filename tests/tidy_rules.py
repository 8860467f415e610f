"""Which rule holds where, and every exemption with its reason."""

from __future__ import annotations

from collections.abc import Callable

from tests import tidy, tidy_text
from tests.tidy import Check, Source

SRC = "src/tranche/"
WRITING_LAYERS = tuple(f"{SRC}{name}/" for name in ("actions", "ledger", "log", "store", "migrations"))
MONEY_CODE = tuple(f"{SRC}{name}/" for name in ("kernel", "ledger", "actions", "queries", "formats"))

INEXACT_ALLOWED = {
    f"{SRC}formats/svg/": "places on a page are not money",
    f"{SRC}formats/svg.py": "places on a page are not money",
}
WRITE_ALLOWED = {
    f"{SRC}formats/files.py": "the one place that writes files durably",
    f"{SRC}store/queue.py": "opens a folder to lock it and writes nothing",
}
FORMATTED_ALLOWED = {
    f"{SRC}store/selfcheck.py": "SQLite binds no parameter in a PRAGMA; the names are a table of constants"
}
UNSAFE_ALLOWED = {
    f"{SRC}web/charts.py": "hands our own SVG, already escaped, to the template",
    f"{SRC}web/procedure_charts.py": "hands our own SVG, already escaped, to the template",
}
ENVIRONMENT_ALLOWED = {f"{SRC}conf/environment.py": "the one typed reader of the environment"}
LOCAL_IMPORT_ALLOWED = {f"{SRC}cli/": "no command loads Django before it needs it"}


def _python(source: Source) -> bool:
    return source.is_python


def _product(source: Source) -> bool:
    return source.is_python and source.under(SRC)


def _by_hand(source: Source) -> bool:
    return source.is_python and not source.under(f"{SRC}migrations/")


def _except(*folders: str) -> Callable[[Source], bool]:
    return lambda source: _product(source) and not source.under(*folders)


def _money(source: Source) -> bool:
    return source.is_python and source.under(*MONEY_CODE) and not source.under(*INEXACT_ALLOWED)


def _kernel(source: Source) -> bool:
    return source.is_python and source.under(f"{SRC}kernel/")


def _template(source: Source) -> bool:
    return source.under(f"{SRC}templates/")


def _page(source: Source) -> bool:
    return _template(source) and source.path.endswith(".html")


def _document(source: Source) -> bool:
    return source.path.endswith(".md")


def _written(source: Source) -> bool:
    return source.path != "LICENSE"


CHECKS = (
    Check("file length", _by_hand, tidy.file_length),
    Check("function length", _by_hand, tidy.function_length),
    Check("module docstring", _python, tidy.module_docstring),
    Check("future annotations", _python, tidy.future_annotations),
    Check("module name", _product, tidy.module_name),
    Check("local import", _except(*LOCAL_IMPORT_ALLOWED), tidy.local_import),
    Check("model write", _except(f"{SRC}actions/", f"{SRC}migrations/"), tidy.model_write),
    Check("statement that writes", _except(*WRITING_LAYERS), tidy.sql_write),
    Check("formatted SQL", _except(*FORMATTED_ALLOWED), tidy.formatted_sql),
    Check("inexact number", _money, tidy.inexact_number),
    Check("naive datetime", _python, tidy_text.naive_datetime),
    Check("impure kernel", _kernel, tidy_text.impure_kernel),
    Check("bare write", _except(*WRITE_ALLOWED), tidy_text.bare_write),
    Check("shell command", _python, tidy_text.shell_command),
    Check("print", _except(f"{SRC}cli/"), tidy_text.print_call),
    Check("environment read", _except(*ENVIRONMENT_ALLOWED), tidy_text.environment_read),
    Check("unescaped in Python", _except(*UNSAFE_ALLOWED), tidy_text.unescaped_python),
    Check("unescaped in a template", _template, tidy_text.unescaped_template),
    Check("inline style or script", _page, tidy_text.inline_code),
    Check("unfinished word", _written, tidy_text.unfinished_word),
    Check("registry host", _written, tidy_text.registry_host),
    Check("machine path", _written, tidy_text.machine_path),
    Check("exclamation", _document, tidy_text.exclamation),
)
