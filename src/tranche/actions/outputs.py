"""The output of a joint project: each accepted lot in whole units to the partners."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from tranche.actions.execution import Execution
from tranche.kernel.output import split_output
from tranche.models import Joint, JointOutput, JointShare, Lot

PRODUCING = ("running", "closing")


def version_on(joint: Joint, on: date) -> int:
    """The share version that is valid on a day; a project that runs has one."""
    rows = joint.shares.filter(valid_from__lte=on).order_by("version")
    found = rows.values_list("version", flat=True).last()
    assert found is not None, "a project starts under shares that are valid"
    return found


def share_out(execution: Execution, lot: Lot) -> None:
    """Give the units of a lot to the partners of the programme's project, if one runs.

    Lots of another unit, or under another version of the shares, are counted apart.
    """
    programme = lot.ordered.programme
    joint = Joint.objects.filter(programme=programme, record__state__in=PRODUCING).first()
    if joint is None:
        return
    execution.also_wrote["joint", joint.record_id] = joint.ref
    version = version_on(joint, execution.today)
    shares = joint.shares.filter(version=version).select_related("party").order_by("party__ref")
    partners = list[JointShare](shares)
    given = _given(joint, version, lot)
    before = [given.get(share.party_id, 0) for share in partners]
    split = split_output([share.weight for share in partners], before, lot.quantity)
    for share, units in zip(partners, split, strict=True):
        JointOutput.objects.create(
            joint=joint, lot=lot, share_version=version, party=share.party, quantity=units
        )


def _given(joint: Joint, version: int, lot: Lot) -> dict[str, int]:
    """What earlier lots of the same goods gave each partner under this version."""
    same = {"lot__category": lot.category, "lot__unit": lot.unit}
    rows = joint.outputs.filter(share_version=version, **same).values_list("party_id")
    return dict(rows.annotate(units=Sum("quantity")))
