"""Sample charts, one a golden file; run as a program it writes the files anew for a person to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from tranche.formats.svg import bars, sankey, timeline
from tranche.formats.svg.bars import CoverageRow, MoneyPart, Part
from tranche.formats.svg.sankey_graph import SankeyLink, SankeyNode, reduce
from tranche.formats.svg.timeline import TimelineStage, TimelineStep

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "svg"
TODAY = date(2025, 3, 31)
COLUMNS = ("Origin", "Donor", "Tranche or pool", "Programme", "Contract", "Lot or return")
Graph = tuple[list[SankeyNode], list[SankeyLink]]


def money(amount_minor: int) -> str:
    return f"{amount_minor} EUR"


def share(amount: int, whole: int) -> str:
    return f"{100 * amount // whole} %"


def day(value: date) -> str:
    return value.isoformat()


def days_late(days: int) -> str:
    return f"{days} days late"


WORDS = sankey.SankeyWords(
    title="Flow",
    summary="What came in and where it is.",
    columns=COLUMNS,
    other="Other ({count})",
    idle="idle {amount}",
    money=money,
    share=share,
)
TIMES = timeline.TimelineWords(
    title="Timeline",
    summary="One step is late.",
    stages="Stages",
    steps="Procedure",
    today="Today, {day}",
    planned="planned {day}",
    late=days_late,
    day=day,
    month=lambda value: value.isoformat()[:7],
)
COVERED = bars.CoverageWords(
    title="Coverage",
    summary="What is needed and what is there.",
    allocated="allocated",
    accepted="accepted",
    uncovered="not covered",
    covered="{share} covered",
    gap="gap {amount}",
    money=money,
    share=share,
)
SPENT = bars.MoneyWords(title="Money", summary="What became of it.", money=money, share=share)


def flow(nodes: list[SankeyNode], links: list[SankeyLink]) -> str:
    return sankey.draw(reduce(nodes, links), WORDS, key="flow", other_href="#flow-table")


def pool() -> Graph:
    """Two donors in one pool, one earmarked tranche beside it, a return, and money left at two places."""
    nodes = [
        SankeyNode("o:DK", "State budget", 0),
        SankeyNode("o:EU", "Windfall proceeds", 0),
        SankeyNode("o:LT", "Valstybės biudžetas", 0),
        SankeyNode("DK", "Denmark", 1, "/donors/DK/"),
        SankeyNode("EU", "European Union", 1, "/donors/EU/"),
        SankeyNode("LT", "Lithuania", 1, "/donors/LT/"),
        SankeyNode("POOL", "DK-UA-2024-POOL", 2, "/tranches/POOL/", 300),
        SankeyNode("T1", "LT-UA-2024-T1", 2, "/tranches/LT-UA-2024-T1/"),
        SankeyNode("P", "Production", 3, "/programmes/P/"),
        SankeyNode("Q", "Виробництво далекобійних засобів", 3, "/programmes/Q/", 20),
        SankeyNode("C", "C-DK-01", 4, "/contracts/C-DK-01/", 700),
        SankeyNode("L1", "Lot 1", 5, "/lots/L1/"),
        SankeyNode("L2", "Lot 2", 5, "/lots/L2/"),
        SankeyNode("R", "Returned", 5),
    ]
    amounts = {
        ("o:DK", "DK"): 1250,
        ("o:EU", "EU"): 3900,
        ("o:LT", "LT"): 100,
        ("DK", "POOL"): 1250,
        ("EU", "POOL"): 3900,
        ("LT", "T1"): 100,
        ("POOL", "P"): 4850,
        ("T1", "Q"): 100,
        ("P", "C"): 4800,
        ("P", "R"): 50,
        ("Q", "L2"): 80,
        ("C", "L1"): 4100,
    }
    return nodes, [
        SankeyLink(source, target, amount, f"/trace/?from={source}&through={target}")
        for (source, target), amount in amounts.items()
    ]


def one_link() -> Graph:
    return [SankeyNode("a", "From", 0), SankeyNode("b", "To <&>", 1)], [SankeyLink("a", "b", 1)]


def ties() -> Graph:
    """Equal amounts everywhere: the key alone decides."""
    nodes = [
        SankeyNode(f"{side}{i}", f"{side} {i}", layer) for layer, side in enumerate("ab") for i in range(4)
    ]
    return nodes, [SankeyLink(f"a{i}", f"b{(i + 1) % 4}", 10) for i in range(4)]


def crowd() -> Graph:
    """Forty donors of one cent to a million: the small ones become Other."""
    nodes = [SankeyNode(f"d{i:02d}", f"Donor {i}", 0) for i in range(40)]
    nodes.append(SankeyNode("pool", "Pool", 1, idle_minor=sum(1 << (i // 2) for i in range(40))))
    return nodes, [SankeyLink(f"d{i:02d}", "pool", 1 << (i // 2)) for i in range(40)]


def tranche_in_time() -> str:
    stages = [
        TimelineStage("announced", "Announced", None, date(2024, 11, 23), "/claims/"),
        TimelineStage("agreed", "Agreed", date(2024, 11, 22), date(2024, 11, 22)),
        TimelineStage("authorised", "Authorised", date(2025, 2, 14), date(2025, 3, 3)),
        TimelineStage("accepted", "Accepted", date(2025, 6, 30)),
        TimelineStage("closed", "Closed"),
    ]
    steps = [
        TimelineStep(
            "opinion",
            "Legal opinion",
            "LT-MOD",
            planned_from=date(2024, 12, 4),
            due_on=date(2024, 12, 18),
            started_on=date(2024, 12, 4),
            done_on=date(2024, 12, 16),
            evidence=True,
            href="#opinion",
        ),
        TimelineStep(
            "resolution",
            "Government resolution on the contribution to the defence industry",
            "LT-GOV",
            planned_from=date(2024, 12, 18),
            due_on=date(2025, 1, 20),
            started_on=date(2024, 12, 16),
            done_on=date(2025, 2, 7),
            after=("opinion",),
        ),
        TimelineStep(
            "account",
            "Account confirmed",
            "UA-MOD",
            planned_from=date(2025, 1, 20),
            due_on=date(2025, 3, 20),
            started_on=date(2025, 2, 20),
            after=("resolution",),
        ),
        TimelineStep(
            "order", "Treasury order", "LT-TRE", date(2025, 4, 3), date(2025, 5, 20), after=("account",)
        ),
    ]
    return timeline.draw(stages, steps, TIMES, today=TODAY, key="timeline")


def coverage() -> str:
    rows = [
        CoverageRow("1", "Long-range production", 800, 500, 220, "/programmes/P/"),
        CoverageRow("2", "Air defence", 300, 450, 0),
        CoverageRow("3", "Боєприпаси", 100, 0, 0),
    ]
    return bars.coverage(rows, COVERED, key="coverage")


def money_bar() -> str:
    parts = [
        MoneyPart(Part.ACCEPTED, "Accepted", 310, "/lots/"),
        MoneyPart(Part.PAID, "Paid, goods owed", 90),
        MoneyPart(Part.CONTRACTED, "Contracted", 0),
        MoneyPart(Part.IDLE, "Idle", 30),
        MoneyPart(Part.RETURNED, "Returned", 2),
    ]
    return bars.money_bar(parts, SPENT, key="money")


SAMPLES: Mapping[str, Callable[[], str]] = {
    "sankey-empty": lambda: flow([], []),
    "sankey-one-link": lambda: flow(*one_link()),
    "sankey-ties": lambda: flow(*ties()),
    "sankey-pool": lambda: flow(*pool()),
    "sankey-other": lambda: flow(*crowd()),
    "timeline": tranche_in_time,
    "coverage": coverage,
    "money-bar": money_bar,
}


def write_golden_files() -> None:
    for name, sample in SAMPLES.items():
        (GOLDEN / f"{name}.svg").write_text(sample() + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden_files()
