"""Sign-in by phone number and one-time code; sessions and their end.

Refusals that must be remembered are *returned*, not raised: they are committed together with their count, under a
lock on the number, so that parallel guesses cannot slip in between a rollback and the count after it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import delete, func, select, text

from backend.accounts import codes, cookies, service
from backend.accounts.errors import WrongCode, WrongPhone
from backend.accounts.models import Person, SignIn, SignInCode, WrongGuess
from backend.accounts.phones import normalise
from backend.kernel import access, clock, crypt, db, policy, retention, stream
from backend.kernel.errors import DomainError, NotFound, TooMany
from notifications import sms, subscriptions

TEN_MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)
NUMBER_10MIN = policy.declare("sign_in.number_10min", 5, "Codes that one number gets in 10 minutes.")
NUMBER_DAY = policy.declare("sign_in.number_day", 20, "Codes that one number gets in 24 hours.")
ADDRESS_10MIN = policy.declare("sign_in.address_10min", 100, "Codes asked for from one address in 10 minutes.")
ADDRESS_DAY = policy.declare("sign_in.address_day", 1000, "Codes asked for from one address in 24 hours.")
ALL_DAY = policy.declare("sign_in.day", 50_000, "Codes sent to all in 24 hours: a bound for the bill.")
CODES_KEPT = retention.declare("codes", 1, "Days for which sign-in codes and wrong guesses are kept and count.")
SESSIONS_KEPT = retention.declare("sessions", 90, "Days for which a session is kept after its end.")
AGAIN = policy.declare("sign_in.again_s", 60, "Seconds after which the app offers another code.")

SMS = {
    "zh": "【守望】验证码 {code}，5 分钟内有效。请勿告诉任何人。",
    "en": "[Shouwang] Your code is {code}, valid for 5 minutes. Tell nobody.",
}


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` goes into the cookie and is not stored."""

    token: str
    session_id: UUID
    person: Person


def send_code(phone: str, address: str, language: str) -> int:
    """Make a code and send it at once; returns the seconds after which another may be asked for.

    Every valid number gets one, known or not. Raises WrongPhone, TooMany with retry_after_s.
    """
    number, index = _indexed(phone)
    _lock(index)
    now = clock.now()
    _refuse_beyond_limits(index, address, now)
    code = codes.new_code()
    db.session().add(
        SignInCode(
            phone_index=index, code_hash=_hash(number, code), address=address, tries=0,
            created_at=now, expires_at=now + codes.VALID,
        )
    )  # fmt: skip
    own = db.session().scalar(select(Person.language).where(Person.phone_index == index))
    words = SMS[own or language].format(code=code)
    db.after_commit(partial(_send, number, words))
    return int(policy.get(AGAIN))


def _send(number: str, words: str) -> None:
    sms.send_now(number, words)


def sign_in(phone: str, code: str, address: str, user_agent: str) -> SignedIn | DomainError:
    """A session for who knows the code; else WrongCode or TooMany, returned so that the count is committed.

    Any live code of the number is good once. A wrong guess counts against all of them: five burn them.
    """
    number, index = _indexed(phone)
    _lock(index)
    wait = _slowed_s(index, address)
    if wait:
        return TooMany(retry_after_s=wait)
    live = _live_codes(index)
    typed = _hash(number, codes.clean(code))
    right = [each for each in live if codes.same(each.code_hash, typed)]
    if not right:
        for each in live:
            each.tries += 1
        db.session().add(WrongGuess(phone_index=index, address=address, at=clock.now()))
        return WrongCode()
    for each in live:
        each.used_at = clock.now()
    pair = (WrongGuess.phone_index == index, WrongGuess.address == address)
    db.session().execute(delete(WrongGuess).where(*pair))
    person = service.find_or_create(number)
    person.confirm()
    _end_of_other_person(person.id)
    return open_session(person, address, user_agent)


def open_session(person: Person, address: str = "", user_agent: str = "") -> SignedIn:
    """A session without a code: for what has checked the person already, and for tests."""
    token, now = cookies.new_token(), clock.now()
    row = SignIn(
        token_hash=cookies.token_hash(token), person_id=person.id, created_at=now, seen_at=now,
        user_agent=user_agent[:300], address=address, expires_at=now + cookies.LIFE,
    )  # fmt: skip
    db.session().add(row)
    db.session().flush()
    return SignedIn(token, row.id, person)


def sessions_of(person_id: UUID) -> list[SignIn]:
    """The person's live sessions, newest first."""
    query = select(SignIn).where(
        SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > clock.now()
    )
    return list(db.session().scalars(query.order_by(SignIn.id.desc())))


def end_session(person_id: UUID, session_id: UUID) -> None:
    """End a session of this person: its stream closes and its phone gets no more pushes. NotFound for others'."""
    query = select(SignIn).where(SignIn.id == session_id, SignIn.person_id == person_id)
    found = db.session().scalar(query.with_for_update(key_share=True))
    if found is None:
        raise NotFound()
    if found.ended_at is None:
        found.ended_at = clock.now()
        stream.end_streams(sessions=[session_id])
        subscriptions.end_of_sessions([session_id])


def forget() -> None:
    """Drop codes and wrong guesses that no limit counts any more, and sessions that ended long ago."""
    counted = retention.limit(CODES_KEPT)
    retention.forget(SignInCode, SignInCode.created_at < counted)
    retention.forget(WrongGuess, WrongGuess.at < counted)
    over = func.least(func.coalesce(SignIn.ended_at, SignIn.expires_at), SignIn.expires_at)
    retention.forget(SignIn, over < retention.limit(SESSIONS_KEPT))


def _indexed(phone: str) -> tuple[str, bytes]:
    number = normalise(phone)
    if number is None:
        raise WrongPhone()
    return number, crypt.blind_index(number)


def _hash(number: str, code: str) -> bytes:
    """A keyed hash: six digits alone could be tried out from a stolen table."""
    return crypt.blind_index(f"code {number} {code}")


def _lock(index: bytes) -> None:
    """One request at a time for one number, until this transaction ends."""
    key = int.from_bytes(index[:8], "big", signed=True)
    db.session().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _live_codes(index: bytes) -> list[SignInCode]:
    query = select(SignInCode).where(
        SignInCode.phone_index == index, SignInCode.used_at.is_(None), SignInCode.expires_at > clock.now(),
        SignInCode.tries < codes.TRIES,
    )  # fmt: skip
    return list(db.session().scalars(query))


def _slowed_s(index: bytes, address: str) -> int:
    """Seconds this number must wait at this address, 0 when it need not."""
    query = select(WrongGuess.at).where(
        WrongGuess.phone_index == index, WrongGuess.address == address, WrongGuess.at > clock.now() - DAY
    )
    until = codes.slowed_until(list(db.session().scalars(query.order_by(WrongGuess.at))))
    return max(0, math.ceil((until - clock.now()).total_seconds())) if until else 0


def _refuse_beyond_limits(index: bytes, address: str, now: datetime) -> None:
    wait = _slowed_s(index, address)
    if wait:
        raise TooMany(retry_after_s=wait)
    number, place = SignInCode.phone_index == index, SignInCode.address == address
    limits = (
        (NUMBER_10MIN, number, TEN_MINUTES), (NUMBER_DAY, number, DAY),
        (ADDRESS_10MIN, place, TEN_MINUTES), (ADDRESS_DAY, place, DAY), (ALL_DAY, None, DAY),
    )  # fmt: skip
    for name, which, span in limits:
        query = select(func.count(), func.min(SignInCode.created_at)).where(SignInCode.created_at > now - span)
        count, oldest = db.session().execute(query if which is None else query.where(which)).one()
        if count >= policy.get(name):
            raise TooMany(retry_after_s=max(1, math.ceil((oldest + span - now).total_seconds())) if oldest else 60)


def _end_of_other_person(person_id: UUID) -> None:
    """Two people on one phone: who was signed in here before gets no more pushes on it."""
    before = access.current()
    if before and before.session_id and before.person_id != person_id:
        end_session(before.person_id, before.session_id)
