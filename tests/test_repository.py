"""The repository keeps its own rules, and each rule finds the fault it is there for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests import tidy_text
from tests.tidy import ROOT, Check, Fault, Source, repository_files
from tests.tidy_rules import CHECKS, SRC

HEAD = '"""What."""\n\nfrom __future__ import annotations\n\n'
LONG_FUNCTION = "def post() -> None:\n" + "    pass\n" * 60
EXAMPLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "file length": ("src/tranche/a.py", ("x = 1\n" * 401,), ("x = 1\n" * 400,)),
    "function length": ("src/tranche/a.py", (LONG_FUNCTION,), (LONG_FUNCTION.replace("    pass\n", "", 1),)),
    "module docstring": ("src/tranche/a.py", ("x = 1\n", ""), (HEAD,)),
    "future annotations": ("src/tranche/a.py", ('"""What."""\nx = 1\n',), (HEAD, '"""What."""\n')),
    "module name": ("src/tranche/web/utils.py", ("",), ()),
    "local import": (
        "src/tranche/web/a.py",
        ("def f() -> None:\n    import json\n", "def f() -> None:\n    from json import loads\n"),
        ("import json\n",),
    ),
    "model write": (
        "src/tranche/web/a.py",
        (
            "party.save()",
            "Party.objects.create(name='x')",
            "Party.objects.using('default').filter(name='x').update(name='y')",
            "Party.objects.all().delete()",
            "party.delete()",
            "Party.objects.bulk_create(rows)",
            "Party.objects.get_or_create(name='x')",
        ),
        ("totals.update(other)", "digest.update(data)", "Party.objects.get(name='x')", "client.delete(url)"),
    ),
    "statement that writes": (
        "src/tranche/queries/a.py",
        ('X = "UPDATE account SET floor = 0"', 'X = "insert"; Y = "DELETE FROM log_entry"'),
        ('X = "SELECT 1"', 'X = "UPDATE the page when you are ready."'),
    ),
    "formatted SQL": (
        "src/tranche/queries/a.py",
        (
            'f"SELECT id FROM party WHERE name = {name}"',
            'columns = "id"\ncolumns = asked\nf"SELECT {columns} FROM party"',
            'def f(name):\n    name = "x"\n    return f"SELECT id FROM {name}"',
            '"SELECT id FROM party WHERE name = %s" % name',
            '"SELECT id FROM party WHERE name = {}".format(name)',
            '"SELECT id FROM party WHERE name = " + name',
        ),
        (
            'f"SELECT {COLUMNS} FROM party"',
            'f"SELECT id FROM party WHERE id IN ({marks(3)})"',
            'columns = "id, name"\nf"SELECT {columns} FROM party"',
            'f"Select a party, {name}"',
            'execute("SELECT id FROM party WHERE name = %s", [name])',
        ),
    ),
    "inexact number": (
        "src/tranche/kernel/a.py",
        ("x = 1.5", "x = float(y)", "from decimal import Decimal\nx = Decimal(y)", "x = amount_minor / 2"),
        ("x = amount_minor // 2", "x = folder / 'rows.sql'", "x = Path(y) / z"),
    ),
    "naive datetime": (
        "src/tranche/web/a.py",
        (
            "datetime.now()",
            "datetime.utcnow()",
            "date.today()",
            "datetime.fromtimestamp(1)",
            "dt.datetime.now()",
        ),
        ("datetime.now(UTC)", "datetime.now(tz=UTC)", "datetime.fromtimestamp(1, UTC)", "clock.now()"),
    ),
    "impure kernel": (
        "src/tranche/kernel/a.py",
        ("import random", "from pathlib import Path", "open(name)", "uuid.uuid4()", "import os.path"),
        ("import hashlib", "from datetime import datetime"),
    ),
    "bare write": (
        "src/tranche/cli/a.py",
        ("open(p, 'w')", "p.open('ab')", "p.open(mode='x')", "p.write_text(t)", "os.open(p, flags)"),
        ("open(p)", "p.open('rb')", "p.read_text()", "write_durably(p, chunks)"),
    ),
    "shell command": (
        "src/tranche/cli/a.py",
        ("subprocess.run(x, shell=True)", "os.system(x)", "run(x, shell=flag)"),
        ("subprocess.run([x], check=True)", "run(x, shell=False)"),
    ),
    "print": ("src/tranche/web/a.py", ("print(1)",), ("console.print(1)",)),
    "environment read": (
        "src/tranche/web/a.py",
        ("os.environ['A']", "os.environ.get('A')", "os.getenv('A')"),
        ("os.environ['A'] = '1'", "os.environ.setdefault('A', '1')"),
    ),
    "unescaped in Python": (
        "src/tranche/web/a.py",
        ("mark_safe(x)", "safestring.SafeString(x)"),
        ("escape(x)",),
    ),
    "unescaped in a template": (
        "src/tranche/templates/a.html",
        ("{{ name|safe }}", "{{ names | safeseq }}", "{% autoescape off %}"),
        ("{{ name }}", "a safe place"),
    ),
    "inline style or script": (
        "src/tranche/templates/a.html",
        (
            '<p style="x">',
            "<style>",
            "<script>x()</script>",
            '<a onclick="x()">',
            '<a href="javascript:x()">',
        ),
        (
            '<link rel="stylesheet" href="a.css">',
            '<script src="app.js" defer></script>',
            "<p>a style = choice</p>",
        ),
    ),
    "unfinished word": ("docs/a.md", ("TO" + "DO: later", "# FIX" + "ME"), ("a to-do list", "todo -> done")),
    "registry host": ("docs/a.md", ("see py" + "pi.org", "files.python" + "hosted.org"), ("python.org",)),
    "machine path": (
        "docs/a.md",
        ("in /ro" + "ot/x", "at /wo" + "rk/main", "'/ho" + "me/anna/x'", "to /t" + "mp/x"),
        ("src/tranche/work/outbox.py", "/usr/bin/chromium", "/workers/"),
    ),
    "exclamation": (
        "docs/a.md",
        ("It works!", "Done! Next."),
        ("`a != b`", "![picture](a.png)", "```\nx!\n```"),
    ),
}


@cache
def files() -> tuple[Source, ...]:
    return repository_files()


def file(path: str) -> Source:
    return Source(path, (ROOT / path).read_text(encoding="utf-8"))


def matching(pattern: str) -> Iterator[Source]:
    return (source for source in files() if re.fullmatch(pattern, source.path))


def report(faults: list[Fault]) -> str:
    return "\n".join(["The repository breaks a rule of its own:", *map(str, faults)])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_repository_keeps_the_rule(check: Check) -> None:
    faults = [fault for source in files() for fault in check.faults(source)]

    assert not faults, report(faults)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_rule_finds_its_fault_and_nothing_else(check: Check) -> None:
    path, faulty, clean = EXAMPLES[check.name]

    assert faulty
    for text in faulty:
        assert check.faults(Source(path, text)), f"{check.name} does not see: {text}"
    for text in clean:
        assert not check.faults(Source(path, text)), f"{check.name} is wrong about: {text}"


def test_every_rule_has_an_example() -> None:
    assert set(EXAMPLES) == {check.name for check in CHECKS}


def test_rule_is_silent_where_it_does_not_hold() -> None:
    model_write = next(check for check in CHECKS if check.name == "model write")

    assert not model_write.faults(Source("src/tranche/actions/party.py", "party.save()"))


def test_files_are_found_without_git(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("One.", encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "b.md").write_text("Two.", encoding="utf-8")

    found = repository_files(tmp_path)

    assert [source.path for source in found] == ["docs/a.md"]


def test_checks_cover_the_whole_source() -> None:
    checked = {source.path for source in files()}
    on_disk = {path.relative_to(ROOT).as_posix() for path in (ROOT / SRC).rglob("*.py")}

    assert on_disk <= checked


def test_links_of_the_documents_lead_somewhere() -> None:
    existing = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*")]
    existing += [source.path for source in files()] + ["docs", "tests/bench"]

    faults = [fault for page in matching(r".*\.md") for fault in tidy_text.broken_link(page, existing)]

    assert not faults, report(faults)


def test_link_that_leads_nowhere_is_found() -> None:
    page = Source("docs/start.md", "See [one](concepts.md) and [two](../README.md#top) and [three](gone.md).")

    faults = list(tidy_text.broken_link(page, ["docs/concepts.md", "README.md"]))

    assert [fault.text for fault in faults] == ["The link to gone.md leads nowhere."]


def make_targets() -> list[str]:
    return re.findall(r"^([a-z-]+):", file("Makefile").text, re.MULTILINE)


def test_documents_name_only_make_targets_that_exist() -> None:
    pages = matching(r"(README|CONTRIBUTING|SECURITY)\.md|docs/.*\.md")

    faults = [fault for page in pages for fault in tidy_text.unknown_make_target(page, make_targets())]

    assert not faults, report(faults)


def test_unknown_make_target_is_found() -> None:
    page = Source("README.md", "Run `make demo`, then\nmake coffee\nand make it so.")

    faults = list(tidy_text.unknown_make_target(page, make_targets()))

    assert [(fault.line, fault.text) for fault in faults] == [(2, "The Makefile has no target coffee.")]


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    environment, page = file("src/tranche/conf/environment.py"), file("docs/settings.md")

    faults = list(tidy_text.undocumented_settings(environment, page))

    assert not faults, report(faults)


def test_settings_missing_on_either_side_are_found() -> None:
    environment = Source("environment.py", 'read("TRANCHE_HOSTS"); read("TRANCHE_TODAY")')
    page = Source("docs/settings.md", "TRANCHE_HOSTS, TRANCHE_COFFEE")

    faults = [fault.text for fault in tidy_text.undocumented_settings(environment, page)]

    assert faults == [
        "TRANCHE_TODAY is read and not documented.",
        "TRANCHE_COFFEE is documented and never read.",
    ]


def test_requirements_are_pinned_with_hashes() -> None:
    pages = matching(r"requirements/.*\.txt")

    faults = [fault for page in pages for fault in tidy_text.unpinned_requirement(page)]

    assert not faults, report(faults)


@pytest.mark.parametrize("line", ["django>=5.2", "django==5.2.1", "--index-url https://example.org/simple"])
def test_loose_requirement_is_found(line: str) -> None:
    pinned = "babel==2.18.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"

    assert not list(tidy_text.unpinned_requirement(Source("r.txt", pinned)))
    assert list(tidy_text.unpinned_requirement(Source("r.txt", pinned + line + "\n")))


def test_requirement_sets_agree() -> None:
    sets = sorted(matching(r"requirements/.*\.txt"), key=lambda source: source.path)

    faults = [fault for one in sets for other in sets for fault in tidy_text.differing_pins(one, other)]

    assert len(sets) > 1
    assert not faults, report(faults)


def test_requirement_sets_that_differ_are_found() -> None:
    faults = list(
        tidy_text.differing_pins(Source("a.txt", "babel==1.0 \\"), Source("b.txt", "babel==2.0 \\"))
    )

    assert [fault.text for fault in faults] == ["babel is 1.0 here and 2.0 in b.txt."]


def direct_dependencies() -> set[str]:
    project = tomllib.loads(file("pyproject.toml").text)["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return {re.split(r"[\[<>=~]", line)[0] for line in [*project["dependencies"], *extras]}


def missing(names: set[str], pattern: str, text: str) -> list[str]:
    return sorted(name for name in names if not re.search(pattern.format(name=re.escape(name)), text))


REASON = r"(?m)^\| {name} \| .+ \|$"
USE = r"\b{name}\b"
LOADED_BY_NAME = {
    "psycopg",  # Django loads it where the database is PostgreSQL
    "tzdata",  # the standard library looks there for zones that the system does not have
}


def test_every_dependency_has_its_reason_in_the_decisions() -> None:
    unexplained = missing(direct_dependencies(), REASON, file("docs/decisions.md").text)

    assert not unexplained, f"docs/decisions.md gives no reason for {', '.join(unexplained)}."


def test_every_dependency_is_used_by_the_product() -> None:
    product = "\n".join(source.text for source in matching(re.escape(SRC) + r".*\.py"))

    unused = missing(direct_dependencies() - LOADED_BY_NAME, USE, product)

    assert not unused, f"Nothing in the product uses {', '.join(unused)}."


def test_dependency_without_reason_or_use_is_found() -> None:
    assert missing({"lxml", "babel"}, REASON, "| lxml | It reads bank files. |\nbabel is nice.") == ["babel"]
    assert missing({"lxml", "babel"}, USE, "from lxml import etree") == ["babel"]


def modules_only_a_measurement_installs() -> set[str]:
    """The modules of what only requirements/bench.in names: mypy misses them where it is not installed."""
    names = {line.strip() for line in file("requirements/bench.in").text.splitlines()}
    return {module for module, owners in packages_distributions().items() if names & set(owners)}


def test_types_are_checked_alike_without_what_only_a_measurement_installs() -> None:
    overrides = tomllib.loads(file("pyproject.toml").text)["tool"]["mypy"]["overrides"]
    skipped = {
        name for override in overrides if override.get("follow_imports") for name in override["module"]
    }
    imported = {
        module
        for module in modules_only_a_measurement_installs()
        for source in matching(r"tests/bench/.*\.py")
        if re.search(rf"^(import|from) {module}\b", source.text, re.MULTILINE)
    }
    assert {f"{module}.*" for module in imported} <= skipped
