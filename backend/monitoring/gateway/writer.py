"""The one thread that writes: group commit, danger first; commit, then the confirm to the device, then the bell."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from backend.kernel import beat, clock, db
from backend.kernel.savepoint import savepoint
from backend.monitoring import announcing, days, intake, registry, rows, standing, watchmen
from backend.monitoring.arrivals import Arrival, Outcome, Settled, adu_hash
from backend.monitoring.gateway import frames, profiles
from backend.monitoring.gateway.server import Server
from backend.monitoring.intake import Memory, Seen, Stored
from backend.monitoring.registry import Registry, Site

log = structlog.get_logger(__name__)

GROUP = 500  # frames in one commit
GATHER_S = 0.005  # how long telemetry waits for company
URGENT_S = 0.05  # how long one commit of dangers may take to fill
REGISTRY_S, FLUSH_S, BEAT_S, DUE_S, WATCH_S, DAYS_S = 2.0, 1.0, 2.0, 0.25, 5.0, 3600.0

Post = Callable[[list[tuple[Any, bytes, bool]]], None]


class Writer:
    """Takes frames from the server's desk until it is asked to stop and nothing waits."""

    def __init__(self, server: Server, post: Post) -> None:
        self._server, self._desk, self._post = server, server.desk, post
        self._registry = Registry([])
        self._memory = Memory()
        self._todo: deque[tuple[bool, list[Arrival]]] = deque()
        self._seen: dict[UUID, Seen] = {}
        self._is_stopping = threading.Event()
        self._next: dict[str, float] = {}
        self.ports: set[int] = set()
        self.stored = 0

    def stop(self) -> None:
        self._is_stopping.set()

    def run(self) -> None:
        """The thread. A database that is away is waited for: nothing was confirmed, the devices send again."""
        while not (self._is_stopping.is_set() and self._desk.waiting == 0 and not self._todo):
            try:
                self._do_due()  # first of all at a start: who is registered, and what was confirmed before it
                self._gather()
                while self._todo:
                    is_urgent, arrivals = self._todo[0]
                    (self._store_urgent if is_urgent else self._store)(arrivals)
                    self._todo.popleft()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away, frames wait", error=str(error).splitlines()[0])
                self._next.clear()  # what it kept from us is done first of all: without a registry all are strangers
                if self._is_stopping.wait(0.3):
                    return
            except Exception:
                log.exception("the writer goes on after an error")
                if self._todo:  # not confirmed, so the devices send them again
                    self._todo.popleft()
        self._flush_quietly()

    def _gather(self) -> None:
        """What is to be stored next: the urgent, or telemetry that has waited a moment for company."""
        if self._todo or not self._desk.wait(0.05):
            return
        if not self._desk.has_danger and self._desk.waiting < GROUP:
            self._is_stopping.wait(GATHER_S)  # with nothing in hand: a danger that comes now goes behind its own line
        urgent, others = self._desk.take(GROUP)
        self._todo.extend((is_urgent, some) for is_urgent, some in ((True, urgent), (False, others)) if some)

    def _store_urgent(self, arrivals: list[Arrival]) -> None:
        """Danger: each frame in a savepoint, each announcement in its own; a few frames share one commit."""
        while arrivals:
            done: list[Stored] = []
            began = clock.monotonic()
            self._memory.pending.clear()
            with db.transaction():
                for arrival in arrivals:
                    done.append(self._store_one(arrival))
                    self._memory.pending.update(done[-1].resends)
                    if clock.monotonic() - began > URGENT_S:
                        break
            self._memory.pending.clear()
            arrivals = arrivals[len(done) :]
            for stored in done:
                self._finish(stored)

    def _store_one(self, arrival: Arrival) -> Stored:
        try:
            stored = self._try_one(arrival)
        except Exception as error:
            return self._keep_failed(arrival, error)
        for signal_id in stored.dangers:
            try:
                with savepoint():
                    announcing.announce(signal_id)
            except Exception as error:
                _raise_if_away(error)
                log.exception("a danger is stored and waits to be announced", signal=str(signal_id))
        return stored

    def _try_one(self, arrival: Arrival) -> Stored:
        """In a savepoint; once more after a deadlock or a lock that did not come."""
        try:
            with savepoint():
                return intake.store([arrival], self._known([arrival]), self._memory)
        except OperationalError as error:
            _raise_if_away(error)
        with savepoint():
            return intake.store([arrival], self._known([arrival]), self._memory)

    def _store(self, arrivals: list[Arrival]) -> None:
        """Telemetry: one commit for all. An error halves the batch until the bad frame is alone."""
        try:
            with db.transaction():
                stored = intake.store(arrivals, self._known(arrivals), self._memory)
        except Exception as error:
            _raise_if_away(error)
            if len(arrivals) == 1:
                with db.transaction():
                    stored = self._keep_failed(arrivals[0], error)
            else:
                half = len(arrivals) // 2
                self._store(arrivals[:half])
                self._store(arrivals[half:])
                return
        self._finish(stored)

    def _keep_failed(self, arrival: Arrival, error: Exception) -> Stored:
        """The bytes of a frame that could not be taken in; kept, so that the device may forget it."""
        _raise_if_away(error)
        log.error("a frame could not be taken in", frame=arrival.frame.raw.hex(), error=repr(error))
        if isinstance(error, OperationalError):  # deadlocks, a lock that did not come: no fault of the frame's
            return Stored(settled=[Settled(arrival, Outcome.REFUSED)])  # not confirmed, so the device sends it again
        site, _ = self._registry.find(arrival.frame, arrival.peer, arrival.port)
        if site is None:
            return Stored(settled=[Settled(arrival, Outcome.REFUSED)])
        frame = arrival.frame
        row = (
            arrival.received_at, arrival.id, site.id, arrival.peer, frame.raw, Outcome.FAILED.value,
            frame.serial, adu_hash(frame.adu), type(error).__name__,
        )  # fmt: skip
        rows.copy("frames", intake.RAW_COLUMNS, [row])
        return Stored(settled=[Settled(arrival, Outcome.FAILED)])

    def _known(self, arrivals: list[Arrival]) -> Registry:
        """The registry, read again when somebody unknown speaks: it may have been registered this second."""
        for arrival in arrivals:
            if self._registry.find(arrival.frame, arrival.peer, arrival.port, arrival.is_datagram)[1]:
                continue
            if self._is_due("strangers", 0.5):
                self._load()
            break
        return self._registry

    def _load(self) -> None:
        self._registry = registry.load()
        self.ports = self._registry.ports

    def _finish(self, stored: Stored) -> None:
        """After the commit: remember, count, confirm."""
        self._memory.resends.update(stored.resends)
        for site_id, seen in stored.seen.items():
            self._seen.setdefault(site_id, Seen()).add(seen)
        self.stored += len(stored.settled)
        self._post([(s.arrival.link, self._bytes(s), s.is_known) for s in stored.settled if s.arrival.link is not None])

    def _bytes(self, settled: Settled) -> bytes:
        if settled.command is None:
            return b""
        profile = profiles.get(settled.profile_name)
        time = profile.write_time(clock.now()) if profile.is_bcd_time else self._server.time_bytes()
        adu = settled.answer if settled.command == frames.CONFIRM else b""
        return frames.answer(settled.arrival.frame.raw, settled.command, time, adu, profile.version)

    def _do_due(self) -> None:
        """Periodic work; what fails in it (but for a database that is away) costs no frame."""
        try:
            self._do_periodic()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("periodic work of the writer failed")

    def _do_periodic(self) -> None:
        if self._is_due("registry", REGISTRY_S):
            with db.transaction(read_only=True):
                self._load()
            self._memory.forget(clock.now() - 2 * intake.RESEND_S)
        if self._is_due("resends_read", float("inf")):
            with db.transaction(read_only=True):
                self._memory.resends.update(standing.recent_resends(clock.now() - intake.RESEND_S))
        if self._is_due("days", DAYS_S):
            days.ensure(clock.now().date(), clock.now().date() + timedelta(days=1))
        if self._is_due("flush", FLUSH_S):
            self._flush()
        if self._is_due("due", DUE_S):
            announcing.announce_due(clock.now())
        if self._is_due("beat", BEAT_S):
            self._beat()
        if self._is_due("watch", WATCH_S):
            watchmen.look_at_sweeper()

    def _is_due(self, name: str, every_s: float) -> bool:
        now = clock.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + every_s
        return True

    def _flush(self) -> None:
        """Counters and last-seen times, once a second instead of once a frame."""
        self._count_errors()
        seen, self._seen = self._seen, {}
        try:
            with db.transaction():
                standing.note(seen)
        except Exception:
            for site_id, kept in seen.items():
                self._seen.setdefault(site_id, Seen()).add(kept)
            raise

    def _count_errors(self) -> None:
        """Broken frames were denied in the loop; here they are counted for the transmitter that their header names."""
        errors = [(frames.Frame(header), peer, port) for header, peer, port in self._server.take_errors()]
        if any(self._registry.find(*error)[0] is None for error in errors):
            with db.transaction(read_only=True):
                self._load()
        for error in errors:
            site: Site | None = self._registry.find(*error)[0]
            if site is not None:
                self._seen.setdefault(site.id, Seen()).denied += 1

    def _flush_quietly(self) -> None:
        try:
            self._flush()
        except Exception:
            log.exception("the last counters were not written")

    def _beat(self) -> None:
        state = {
            "connections": len(self._server.links),
            "waiting": self._desk.waiting,
            "shed": self._desk.shed,
            "stored": self.stored,
            "ticks": self._server.ticks,
            "closed": dict(self._server.closed),
        }
        with db.transaction():
            beat.beat("gateway", **state)


def _raise_if_away(error: Exception) -> None:
    """A lost connection (no SQLSTATE, or class 08, 53 or 57P) is no fault of a frame."""
    if isinstance(error, InterfaceError):
        raise error
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        is_lost = isinstance(error, OperationalError) and state is None
        if error.connection_invalidated or is_lost or str(state).startswith(("08", "53", "57P")):
            raise error
