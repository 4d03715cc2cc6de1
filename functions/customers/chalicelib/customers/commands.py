"""What people ask customers for."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET, structs

from chalicelib.customers import model, schemas, store
from chalicelib.customers.model import Address, Customer
from chassis import clock, settings
from chassis.auth import Caller, may_touch, on_behalf_of
from chassis.conditions import Match
from chassis.limits import Limit
from chassis.user_pool import Tokens, UserPool, refuse_weak

# By the email, and counted before anybody looks whether it has an account: the answer is the same for all.
SIGN_UPS = Limit("CUSTOMERS_SIGN_UP_LIMIT", "5/3600")
SIGN_INS = Limit("CUSTOMERS_SIGN_IN_LIMIT", "10/300")


def sign_up(asked: schemas.SignUp) -> schemas.SignedUp:
    """An account, and the customer whose it is: answered alike, and as late, whether or not the email has one already.

    Asked again with the same password, it completes what was begun, and changes nothing that is there.
    """
    began, email, pool = clock.now(), model.canonical(asked.email), accounts()
    refuse_weak(asked.password)
    SIGN_UPS.take(store.TABLE, email)
    subject = pool.open_account(email, asked.password) or _owner(pool, email, asked.password)
    if subject:
        with on_behalf_of(str(Caller("customer", subject))):  # whoever knows the password is who acts
            store.register(*model.register(subject, _details(asked), clock.now()))
    clock.wait_out(began, _least())
    return schemas.SignedUp(asked.email)


def sign_in(asked: schemas.SignIn) -> Tokens:
    """Tokens; a no is the same, and comes as late, for an email without account as for a wrong password."""
    began, email = clock.now(), model.canonical(asked.email)
    SIGN_INS.take(store.TABLE, email)
    tokens = accounts().sign_in(email, asked.password)
    if tokens is None:
        clock.wait_out(began, _least())
        raise model.SignInRefused
    return tokens


def refresh(asked: schemas.Refresh) -> Tokens:
    tokens = accounts().refresh(asked.refresh_token)
    if tokens is None:
        raise model.SignInRefused
    return tokens


def sign_out(by: Caller, token: str) -> None:
    """Ends all sessions of the caller, everywhere: what was issued until now is good no more."""
    if has_accounts():
        _pool().sign_out(token)  # first: nothing is issued to an old session once the others are told
    now = _end_tokens(by.id)
    # tokens tell whole seconds: one of this second counts as older, so a new sign-in has to be of the next
    clock.wait_until(now.replace(microsecond=0) + timedelta(seconds=1))


def register_customer(id: str, asked: schemas.RegisterCustomer, by: Caller) -> Customer:
    """The caller as a customer, whose account is the identity provider's own; asked again, what is there."""
    wanted = _theirs(id, by)
    if wanted != by.id:  # staff registers nobody either
        raise model.NoSuchCustomer(id)
    store.register(*model.register(wanted, _details(asked), clock.now()))
    found = store.customers.get(wanted)
    if found and found.erased_at:
        raise model.CustomerWasErased
    return _found(wanted, found)


def get_customer(id: str, by: Caller) -> Customer:
    wanted = _theirs(id, by)
    return _found(wanted, store.customers.get(wanted))


def revise_customer(id: str, asked: schemas.ReviseCustomer, match: Match, by: Caller) -> Customer:
    """Changes what the patch names, in the version that it was made for."""
    wanted, changes = _theirs(id, by), _details(asked)

    def decide(found: Customer | None) -> model.Decision | None:
        return model.revise(_matching(wanted, found, match), changes, clock.now())

    return _found(wanted, store.customers.change(wanted, decide))


def deactivate_customer(id: str, match: Match, by: Caller) -> Customer:
    """The customer can order no more, nor sign in, and whoever is signed in is out; what was ordered goes on."""
    wanted = _theirs(id, by)

    def decide(found: Customer | None) -> model.Decision | None:
        return model.deactivate(_matching(wanted, found, match), clock.now())

    gone = _found(wanted, store.customers.change(wanted, decide))
    if has_accounts():
        _pool().close_account(wanted)
    _end_tokens(wanted)
    return gone


def erase_customer(id: str, match: Match, by: Caller) -> None:
    """Nothing is known of the person any more, nor is there an account; what was ordered goes on.

    The account goes after the item, and the tokens last: whoever is cut off on the way can ask again. Asked again,
    it completes what was begun, whatever the version, which nobody is shown any more.
    """
    wanted = _theirs(id, by)

    def decide(found: Customer | None) -> model.Decision | None:
        erased = found is not None and found.erased_at is not None
        return None if erased else model.erase(_matching(wanted, found, match), clock.now())

    store.customers.change(wanted, decide)
    if has_accounts():
        _pool().delete_account(wanted)
    _end_tokens(wanted)


def has_accounts() -> bool:
    """Whether accounts are kept here, in a user pool; another issuer keeps its own."""
    return bool(settings.text("CUSTOMERS_USER_POOL_ID", ""))


def accounts() -> UserPool:
    """Where accounts are; raises AccountsAreElsewhere."""
    if not has_accounts():
        raise model.AccountsAreElsewhere(settings.text("IDENTITY_ISSUER"))
    return _pool()


def _pool() -> UserPool:
    return UserPool(settings.text("CUSTOMERS_USER_POOL_ID"), settings.text("CUSTOMERS_USER_POOL_CLIENT_ID"))


def _least() -> timedelta:
    """How long an answer takes, or a multiple, that must not tell by its time what was found: longer than the way."""
    return timedelta(milliseconds=settings.number("CUSTOMERS_LEAST_ANSWER_MS", 1000))


def _owner(pool: UserPool, email: str, password: str) -> str | None:
    """The subject of the account, for whoever knows its password.

    An account whose customer was erased outlived that for a crash: it is ended, and a new one opened.
    """
    subject = pool.owner(email, password)
    if subject is None or not store.is_erased(subject):
        return subject
    with on_behalf_of(str(Caller("customer", subject))):
        _end_tokens(subject)  # first: once the account is gone, nothing leads here any more
    pool.delete_account(subject)
    return pool.open_account(email, password) or pool.owner(email, password)


def _end_tokens(id: str) -> datetime:
    """What was issued to this bearer until now is good no more, as soon as the others have heard; gives the time."""
    now = clock.now()
    store.sign_outs.change(id, lambda found: model.sign_out(found, id, now))
    return now


def _theirs(id: str, by: Caller) -> str:
    """The customer's id, if it is the caller's to see; raises NoSuchCustomer, as for one that is not there."""
    wanted = by.id if id == "me" else id
    if not may_touch(by, wanted):
        raise model.NoSuchCustomer(id)
    return wanted


def _details(asked: schemas.RegisterCustomer | schemas.ReviseCustomer) -> dict[str, Any]:
    """What was asked, less what a patch leaves out, in the model's own types: no other equals what is kept."""
    asked_for = structs.asdict(asked).items()
    details = {name: value for name, value in asked_for if value is not UNSET and name != "password"}
    if "addresses" in details:
        details["addresses"] = tuple(Address(**structs.asdict(each)) for each in details["addresses"])
    return details


def _found(id: str, found: Customer | None) -> Customer:
    """The customer; raises NoSuchCustomer, for one that was erased too."""
    if found is None or found.erased_at:
        raise model.NoSuchCustomer(id)
    return found


def _matching(id: str, found: Customer | None, match: Match) -> Customer:
    match.check(_found(id, found).version)
    return _found(id, found)
