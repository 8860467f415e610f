"""The house rules that a machine can check, each a small function from one file to its faults."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES_MAX = 400
FUNCTION_LINES_MAX = 60
FILE_BYTES_MAX = 2_000_000
SKIPPED_FOLDERS = {".git", ".venv", "node_modules", "tranche-data", "dist", "htmlcov"}
BINARY_SUFFIXES = frozenset(
    [".png", ".jpg", ".ico", ".woff2", ".pdf", ".mo", ".xlsx", ".gz", ".zip", ".sqlite3"]
)


@dataclass(frozen=True, slots=True)
class Fault:
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Source:
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    def under(self, *folders: str) -> bool:
        return self.path.startswith(folders)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    applies: Callable[[Source], bool]
    find: Callable[[Source], Iterator[Fault]]

    def faults(self, source: Source) -> tuple[Fault, ...]:
        return tuple(self.find(source)) if self.applies(source) else ()


def repository_files(root: Path = ROOT) -> tuple[Source, ...]:
    """Every text file of the project: those that git tracks or would track, else those on disk."""
    sources = []
    for path in _listed_by_git(root) or _found_on_disk(root):
        file = root / path
        if file.suffix in BINARY_SUFFIXES or not file.is_file() or file.stat().st_size > FILE_BYTES_MAX:
            continue
        sources.append(Source(path, file.read_text(encoding="utf-8")))
    return tuple(sources)


def _listed_by_git(root: Path) -> tuple[str, ...]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(sorted({name for name in done.stdout.decode().split("\0") if name}))


def _found_on_disk(root: Path) -> tuple[str, ...]:
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.endswith("_cache") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and not SKIPPED_FOLDERS.intersection(parts):
            found.append("/".join(parts))
    return tuple(found)


def line_faults(source: Source, pattern: re.Pattern[str], text: str) -> Iterator[Fault]:
    for number, line in enumerate(source.text.splitlines(), 1):
        match = pattern.search(line)
        if match:
            yield Fault(source.path, number, text.format(match.group(0)))


def called_name(node: ast.AST) -> str:
    """The dotted name of what a call calls; calls inside the chain are written with `()`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{called_name(value)}.{attr}"
        case ast.Call(func=func):
            return f"{called_name(func)}()"
    return ""


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Call):
            yield node, called_name(node.func)


def file_length(source: Source) -> Iterator[Fault]:
    count = len(source.text.splitlines())
    if count > LINES_MAX:
        yield Fault(source.path, LINES_MAX, f"The file has {count} lines; the limit is {LINES_MAX}.")


def function_length(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        count = (node.end_lineno or node.lineno) - node.lineno + 1
        if count > FUNCTION_LINES_MAX:
            text = f"{node.name} has {count} lines; the limit is {FUNCTION_LINES_MAX}."
            yield Fault(source.path, node.lineno, text)


def module_docstring(source: Source) -> Iterator[Fault]:
    if not ast.get_docstring(source.tree):
        yield Fault(source.path, 1, "The module has no docstring that says what it is for.")


def future_annotations(source: Source) -> Iterator[Fault]:
    statements = source.tree.body[1:] if ast.get_docstring(source.tree) else source.tree.body
    future = [node for node in statements if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    names = {alias.name for node in future for alias in node.names}
    if statements and "annotations" not in names:
        yield Fault(source.path, 1, "The module lacks `from __future__ import annotations`.")


DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base"}


def module_name(source: Source) -> Iterator[Fault]:
    parts = Path(source.path).with_suffix("").parts
    for part in DRAWERS.intersection(parts):
        yield Fault(source.path, 1, f"A module called {part} does not say what is in it.")


def local_import(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                yield Fault(source.path, inner.lineno, f"{node.name} imports inside its body.")


MODEL_WRITES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "asave"}
QUERYSET_WRITES = {"create", "update", "delete", "acreate", "aupdate", "adelete"}
QUERYSET_MARKS = re.compile(
    r"\b(objects|_default_manager|_base_manager)\b|\.(filter|exclude|all|using|order_by|select_for_update)\(\)"
)


def model_write(source: Source) -> Iterator[Fault]:
    for node, name in calls(source):
        receiver, _, method = name.rpartition(".")
        on_model = receiver and method in MODEL_WRITES
        on_queryset = method in QUERYSET_WRITES and QUERYSET_MARKS.search(receiver)
        deletes = receiver and method == "delete" and not node.args and not node.keywords
        if on_model or on_queryset or deletes:
            yield Fault(source.path, node.lineno, f"{method} writes outside the actions.")


SQL_WRITE = re.compile(r"^\s*(INSERT\s+INTO|INSERT\s+OR|REPLACE\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b")


def sql_write(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITE.match(node.value):
            yield Fault(source.path, node.lineno, "A statement writes outside the writing layers.")


SQL_START = re.compile(
    r"^\s*(SELECT\b.*|INSERT\s+INTO\b.*|UPDATE\s.*\bSET\b.*|UPDATE\s*|DELETE\s+FROM\b.*|WITH\s+\w+.*"
    r"|PRAGMA\s.*|(CREATE|DROP|ALTER)\s+(TABLE|INDEX|TRIGGER|VIEW|ROLE|DATABASE|SCHEMA)\b.*)",
    re.DOTALL,
)
CONSTANT_NAME = re.compile(r"_?[A-Z][A-Z0-9_]*|marks")


def formatted_sql(source: Source) -> Iterator[Fault]:
    """Constants in capitals, names that only hold literals, and place holders may be formatted in."""
    for node in source.nodes:
        parts: list[ast.expr] = []
        match node:
            case ast.JoinedStr(values=values) if values and _is_sql(values[0]):
                parts = [part.value for part in values if isinstance(part, ast.FormattedValue)]
            case ast.BinOp(left=left, op=ast.Mod() | ast.Add(), right=right) if _is_sql(left):
                parts = [right]
            case ast.Call(func=ast.Attribute(value=value, attr="format"), args=args) if _is_sql(value):
                parts = args or [value]
        for part in parts:
            if not _is_fixed(part, source):
                yield Fault(source.path, part.lineno, "A value is formatted into SQL; bind it instead.")


def _is_fixed(part: ast.expr, source: Source) -> bool:
    match part:
        case ast.Constant() | ast.JoinedStr() | ast.Call(func=ast.Name(id="marks")):
            return True
        case ast.Name(id=name):
            return bool(CONSTANT_NAME.fullmatch(name)) or name in _literal_names(source)
    return False


def _literal_names(source: Source) -> set[str]:
    """Names that are bound to a literal text every time they are bound."""
    bound, literal = Counter[str](), Counter[str]()
    for node in source.nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                bound[name] += 1
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str())):
                literal[name] += 1
    return {name for name in literal if literal[name] == bound[name]}


def _is_sql(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return bool(SQL_START.match(text))
    return False


def inexact_number(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        match node:
            case ast.Constant(value=float(number)):
                yield Fault(source.path, node.lineno, f"{number} is a float where money is counted.")
            case ast.Name(id="float" | "Decimal") | ast.Attribute(attr="Decimal"):
                name = called_name(node)
                yield Fault(source.path, node.lineno, f"{name} stands where money is whole minor units.")
            case ast.BinOp(op=ast.Div(), left=left, right=right) if not (_is_path(left) or _is_path(right)):
                yield Fault(source.path, node.lineno, "A true division makes a float; use // or a share.")


PATH_NAME = re.compile(r"(folder|dir|directory|path|root|parent|FOLDER|DIR|DIRECTORY|ROOT|SQL)\b")


def _is_path(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id="Path")):
            return True
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return _is_path(left) or _is_path(right)
    return bool(PATH_NAME.search(ast.unparse(node)))
