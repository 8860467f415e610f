"""What is written is escaped and exact."""

from __future__ import annotations

from lxml import etree

from tranche.formats.svg import writer


def test_lengths_are_tenths_of_a_pixel() -> None:
    assert [writer.tenths(length) for length in (0, 5, 10, 123, -5, -120)] == [
        "0",
        "0.5",
        "1",
        "12.3",
        "-0.5",
        "-12",
    ]


def test_text_cannot_leave_its_element() -> None:
    hostile = "</text><script>\"&'\x00\x0b"

    written = etree.fromstring(writer.element("text", writer.text(hostile)).encode())

    assert len(written) == 0
    assert written.text == "</text><script>\"&'\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"


def test_attribute_cannot_leave_its_quotes() -> None:
    written = etree.fromstring(writer.element("a", "", href='"><b x="').encode())

    assert written.get("href") == '"><b x="'
    assert len(written) == 0


def test_absent_attribute_is_left_out() -> None:
    assert writer.element("rect", x=15, fill=None, class_="c") == '<rect x="1.5" class="c"/>'


def test_link_without_address_is_a_group_without_a_label() -> None:
    assert writer.link("", "x", class_="n", aria_label="name", tabindex="-1") == '<g class="n">x</g>'


def test_path_keeps_commands_and_writes_lengths() -> None:
    assert writer.path("M", 10, 5, "Z") == "M 1 0.5 Z"
