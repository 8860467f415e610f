"""Money on its way back to a donor: out of which account it goes, and who stands where around it."""

from __future__ import annotations

from dataclasses import replace

from tranche.actions.funds import Funding, funding
from tranche.actions.lookup import agreement_of_donor, recipient_situation
from tranche.kernel.ledger import AccountSpec, Kind
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument
from tranche.ledger.accounts import find as find_accounts
from tranche.ledger.balances import balances
from tranche.ledger.rows import reading
from tranche.models import Party, Record, SpendingRule


def returnable(code: str, donor: Party) -> Funding | None:
    """The fund that money goes back out of, none for unassigned money; raises BadArgument for another's."""
    if not code:
        return None
    source = funding(code)
    if source.advance or (source.donor and source.donor != donor.ref):
        raise BadArgument("funding", "choice", source.ref)
    return source


def own_fund(source: Funding | None) -> dict[str, str]:
    """The failed guard of taking one donor's money out of a pool in which nobody's is apart."""
    mixed = source is not None and source.rule == SpendingRule.FIFO
    return {"own_fund": source.ref} if source and mixed else {}


def own_account(source: Funding | None, donor: Party, currency: str) -> AccountSpec:
    """Where the donor's own money lies: unassigned, in his tranche, his fund, or his share of a pool."""
    if source is None:
        return AccountSpec(Kind.UNASSIGNED, donor.ref, None, currency)
    return source.share(donor.ref, currency)


def there_minor(account: AccountSpec) -> int:
    """What lies in one account."""
    return sum(row.balance for row in balances(codes=(account.code,), using="default"))


def is_closed(account: AccountSpec) -> bool:
    """Whether the account was closed since money left it."""
    found = find_accounts([account.code], reading("default")).get(account.code)
    return found is not None and found.is_closed


def donor_situation(source: Funding | None, donor: Party, owner: Party, record: Record | None) -> Situation:
    """As of every record of the recipient; without any agreement the donor itself approves."""
    agreement = source.agreement if source else agreement_of_donor(donor)
    chain = [record.id] if record else []
    found = recipient_situation(owner, agreement, chain, record)
    return found if agreement else replace(found, approving=donor.ref)
