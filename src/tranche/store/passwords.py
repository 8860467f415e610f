"""A password hash with few rounds, for demonstrations and tests, whose passwords are printed anyway."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class CheapPBKDF2(PBKDF2PasswordHasher):
    """Django's PBKDF2 with 1,000 rounds; never chosen outside a demo folder or a test."""

    iterations = 1_000
