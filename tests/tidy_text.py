"""The rest of the house rules: clocks, files, processes, templates, words, documents and settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tests.tidy import Fault, Source, called_name, calls, line_faults

CLOCK_CALLS = {"datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today", "date.today"}
CLOCK_NEEDS_ZONE = {"datetime.now": 0, "datetime.fromtimestamp": 1}


def naive_datetime(source: Source) -> Iterator[Fault]:
    for node, name in calls(source):
        tail = ".".join(name.split(".")[-2:])
        zone_place = CLOCK_NEEDS_ZONE.get(tail, 0)
        zoned = len(node.args) > zone_place or any(keyword.arg == "tz" for keyword in node.keywords)
        if tail in CLOCK_CALLS or (tail in CLOCK_NEEDS_ZONE and not zoned):
            yield Fault(source.path, node.lineno, f"{tail} gives a time without a zone.")


IMPURE_MODULES = frozenset(
    [
        "io",
        "logging",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
        "socket",
        "sqlite3",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
    ]
)
IMPURE_CALLS = {"open", "input", "print", "uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "datetime.now"}
PASS_IN = "Pass the value in as an argument."


def impure_kernel(source: Source) -> Iterator[Fault]:
    for line, name in _imports(source):
        if name.split(".")[0] in IMPURE_MODULES:
            yield Fault(source.path, line, f"The kernel imports {name}. {PASS_IN}")
    for call, name in calls(source):
        if name in IMPURE_CALLS:
            yield Fault(source.path, call.lineno, f"The kernel calls {name}. {PASS_IN}")


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.nodes:
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield node.lineno, module


WRITE_METHODS = {"write_text", "write_bytes", "NamedTemporaryFile"}
WRITE_MODE = re.compile(r"[wax+]")


def bare_write(source: Source) -> Iterator[Fault]:
    for node, name in calls(source):
        method = name.rpartition(".")[2]
        if method in WRITE_METHODS or name == "os.open":
            yield Fault(source.path, node.lineno, f"{name} writes a file past formats/files.py.")
        elif method == "open":
            position = 1 if name in {"open", "io.open"} else 0
            named = [keyword.value for keyword in node.keywords if keyword.arg == "mode"]
            for mode in named or node.args[position : position + 1]:
                if isinstance(mode, ast.Constant) and WRITE_MODE.search(str(mode.value)):
                    yield Fault(
                        source.path, node.lineno, "A file is opened for writing past formats/files.py."
                    )


SHELL_CALLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}


def shell_command(source: Source) -> Iterator[Fault]:
    for node, name in calls(source):
        given = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "shell"]
        if name in SHELL_CALLS or (given and given != ["False"]):
            yield Fault(source.path, node.lineno, f"{name} hands a command to a shell.")


def print_call(source: Source) -> Iterator[Fault]:
    for node, name in calls(source):
        if name == "print":
            yield Fault(source.path, node.lineno, "Only the command line prints.")


READ_ELSEWHERE = "The environment is read outside conf/environment.py."


def environment_read(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        match node:
            case ast.Call(func=func) if called_name(func) in {"os.environ.get", "os.getenv", "getenv"}:
                yield Fault(source.path, node.lineno, READ_ELSEWHERE)
            case ast.Subscript(value=value, ctx=ast.Load()) if called_name(value) == "os.environ":
                yield Fault(source.path, node.lineno, READ_ELSEWHERE)


UNSAFE_NAMES = {"mark_safe", "SafeString", "SafeText"}
UNSAFE_FILTER = re.compile(r"\|\s*safe(seq)?\b|\{%-?\s*autoescape\s+off")


def unescaped_python(source: Source) -> Iterator[Fault]:
    for node in source.nodes:
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(node, ast.Name | ast.Attribute) and name in UNSAFE_NAMES:
            yield Fault(source.path, node.lineno, f"{name} puts text on a page unescaped.")


def unescaped_template(source: Source) -> Iterator[Fault]:
    yield from line_faults(source, UNSAFE_FILTER, "{} puts text on a page unescaped.")


INLINE = re.compile(
    r"\sstyle\s*=\s*[\"']|<style\b|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE
)


def inline_code(source: Source) -> Iterator[Fault]:
    yield from line_faults(source, INLINE, "{} is inline style or script, which the content policy drops.")


UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|H[A]CK|W[I]P)\b")
REGISTRY = re.compile(r"[a-z.]*(?:py[p]i|python[h]osted|npm[j]s|deb\.deb[i]an)\.org")
MACHINE_PATH = re.compile(r"(?<![\w.\-*/])/(?:w[o]rk|r[o]ot|h[o]me|U[s]ers|tmp)/[\w.]")


def unfinished_word(source: Source) -> Iterator[Fault]:
    yield from line_faults(source, UNFINISHED, "{} marks unfinished work; finish it or file an issue.")


def registry_host(source: Source) -> Iterator[Fault]:
    yield from line_faults(source, REGISTRY, "{} is a package registry; the repository names none.")


def machine_path(source: Source) -> Iterator[Fault]:
    yield from line_faults(source, MACHINE_PATH, "{} is a path of one machine.")


FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]*`")
EXCLAIM = re.compile(r"\w!(?=\s|$)")


def prose(source: Source) -> Source:
    """The document with its code blanked, line numbers kept."""
    text = FENCE.sub(lambda match: "\n" * match.group(0).count("\n"), source.text)
    return Source(source.path, INLINE_CODE.sub("", text))


def exclamation(source: Source) -> Iterator[Fault]:
    yield from line_faults(prose(source), EXCLAIM, "{} is an exclamation; say it plainly.")


LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def broken_link(source: Source, existing: Iterable[str]) -> Iterator[Fault]:
    """Links to other sites are left alone; a link inside the project must lead to a file of it."""
    known = set(existing)
    folder = PurePosixPath(source.path).parent
    for number, line in enumerate(prose(source).text.splitlines(), 1):
        for target in LINK.findall(line):
            if (
                "://" not in target
                and not target.startswith("mailto:")
                and _joined(folder, target) not in known
            ):
                yield Fault(source.path, number, f"The link to {target} leads nowhere.")


def _joined(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


MAKE_WORD = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)


def unknown_make_target(source: Source, targets: Iterable[str]) -> Iterator[Fault]:
    known = set(targets)
    for number, line in enumerate(source.text.splitlines(), 1):
        for target in MAKE_WORD.findall(line):
            if target not in known:
                yield Fault(source.path, number, f"The Makefile has no target {target}.")


SETTING = re.compile(r"\bTRANCHE_[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def undocumented_settings(environment: Source, page: Source) -> Iterator[Fault]:
    """Each variable that is read is documented, and each documented one is read."""
    read, written = set(SETTING.findall(environment.text)), set(SETTING.findall(page.text))
    for name in sorted(read - written):
        yield Fault(page.path, 1, f"{name} is read and not documented.")
    for name in sorted(written - read):
        yield Fault(page.path, 1, f"{name} is documented and never read.")


HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?)==([^\s;\\]+)", re.MULTILINE)


def pins(source: Source) -> dict[str, str]:
    return dict(PIN.findall(source.text))


def unpinned_requirement(source: Source) -> Iterator[Fault]:
    """Every requirement names one version and its hashes, and no line names an index."""
    blocks = re.split(r"\n(?=\S)", source.text.rstrip())
    number = 1
    for block in blocks:
        if not block.startswith("#") and not (PIN.match(block) and HASH.search(block)):
            text = f"{block.splitlines()[0]} has no exact version with its hashes."
            yield Fault(source.path, number, text)
        number += block.count("\n") + 1


def differing_pins(first: Source, second: Source) -> Iterator[Fault]:
    """Two sets that are installed into one environment must agree where both name a package."""
    mine, other = pins(first), pins(second)
    for name in sorted(mine.keys() & other.keys()):
        if mine[name] != other[name]:
            text = f"{name} is {mine[name]} here and {other[name]} in {second.path}."
            yield Fault(first.path, 1, text)
