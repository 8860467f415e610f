"""What each code of a reader means, in English: what happened, what was not done, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

REFUSED: Final = "The whole file was refused; none of its entries was kept."
KEPT: Final = "The entry was kept as it is; nothing was booked from it."
AGAIN: Final = "Download the file from the bank again and import it unchanged."
ASK: Final = "Ask the bank for a correct statement; do not edit the file."


@dataclass(frozen=True, slots=True)
class Message:
    """Three sentences for one code."""

    what: str
    not_done: str
    next: str


def _refused(what: str, after: str = ASK) -> Message:
    return Message(what, REFUSED, after)


def _noted(what: str, after: str) -> Message:
    return Message(what, KEPT, after)


MESSAGES: Final[Mapping[str, Message]] = {
    "E_UPLOAD_KIND": Message(
        "This is no document that can be sent here: PDF, picture, office file or signature.",
        "The file was not kept.",
        "Save the document as PDF and send that.",
    ),
    "E_FILE_EMPTY": _refused("The file is empty.", AGAIN),
    "E_FILE_SIZE": _refused(
        "The file is larger than a statement may be.", "Ask the bank for statements of shorter periods."
    ),
    "E_FILE_KIND": _refused(
        "The file is no XML; it may be a web page or a text that was saved in its place.", AGAIN
    ),
    "E_FILE_COMPRESSED": _refused("The file is compressed.", "Unpack it and import the statement inside."),
    "E_XML_SYNTAX": _refused(
        "The file is no complete XML: it was cut off or damaged, or it uses an encoding that is not taken.",
        AGAIN,
    ),
    "E_XML_DOCTYPE": _refused(
        "The file holds a document type declaration, which no bank statement needs and which can do harm.",
        "Find out where the file comes from; download it from the bank again.",
    ),
    "E_XML_LIMIT": _refused(
        "The file is nested deeper, holds longer texts or has more entries than is allowed.",
        "Ask the bank for statements of shorter periods.",
    ),
    "E_XML_NAMESPACE": _refused(
        "The file is no camt.053 bank statement.", "Choose “camt.053” or “ISO 20022 statement” at the bank."
    ),
    "E_STMT_EMPTY": _refused("The file holds no statement.", AGAIN),
    "E_STMT_FIELD": _refused(
        "A field that the standard asks for is missing, too long or has a value that is not known."
    ),
    "E_STMT_BALANCE": _refused(
        "The opening or the closing balance is missing, so the statement proves nothing.",
        "Ask the bank for a statement with booked opening and closing balances (OPBD and CLBD).",
    ),
    "E_STMT_CURRENCY": _refused("Balances or entries are in another currency than the account."),
    "E_STMT_SUM": _refused("The opening balance and the entries do not add up to the closing balance."),
    "E_STMT_PAGE": _refused(
        "A page of the statement is missing, or two pages do not join.",
        "Download all pages of the statement in one file.",
    ),
    "E_STMT_CONFLICT": _refused("Two statements in the file have the same number."),
    "E_BATCH_SUM": _refused("The transactions inside an entry do not add up to the entry."),
    "E_IBAN": _refused("The account of the statement has an IBAN whose check digits or length are wrong."),
    "E_CCY_MISSING": _refused("An amount has no currency."),
    "E_CCY_UNKNOWN": _refused("An amount is in a currency that is not in use."),
    "E_AMOUNT_SYNTAX": _refused("An amount is not written as the standard wants it: digits and one point."),
    "E_AMOUNT_PRECISION": _refused("An amount has more digits than its currency."),
    "E_AMOUNT_RANGE": _refused("An amount or a total is larger than the product can hold."),
    "E_DATE_SYNTAX": _refused("A date is not written as the standard wants it, or there is no such day."),
    "E_DATE_RANGE": _refused("A date is before 1999 or in the future, or a period ends before it begins."),
    "N_NOT_BOOKED": _noted(
        "The bank has announced this entry but not booked it.", "Wait for the statement that books it."
    ),
    "N_IBAN": _noted(
        "The other party's IBAN has wrong check digits or a wrong length.",
        "Look at the statement before matching the entry by its account.",
    ),
    "N_TEXT_CUT": _noted(
        "A text of the entry is longer than is shown.", "Open the stored file to read the whole text."
    ),
    "N_STMT_SEQUENCE": _noted(
        "The number of the statement is no whole number that can be kept.",
        "Nothing: the statements are joined by their balances.",
    ),
}
