"""Every address of the site; references in addresses are the ones that people use."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from tranche.web.views import (
    account,
    account_own,
    act,
    agreements,
    bank,
    calendar,
    claims,
    claims_upload,
    contracts,
    decisions,
    evidence,
    funds,
    help,
    holds,
    in_kind,
    inbox,
    joint_projects,
    keys,
    money,
    oidc,
    overview,
    payees,
    people,
    periods,
    policy,
    policy_history,
    preferences,
    priorities,
    procedures,
    programmes,
    proof,
    selections,
    system,
    trace,
    tranches,
    uploads,
)


class Ref:
    """A human reference such as LT-UA-2024-T1."""

    regex = "[A-Z0-9][A-Z0-9-]{1,38}[A-Z0-9]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ActionName(Ref):
    """An action such as programme.allocate."""

    regex = "[a-z_]{1,30}\\.[a-z_]{1,30}"


class TemplateKey(Ref):
    """The key of a procedure template."""

    regex = "[a-z][a-z0-9-]{0,39}"


class Number:
    """A whole number that every part of the program can hold."""

    regex = "[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Sha256(Ref):
    """A SHA-256 in hex."""

    regex = "[0-9a-f]{64}"


class FundCode(Ref):
    """The code of a fund, which may be one donor's part of a pool, as in DK-2024/SE."""

    regex = "[A-Za-z0-9._'-]{1,80}(?:/[A-Za-z0-9._'-]{1,80})?"


class Day:
    """A calendar day as YYYY-MM-DD."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class Token(Ref):
    """The token of an upload link or a calendar: 32 bytes in the alphabet of RFC 4648, section 5."""

    regex = "[A-Za-z0-9_-]{43}"


register_converter(Token, "token")
register_converter(Ref, "ref")
register_converter(TemplateKey, "template")
register_converter(FundCode, "fund")
register_converter(Day, "day")
register_converter(ActionName, "action")
register_converter(Number, "number")
register_converter(Sha256, "sha256")

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("account/login/", account.login, name="login"),
    path("account/login/options/", account.login_options, name="login_options"),
    path("account/login/key/", account.login_by_key, name="login_by_key"),
    path("account/keys/", keys.keys, name="keys"),
    path("account/keys/options/", keys.key_options, name="key_options"),
    path("account/keys/offer/", keys.key_offer, name="key_offer"),
    path("account/keys/code/", keys.code, name="key_code"),
    path("account/keys/<uuid:credential_id>/options/", keys.add_options, name="key_add_options"),
    path("account/keys/<uuid:credential_id>/add/", keys.add, name="key_add"),
    path("account/keys/<uuid:credential_id>/revoke/", keys.revoke, name="key_revoke"),
    path("account/logout/", account.logout, name="logout"),
    path("account/ministry/", oidc.oidc_begin, name="oidc_begin"),
    path("account/ministry/back/", oidc.oidc_end, name="oidc_end"),
    path("account/", account_own.account, name="own_account"),
    path("account/password/", account_own.password, name="password"),
    path("account/calendar/", calendar.make, name="make_calendar"),
    path("account/calendar/end/", calendar.end, name="end_calendar"),
    path("calendar/<token:token>.ics", calendar.calendar, name="calendar"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="read_notices"),
    path("inbox/<number:notice_id>/", inbox.notice, name="notice"),
    path("system/", system.system, name="system"),
    path("account/sessions/", account_own.end_sessions, name="end_sessions"),
    path("people/", people.people, name="people"),
    path("people/staffing/", people.staffing, name="staffing"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/sign-ins/<uuid:login_id>/password/", people.issue, name="issue_password"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<ref:ref>/", agreements.agreement, name="agreement"),
    path("tranches/", tranches.tranches, name="tranches"),
    path("tranches/<ref:ref>/", tranches.tranche, name="tranche"),
    path("tranches/<ref:ref>/procedure/", procedures.tranche_procedure, name="tranche_procedure"),
    path("procedures/", procedures.procedures, name="procedures"),
    path("procedures/templates/", procedures.templates, name="templates"),
    path("procedures/templates/<template:key>/", procedures.template, name="template"),
    path("procedures/editor/", procedures.template_editor, name="template_editor"),
    path("waiting/", procedures.holding, name="holding"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<ref:ref>/", programmes.programme, name="programme"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/<ref:ref>/", contracts.contract, name="contract"),
    path("lots/<ref:ref>/", contracts.lot, name="lot"),
    path("selections/", selections.selections, name="selections"),
    path("selections/<ref:ref>/", selections.selection, name="selection"),
    path("in-kind/", in_kind.contributions, name="in_kind"),
    path("in-kind/<ref:ref>/", in_kind.contribution, name="inkind"),
    path("joint-projects/", joint_projects.joint_projects, name="joint_projects"),
    path("joint-projects/<ref:ref>/", joint_projects.joint_project, name="joint"),
    path("payees/", payees.payees, name="payees"),
    path("payees/<ref:ref>/", payees.payee, name="payee"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/issue/<ref:ref>/", uploads.issue, name="issue_link"),
    path("uploads/<uuid:upload_id>/take-over/", uploads.take_over, name="take_over"),
    path("upload/<token:token>/", uploads.upload, name="upload"),
    path("priorities/", priorities.priorities, name="priorities"),
    path("claims/", claims.claims, name="claims"),
    path("claims/upload/", claims_upload.claims_upload, name="claims_upload"),
    path("claims/documents/<ref:ref>/", claims.claim_document, name="claim_document"),
    path("trace/", trace.trace, name="trace"),
    path("funds/", funds.funds, name="funds"),
    path("funds/<fund:ref>/", funds.fund, name="fund"),
    path("money/", money.money, name="money"),
    path("money/idle/", money.idle, name="idle"),
    path("money/balance/", money.balance, name="balance"),
    path("money/periods/", periods.periods, name="periods"),
    path("money/periods/<day:upto>/", periods.period, name="period"),
    path("money/entries/<number:entry_id>/", money.entry, name="entry"),
    path("money/accounts/<path:code>/", money.account, name="account"),
    path("proof/", proof.proof, name="proof"),
    path("proof/entries/<number:seq>/", proof.proof_entry, name="proof_entry"),
    path("proof/entries/<number:seq>/receipt/", proof.receipt, name="receipt"),
    path("proof/entries/<number:seq>/pack/", proof.pack, name="pack"),
    path("proof/witnesses/", proof.witnesses, name="witnesses"),
    path("proof/verify/", proof.proof_verify, name="proof_verify"),
    path("proof/policy/", proof.log_policy, name="log_policy"),
    path("help/", help.help, name="help"),
    path("policy/", policy.policy, name="policy"),
    path("decisions/", decisions.inbox, name="decisions"),
    path("decisions/<uuid:decision_id>/", decisions.decision, name="decision"),
    path("decisions/<uuid:decision_id>/approve/", decisions.approve, name="approve"),
    path("decisions/<uuid:decision_id>/statement/", decisions.statement, name="statement"),
    path("decisions/<uuid:decision_id>/execute/", decisions.execute, name="execute"),
    path("decisions/<uuid:decision_id>/withdraw/", decisions.withdraw, name="withdraw"),
    path("decisions/<uuid:decision_id>/revoke/", decisions.revoke, name="revoke"),
    path("holds/", holds.holds, name="holds"),
    path("policy/history/", policy_history.policy_history, name="policy_history"),
    path("act/<action:action>/", act.act, name="act"),
    path("bank/", bank.bank, name="bank"),
    path("bank/upload/", bank.bank_upload, name="bank_upload"),
    path("bank/<uuid:statement_id>/", bank.bank_statement, name="bank_statement"),
    path("evidence/<sha256:sha256>/", evidence.evidence, name="evidence"),
]

handler400 = "tranche.web.views.errors.bad_request"
handler404 = "tranche.web.views.errors.not_found"
handler500 = "tranche.web.views.errors.fault"
