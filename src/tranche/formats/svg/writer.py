"""Writes SVG elements; every length is an integer in tenths of a pixel, every text is escaped here."""

from __future__ import annotations

import html
from typing import Final

UNPRINTABLE: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\N{REPLACEMENT CHARACTER}")


def tenths(length: int) -> str:
    """12 tenths of a pixel are written 1.2."""
    sign, whole, rest = "-" if length < 0 else "", *divmod(abs(length), 10)
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def text(content: str) -> str:
    return html.escape(content.translate(UNPRINTABLE), quote=True)


def element(name: str, *children: str, **attributes: str | int | None) -> str:
    """One element; integers are lengths, None leaves an attribute out, `a_b` is written a-b."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{tenths(value) if isinstance(value, int) else text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def link(href: str, *children: str, **attributes: str | int | None) -> str:
    """An anchor, or a plain group where there is nowhere to go: a label on a group is then not a control."""
    if href:
        return element("a", *children, href=href, **attributes)
    kept = {key: value for key, value in attributes.items() if key not in {"aria_label", "tabindex"}}
    return element("g", *children, **kept)


def path(*steps: str | int) -> str:
    """Path data: commands stay, lengths are written in pixels."""
    return " ".join(step if isinstance(step, str) else tenths(step) for step in steps)


def hatch(key: str, *, class_: str = "hatch", stroke: str = "#4b5a68") -> str:
    """The diagonal pattern that says: planned for, and not there."""
    line = element(
        "path", d="M-1 7 L7 -1 M-1 1 L1 -1 M5 7 L7 5", stroke=stroke, stroke_width=12, class_=class_
    )
    return element("pattern", line, id=f"{key}-hatch", width=60, height=60, patternUnits="userSpaceOnUse")


def chart(key: str, class_: str, width: int, height: int, title: str, summary: str, *body: str) -> str:
    """The outer element with its title and description, which a reader of the screen hears first."""
    return element(
        "svg",
        element("title", text(title), id=f"{key}-title"),
        element("desc", text(summary), id=f"{key}-summary"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"chart-svg {class_}",
        id=f"{key}-svg",
        viewBox=f"0 0 {tenths(width)} {tenths(height)}",
        width=width,
        height=height,
        role="group",
        aria_labelledby=f"{key}-title {key}-summary",
        font_family="Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif",
        font_size=120,
        fill="#14202b",
    )
