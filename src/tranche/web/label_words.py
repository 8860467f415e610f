"""The labels of disclosure, spelled out for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tranche.kernel.disclosure import Label

LABEL_WORDS = {
    Label.PUBLIC: _("Public"),
    Label.DONOR: _("Donors"),
    Label.AUDITOR: _("Auditor only"),
    Label.SEALED: _("Named persons only"),
}
