"""What a person has read: marks in the scratch file, no part of the record, whose loss does no harm."""

from __future__ import annotations

from tranche.models import ReadMark


def mark_read(person: str, notice_id: int) -> None:
    ReadMark.objects.bulk_create([ReadMark(person_id=person, notice_id=notice_id)], ignore_conflicts=True)


def mark_read_upto(person: str, notice_id: int) -> None:
    """One mark in place of all that went before."""
    mark = ReadMark(person_id=person, notice_id=notice_id, upto=True)
    ReadMark.objects.bulk_create([mark], ignore_conflicts=True)
    earlier = ReadMark.objects.filter(person_id=person, notice_id__lte=notice_id)
    earlier.exclude(notice_id=notice_id, upto=True).delete()
