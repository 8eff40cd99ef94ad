"""Asking for an import or an export, doing it in the background, and seeing how it went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, or_, select

import notifications
from backend.accounts import actors
from backend.kernel import access, audit, clock, db
from backend.kernel.access import Actor
from backend.kernel.errors import DomainError, NotAllowed, NotFound
from backend.kernel.text import pair
from backend.places.models import Estate
from backend.transfers import exporting, importing, store
from backend.transfers.models import State, Transfer
from backend.transfers.problems import Refused

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=10)
FILES_KEPT = timedelta(hours=24)
MOST_ATTEMPTS = 3
RUNS = {"import": "imports.run", "export": "exports.run"}
OUR_FAULT = {
    "file": "", "row": 0, "column": "",
    "zh": "系统出错，什么都没有改动。请稍后重试；再出错请联系管理员。",
    "en": "Something went wrong on our side and nothing was changed. Try again later, or tell the administrator.",
}  # fmt: skip
OPEN = (State.QUEUED, State.RUNNING)


class EstateUnknown(NotFound):
    zh = "没有这个小区，或不在您的范围内。"
    en = "There is no such estate, or it is not within your scope."


class FileGone(NotFound):
    zh = "文件已经删除：导出的文件只保留一天，请重新导出。"
    en = "The file is gone: exports are kept for a day. Please export again."


def ask_import(actor: Actor, estate_id: UUID | None, texts: Mapping[str, str]) -> Transfer:
    """Take files in and queue their import; raises EstateUnknown."""
    if estate_id is not None:
        find_estate(actor, estate_id, RUNS["import"])
    made = _made(actor, "import", estate_id, list(texts))
    store.keep(made.id, texts)
    return made


def ask_export(actor: Actor, estate_id: UUID, reason: str, is_unmasked: bool) -> Transfer:
    """Queue an export; unmasked needs a permission of its own. Audited when asked, and with its count when done."""
    estate = find_estate(actor, estate_id, RUNS["export"])
    if is_unmasked and not actor.may("exports.unmasked", estate.scope_path):
        db.after_rollback(lambda: audit.record("exports.refused", "estate", estate_id, reason=reason))
        raise NotAllowed(permission="exports.unmasked")
    made = _made(actor, "export", estate_id, [])
    made.reason, made.is_unmasked = reason, is_unmasked
    audit.record("exports.ask", "estate", estate_id, estate.scope_path, reason=reason, is_unmasked=is_unmasked)
    return made


def find_estate(actor: Actor, estate_id: UUID, permission: str) -> Estate:
    estate = db.session().get(Estate, estate_id)
    if estate is None or not actor.may(permission, estate.scope_path):
        raise EstateUnknown(estate_id=str(estate_id))
    return estate


def mine(actor: Actor, kind: str) -> Select[Transfer]:
    """One's own imports or exports: nobody else's errors and files."""
    return select(Transfer).where(Transfer.person_id == actor.person_id, Transfer.kind == kind)


def find(actor: Actor, kind: str, transfer_id: UUID) -> Transfer:
    found = db.session().scalar(mine(actor, kind).where(Transfer.id == transfer_id))
    if found is None:
        raise NotFound()
    return found


def file_of(actor: Actor, transfer_id: UUID, name: str) -> str:
    """One file of a finished export; each download is audited. Raises FileGone after a day."""
    found = find(actor, "export", transfer_id)
    text = store.load(found.id, name) if name in found.files else None
    if text is None or found.files_until is None or found.files_until < clock.now():
        raise FileGone()
    db.after_commit(partial(_note_download, found, name))
    return text


def _note_download(found: Transfer, name: str) -> None:
    """In a transaction of its own, because reading is read-only; without this record the file is not handed over."""
    with db.transaction():
        audit.record("exports.download", "estate", found.estate_id, file=name, is_unmasked=found.is_unmasked)


def run(transfer_id: UUID) -> None:
    """Do the work of one transfer, if it is still to do; opens its own transactions."""
    person_id = _claim(transfer_id)
    if person_id is None:
        return
    try:
        with db.transaction():
            actor = actors.actor_for(person_id)
        with access.acting_as(actor), db.transaction():
            _work(access.actor(), _locked(transfer_id))
    except Refused as refused:
        _end(transfer_id, State.REFUSED, refused.problems.rows(), refused.problems.total)
    except DomainError as error:
        words = {"zh": error.message("zh"), "en": error.message("en")}
        _end(transfer_id, State.REFUSED, [{"file": "", "row": 0, "column": "", **words}], 1)
    except Exception as error:
        log.error("transfer failed", transfer=str(transfer_id), exc_info=error)
        _end(transfer_id, State.FAILED, [OUR_FAULT], 1)


def waiting() -> list[UUID]:
    """Transfers whose bell was lost, or whose worker died."""
    now = clock.now()
    late = Transfer.created_at < now - timedelta(seconds=10)
    query = select(Transfer.id).where(
        Transfer.state.in_(OPEN),
        or_((Transfer.state == State.QUEUED) & late, Transfer.lease_until < now),
    )
    return list(db.session().scalars(query.order_by(Transfer.id)))


def forget_files() -> None:
    """Remove what has been kept for a day, and uploads that are done."""
    with db.transaction() as session:
        query = (
            select(Transfer).where(Transfer.files_until < clock.now()).with_for_update(key_share=True, skip_locked=True)
        )
        for old in session.scalars(query.limit(100)):
            store.drop(old.id)
            old.files_until = None


def _made(actor: Actor, kind: str, estate_id: UUID | None, files: list[str]) -> Transfer:
    made = Transfer(kind=kind, person_id=actor.person_id, estate_id=estate_id, files=files, created_at=clock.now())
    made.files_until = clock.now() + FILES_KEPT
    db.session().add(made)
    db.session().flush()
    return made


def _claim(transfer_id: UUID) -> UUID | None:
    """Take the lease; whose transfer it is, or None when it is not to do. A third death fails it."""
    with db.transaction() as session:
        row = session.get(Transfer, transfer_id, with_for_update={"key_share": True})
        now = clock.now()
        if row is None or row.state not in OPEN or (row.lease_until and row.lease_until > now):
            return None
        if row.state == State.RUNNING:
            row.move(State.QUEUED)
        row.move(State.RUNNING)
        row.attempts, row.lease_until = row.attempts + 1, now + LEASE
        if row.attempts > MOST_ATTEMPTS:
            row.move(State.FAILED)
            return None
        return row.person_id


def _locked(transfer_id: UUID) -> Transfer:
    return db.session().get_one(Transfer, transfer_id, with_for_update={"key_share": True})


def _work(actor: Actor, row: Transfer) -> None:
    """Import or export under the asker's present permissions, and say that it is done: all in this transaction."""
    if not actor.can(RUNS[row.kind]):
        raise NotAllowed()
    if row.kind == "import":
        texts = {name: store.load(row.id, name) or "" for name in row.files}
        estate, row.counts = importing.take_in(actor, row.estate_id, texts)
        row.estate_id, row.files_until = estate.id, clock.now()
    else:
        assert row.estate_id is not None  # an export is always of an estate
        estate = find_estate(actor, row.estate_id, RUNS["export"])
        if row.is_unmasked and not actor.may("exports.unmasked", estate.scope_path):
            raise NotAllowed()
        made, row.counts = exporting.give_out(estate, is_unmasked=row.is_unmasked, language=actor.language)
        store.keep(row.id, made)
        row.files, row.files_until = list(made), clock.now() + FILES_KEPT
        facts: dict[str, Any] = {"reason": row.reason, "is_unmasked": row.is_unmasked, "count": row.counts["people"]}
        audit.record("exports.run", "estate", estate.id, estate.scope_path, **facts)
    row.move(State.DONE)
    _tell(row, pair(estate.name, estate.name_en))


def _end(transfer_id: UUID, state: State, errors: list[dict[str, Any]], error_count: int) -> None:
    """Note in a transaction of its own that nothing was taken over, and why."""
    with db.transaction():
        row = _locked(transfer_id)
        row.errors, row.error_count, row.files_until = errors, error_count, clock.now()
        row.move(state)
        _tell(row, None)


def _tell(row: Transfer, name: dict[str, str] | None) -> None:
    params = {
        "name": name or {"zh": "小区资料", "en": "the estate's files"},
        "outcome": "done" if row.state == State.DONE else "refused",
        "rows": sum(row.counts.values()),
        "errors": row.error_count,
        "url": "/admin/transfers",
    }
    told = [notifications.Recipient(row.person_id)]
    notifications.send(
        f"{row.kind}.finished", subject=("transfer", row.id), step="finished", recipients=told, params=params
    )
