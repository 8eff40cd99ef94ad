"""Operations of the inbox (/api/notices), of push (/api/push) and of receipts (/api/receipts)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from backend.kernel import access, crypt
from backend.kernel.api import PUBLIC, SIGNED_IN, Blueprint, PageQuery, page, page_of
from notifications import preferences, receipts, schemas, sending, service, subscriptions, trials
from notifications.models import Notice

notices = Blueprint("notices", __name__, url_prefix="/api/notices")
push = Blueprint("push", __name__, url_prefix="/api/push")
receipt = Blueprint("receipts", __name__, url_prefix="/api/receipts")
BLUEPRINTS = (notices, push, receipt)


@notices.op("GET", "", needs=SIGNED_IN, query=PageQuery, out=page_of(schemas.NoticeSchema))
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """List my notices, newest first."""
    me = access.actor()
    found = page(service.inbox(me.person_id), Notice, **query)
    return {"items": [sending.listed(one, me.language) for one in found["items"]], "next": found["next"]}


@notices.op("POST", "/read", needs=SIGNED_IN, body=schemas.ReadSchema, status=204)
def read(body: dict[str, Any]) -> None:
    """Mark my notices as read, some or all."""
    service.read(access.actor().person_id, None if body["all"] else body["ids"])


@notices.op("GET", "/quiet", needs=SIGNED_IN, out=schemas.QuietSchema)
def quiet() -> dict[str, int | None]:
    """Show my quiet hours."""
    return preferences.quiet_hours(access.actor().person_id)


@notices.op("PUT", "/quiet", needs=SIGNED_IN, body=schemas.QuietSchema, out=schemas.QuietSchema)
def set_quiet(body: dict[str, Any]) -> dict[str, int | None]:
    """Set my quiet hours; alarms pass them."""
    return preferences.set_quiet_hours(access.actor().person_id, body["quiet_from"], body["quiet_until"])


@push.op("GET", "/key", needs=SIGNED_IN, out=schemas.KeySchema)
def key() -> dict[str, str]:
    """Give the application server key that a browser subscribes with."""
    return {"public_key": crypt.vapid_public()}


@push.op(
    "POST", "/subscriptions", needs=SIGNED_IN, body=schemas.SubscriptionSchema, out=schemas.SavedSchema, status=201
)
def subscribe(body: dict[str, Any]) -> Any:
    """Let this browser be rung for me; sending it again only renews it."""
    me, keys = access.actor(), body["keys"]
    agent = request.headers.get("User-Agent", "")
    if body["replaces"] and body["replaces"] != body["endpoint"]:
        subscriptions.replace(me.person_id, body["replaces"])
    return subscriptions.save(me.person_id, me.session_id, body["endpoint"], keys["p256dh"], keys["auth"], agent)


@push.op("DELETE", "/subscriptions/<uuid:subscription_id>", needs=SIGNED_IN, status=204)
def unsubscribe(subscription_id: UUID) -> None:
    """Do not ring this browser for me any more."""
    subscriptions.remove(access.actor().person_id, subscription_id)


@push.op("POST", "/test", needs=SIGNED_IN, out=schemas.TestSchema, status=202)
def test() -> dict[str, UUID]:
    """Send a real test alarm to this phone."""
    return {"notice_id": trials.start(access.actor())}


@push.op("GET", "/test/<uuid:notice_id>", needs=SIGNED_IN, out=schemas.HopsSchema)
def hops(notice_id: UUID) -> dict[str, Any]:
    """Show how far my test alarm has come, and why not farther."""
    return trials.look(access.actor(), notice_id)


@receipt.op("POST", "", needs=PUBLIC, body=schemas.ReceiptSchema, status=204, max_body=4_096)
def report(body: dict[str, Any]) -> None:
    """Report that a notice was received, shown, opened or answered; the token is the right to do so."""
    receipts.take_in(body["token"], body["event"])
