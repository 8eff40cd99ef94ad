"""The states of an incident, the ways between them, and what is known of one at a moment (all of it plain values)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Category(StrEnum):
    FIRE = "fire"
    GAS = "gas"
    ELECTRICAL = "electrical"
    TRAPPED = "trapped"
    OTHER = "other"


class State(StrEnum):
    SUSPECTED = "suspected"
    WATCHING = "watching"
    CONFIRMED = "confirmed"
    CONTROLLED = "controlled"
    FALSE_ALARM = "false_alarm"
    CLOSED = "closed"


# The gravest first: of several that belong together it gives the incident its words.
GRAVITY = (Category.FIRE, Category.GAS, Category.TRAPPED, Category.ELECTRICAL, Category.OTHER)
DETECTED = frozenset({Category.FIRE, Category.GAS, Category.ELECTRICAL})

OPEN = frozenset({State.SUSPECTED, State.WATCHING, State.CONFIRMED, State.CONTROLLED})
UNVERIFIED = frozenset({State.SUSPECTED, State.WATCHING})
INITIAL = frozenset({State.SUSPECTED, State.CONFIRMED})

TRANSITIONS: dict[State, frozenset[State]] = {
    State.SUSPECTED: frozenset({State.WATCHING, State.CONFIRMED, State.FALSE_ALARM}),
    State.WATCHING: frozenset({State.SUSPECTED, State.CONFIRMED, State.FALSE_ALARM}),
    State.CONFIRMED: frozenset({State.CONTROLLED, State.FALSE_ALARM}),
    State.CONTROLLED: frozenset({State.CONFIRMED, State.CLOSED}),
    State.FALSE_ALARM: frozenset({State.SUSPECTED, State.CONFIRMED, State.CLOSED}),
    State.CLOSED: frozenset({State.SUSPECTED}),
}


class VerifiedBy(StrEnum):
    DEVICE = "device"
    PERSON = "person"
    NOBODY = "nobody"


class Verb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    ARRIVE = "arrive"
    ATTACK = "attack"
    ASK_FOR_HELP = "ask_for_help"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    APPROVE = "approve"
    ANSWER = "answer"
    CONTROL = "control"
    CLOSE = "close"
    REOPEN = "reopen"


class Timer(StrEnum):
    RING1_UNACKNOWLEDGED = "ring1_unacknowledged"
    RING1_NOBODY_THERE = "ring1_nobody_there"
    UNACKNOWLEDGED = "unacknowledged"
    UNVERIFIED = "unverified"
    WATCH_OVER = "watch_over"


@dataclass(frozen=True)
class Policy:
    """Limits of the incident table, in seconds and floors; the defaults are those a city starts with."""

    ring1_unacknowledged_s: int = 60
    ring1_nobody_there_s: int = 90
    unacknowledged_s: int = 120
    unverified_s: int = 240
    extended_s: int = 300
    watch_s: int = 300
    second_detector_s: int = 300
    near_floors: int = 2
    reopen_s: int = 600
    fresh_minute_s: int = 60


# --- what happens ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Danger:
    """A device's rising edge. `floor` is an ordinal; `is_registered` says that the point is a device we know."""

    at: datetime
    point: str
    floor: int | None = None
    confirms: bool = False
    is_registered: bool = True
    is_source_verified: bool = True
    is_test: bool = False
    is_graver: bool = False  # of a graver category than what is known: other words, so all are told again


@dataclass(frozen=True)
class By:
    """Who speaks: what they may do here, and the dwelling they are admitted to in this building."""

    person_id: str
    may: frozenset[Verb] = frozenset()
    is_responder: bool = False
    may_dismiss_afar: bool = False
    dwelling: str | None = None
    is_household: bool = False


@dataclass(frozen=True)
class FireHere:
    """A person's call. `by` is None for somebody unknown; a muted one is stored and joined, and rings nobody."""

    at: datetime
    by: By | None = None
    floor: int | None = None
    is_muted: bool = False
    is_graver: bool = False


@dataclass(frozen=True)
class Said:
    at: datetime
    verb: Verb
    by: By
    at_scene: bool = False
    answer: str | None = None


@dataclass(frozen=True)
class Due:
    at: datetime
    timer: Timer


@dataclass(frozen=True)
class SecondSuspected:
    """Another suspected incident stands open in the same building."""

    at: datetime


@dataclass(frozen=True)
class Outage:
    """We were away for longer than the limit: nothing may fire all at once."""

    at: datetime


@dataclass(frozen=True)
class EvidenceNoted:
    """A reset, a recovery, "cleared": it is written down and decides nothing."""

    at: datetime


@dataclass(frozen=True)
class ExerciseEnds:
    at: datetime


Event = Danger | FireHere | Said | Due | SecondSuspected | Outage | EvidenceNoted | ExerciseEnds


# --- what is known --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sighting:
    """One point that reported danger, when last."""

    point: str
    at: datetime
    floor: int | None
    counts: bool  # registered, its source verified, not in test: may take part in a confirmation by devices


@dataclass(frozen=True)
class Sign:
    """What a person said of it: a resident (with the dwelling) or a responder."""

    person_id: str
    dwelling: str | None
    is_responder: bool
    is_household: bool = False


@dataclass(frozen=True)
class Snapshot:
    """One incident at a moment.

    `case_at` starts the 1-3-5 clocks (opened, or opened again), `clock_at` the limits that run now; evidence counts
    since `evidence_at` (the last verdict). `ring` is the widest told in this `round`, -1 when nobody was told yet.
    """

    opened_at: datetime
    case_at: datetime
    clock_at: datetime
    evidence_at: datetime
    state: State = State.SUSPECTED
    verified_by: VerifiedBy | None = None
    is_exercise: bool = False
    is_test: bool = False
    is_anonymous: bool = False
    is_extended: bool = False
    round: int = 0
    ring: int = -1
    acknowledged_at: datetime | None = None
    arrived_at: datetime | None = None
    attacked_at: datetime | None = None
    confirmed_at: datetime | None = None
    watching_at: datetime | None = None
    controlled_at: datetime | None = None
    closed_at: datetime | None = None
    not_before: datetime | None = None
    dismissed_by: str | None = None  # the first of two who hold a confirmed one for false
    sightings: tuple[Sighting, ...] = ()
    floors: frozenset[int] = frozenset()
    signs: tuple[Sign, ...] = ()
    there: frozenset[str] = frozenset()  # responders who arrived
    done: frozenset[tuple[str, str]] = field(default=frozenset())  # (verb, person) since clock_at

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class Change:
    """What follows: the branch's name, the states passed, the rings to tell now, and the end to tell of."""

    branch: str
    after: Snapshot
    path: tuple[State, ...] = ()
    rings: tuple[int, ...] = ()
    end: str | None = None  # "over" or "false_alarm"
    is_new: bool = True


@dataclass(frozen=True)
class Refused:
    """Why not: a stable code, the name of the error that the caller gets."""

    reason: str


def timers(now: Snapshot, policy: Policy) -> dict[Timer, datetime]:
    """The limits that run in this state, each with the moment it is due. A test rings ring 0 and waits for a person."""
    if not now.is_open or now.ring < 0:
        return {}
    due: dict[Timer, datetime] = {}

    def start(timer: Timer, since: datetime, seconds: int) -> None:
        at = since + timedelta(seconds=seconds)
        due[timer] = max(at, now.not_before) if now.not_before else at

    if now.state is State.WATCHING:
        start(Timer.WATCH_OVER, now.watching_at or now.clock_at, policy.watch_s)
    if now.state is State.SUSPECTED and not now.is_test:
        if now.ring < 1 and now.acknowledged_at is None:
            start(Timer.RING1_UNACKNOWLEDGED, now.clock_at, policy.ring1_unacknowledged_s)
        if now.ring < 1 and now.arrived_at is None:
            start(Timer.RING1_NOBODY_THERE, now.clock_at, policy.ring1_nobody_there_s)
        if not now.is_anonymous:
            if now.acknowledged_at is None:
                start(Timer.UNACKNOWLEDGED, now.clock_at, policy.unacknowledged_s)
            limit = policy.extended_s if now.is_extended else policy.unverified_s
            start(Timer.UNVERIFIED, now.clock_at, limit)
    return due
