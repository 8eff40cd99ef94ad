"""One sender of the push bench, alone on one core: encrypt, sign, POST over TLS, wait for 201.

Prints seconds, by the clock and of its CPU.

`python -m tests.bench.peers.push_peer NAME ORIGIN CA N IN_FLIGHT CORE`"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec

from backend.kernel import clock
from tests.sinks.browser import Browser

PAYLOAD = b"x" * 1024
CONTACT = "mailto:duty@example.org"


def ours(origin: str, ca: str, in_flight: int) -> Callable[[int], None]:
    """Token cache per origin, HTTP/2 multiplexed: what notifications.fanout does for each push."""
    from notifications.channels.keys import topic
    from notifications.channels.sender import Post, Sender
    from notifications.channels.webpush import Sealer, Vapid

    keys = Browser().subscription("")["keys"]
    sealer = Sealer(Vapid(ec.generate_private_key(ec.SECP256R1()), CONTACT, lambda: datetime.now(UTC)))
    sender = Sender(ca)

    def posts(count: int) -> Iterator[Post]:
        for n in range(count):
            endpoint = f"{origin}/push/{n}"
            body = sealer.seal(PAYLOAD, endpoint, keys["p256dh"], keys["auth"])
            headers = sealer.headers(endpoint, 60, "high", topic("incident", "ring2.1"))
            yield Post(n, endpoint, body, headers, "127.0.0.1")

    def send(count: int) -> None:
        assert all(answer.status == 201 for answer in sender.send(posts(count), in_flight))

    return send


def pywebpush(origin: str, ca: str, in_flight: int) -> Callable[[int], None]:
    """As its README says, with one session and one Vapid object for all; `in_flight` threads (1: none)."""
    import requests
    from py_vapid import Vapid02
    from pywebpush import webpush

    keys = Browser().subscription("")["keys"]
    vapid = Vapid02()
    vapid.generate_keys()
    local = threading.local()

    def one(n: int) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.trust_env, local.session.verify = False, ca
        info = {"endpoint": f"{origin}/push/{n}", "keys": keys}
        answer = webpush(info, PAYLOAD, vapid_private_key=vapid, vapid_claims={"sub": CONTACT}, ttl=60,
                         requests_session=local.session)  # fmt: skip
        assert answer.status_code == 201

    threads = ThreadPoolExecutor(in_flight)

    def send(count: int) -> None:
        list(map(one, range(count)) if in_flight == 1 else threads.map(one, range(count)))

    return send


if __name__ == "__main__":
    name, origin, ca, count, in_flight, core = sys.argv[1:7]
    os.sched_setaffinity(0, {int(core)})
    send = {"ours": ours, "pywebpush": pywebpush}[name](origin, ca, int(in_flight))
    send(min(400, int(count)))
    started, cpu = clock.monotonic(), os.times()
    send(int(count))
    used = os.times()
    seconds = clock.monotonic() - started
    print(json.dumps({"seconds": seconds, "cpu_s": used.user + used.system - cpu.user - cpu.system}))
