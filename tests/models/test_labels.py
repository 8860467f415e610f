"""Every stored field says who may see it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

from tranche.kernel.disclosure import Label, labels

MODELS = sorted(apps.get_app_config("tranche").get_models(), key=lambda model: model.__name__)


def declared(model: type[Model]) -> dict[str, Label]:
    return dict(getattr(model, "LABELS", {}))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_label_and_every_label_a_field(model: type[Model]) -> None:
    fields = {field.name for field in model._meta.concrete_fields}
    attributes = {field.attname for field in model._meta.concrete_fields}

    assert {name for name in fields if name not in declared(model)} - attributes == set()
    assert set(declared(model)) <= fields | attributes


def test_a_column_without_a_label_would_be_found() -> None:
    assert "password" in declared(apps.get_model("tranche", "Login"))
    assert "password" not in labels(public="id")


def test_a_field_under_two_labels_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="two labels"):
        labels(public="name", sealed="name")


def test_what_opens_accounts_is_never_public() -> None:
    payee = declared(apps.get_model("tranche", "Payee"))

    assert payee["iban"] is Label.AUDITOR
    assert declared(apps.get_model("tranche", "Login"))["password"] is Label.SEALED
