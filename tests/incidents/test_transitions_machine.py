"""Whatever happens in whatever order: the invariants of the table, and a second table written from the prose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.incidents.states import (
    By,
    Change,
    Danger,
    Due,
    Event,
    EvidenceNoted,
    FireHere,
    Outage,
    Policy,
    Refused,
    Said,
    SecondSuspected,
    Snapshot,
    State,
    Timer,
    Verb,
    VerifiedBy,
    timers,
)
from backend.incidents.transitions import opened, step

POLICY = Policy()
RESPONDER_VERBS = frozenset(Verb) - {Verb.ANSWER}
PEOPLE = [
    By("desk", RESPONDER_VERBS, is_responder=True, may_dismiss_afar=True),
    By("guard", RESPONDER_VERBS, is_responder=True),
    By("station", RESPONDER_VERBS, is_responder=True),
    By("home", frozenset({Verb.CONFIRM, Verb.ANSWER}), dwelling="1804", is_household=True),
    By("neighbour", frozenset({Verb.CONFIRM}), dwelling="1801"),
    By("upstairs", frozenset({Verb.CONFIRM}), dwelling="2001"),
    By("stranger"),
]

# Written from the prose of the table, not from the code: from which states a verb may lead where.
ANY_OPEN = {"suspected", "watching", "confirmed", "controlled"}
SAME = {state: {state} for state in ANY_OPEN}
TABLE: dict[Verb, dict[str, set[str]]] = {
    Verb.ACKNOWLEDGE: SAME,
    Verb.ARRIVE: SAME,
    Verb.ATTACK: SAME,
    Verb.ASK_FOR_HELP: SAME,
    Verb.ANSWER: SAME | {"suspected": {"suspected", "confirmed"}, "watching": {"watching", "confirmed"}},
    Verb.CONFIRM: {
        "suspected": {"suspected", "confirmed"},
        "watching": {"watching", "confirmed"},
        "false_alarm": {"false_alarm", "confirmed"},
        "confirmed": {"confirmed"},
    },
    Verb.DISMISS: {
        "suspected": {"false_alarm", "watching"},
        "watching": {"false_alarm"},
        "confirmed": {"confirmed", "false_alarm"},
    },
    Verb.APPROVE: {"confirmed": {"false_alarm"}},
    Verb.CONTROL: {"confirmed": {"controlled"}},
    Verb.CLOSE: {"controlled": {"closed"}, "false_alarm": {"closed"}},
    Verb.REOPEN: {"closed": {"suspected"}, "false_alarm": {"suspected"}},
}
EDGES = {
    ("suspected", "watching"), ("suspected", "confirmed"), ("suspected", "false_alarm"),
    ("watching", "suspected"), ("watching", "confirmed"), ("watching", "false_alarm"),
    ("confirmed", "controlled"), ("confirmed", "false_alarm"),
    ("controlled", "confirmed"), ("controlled", "closed"),
    ("false_alarm", "suspected"), ("false_alarm", "confirmed"), ("false_alarm", "closed"),
    ("closed", "suspected"),
}  # fmt: skip

dangers = st.builds(
    lambda point, floor, confirms, verified, test: (point, floor, confirms, verified, test),
    st.sampled_from("abcdef"),
    st.sampled_from([None, -1, 1, 2, 5, 18]),
    st.sampled_from([False] * 9 + [True]),
    st.sampled_from([True, True, False]),
    st.sampled_from([False] * 5 + [True]),
)


class Life(RuleBasedStateMachine):
    """One incident, from its first danger on; time only goes forward."""

    now: Snapshot
    at = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
    proposer: str | None = None

    @initialize(first=dangers, anonymous=st.booleans(), muted=st.booleans())
    def open(self, first: tuple, anonymous: bool, muted: bool) -> None:
        event = FireHere(self.at, is_muted=muted) if anonymous else self._danger(first)
        change = opened(event, POLICY)
        assert change.after.state.value in {"suspected", "confirmed"}
        self.now = change.after

    @rule(seconds=st.sampled_from([1, 20, 70, 130, 310, 700]))
    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(what=dangers)
    def danger(self, what: tuple) -> None:
        before, event = self.now, self._danger(what)
        answer = self._do(event)
        if isinstance(answer, Refused):
            assert before.state is State.CLOSED
            assert (self.at - before.closed_at).total_seconds() > POLICY.reopen_s  # type: ignore[operator]  # closed
            return
        assert self.now.is_open
        assert self.now.ring >= 0
        if not before.is_open:
            assert answer.rings[0] == 0
            assert self.now.round == before.round + 1

    @rule(by=st.sampled_from([None, *PEOPLE]), muted=st.booleans(), floor=st.sampled_from([None, 5, 18]))
    def call(self, by: By | None, muted: bool, floor: int | None) -> None:
        before = self.now
        self._do(FireHere(self.at, by, floor, muted))
        if by is None and before.state in (State.SUSPECTED, State.WATCHING):
            assert self.now.state in (State.SUSPECTED, State.WATCHING), "an unknown voice confirms nothing"

    @rule(by=st.sampled_from(PEOPLE[:3]), data=st.data())
    def say_what_may_lead_on(self, by: By, data: st.DataObject) -> None:
        """Verbs that this state knows, so that far states are reached; `try_to_say` tries all the others."""
        fitting = sorted(verb for verb in by.may if self.now.state.value in TABLE[verb])
        self.say(data.draw(st.sampled_from(fitting)), by, data.draw(st.booleans()), "real")

    @rule()
    def limit_passes(self) -> None:
        due = timers(self.now, POLICY)
        if due:
            first = min(due, key=lambda timer: due[timer])
            self.at = max(self.at, due[first])
            self.timer(first)

    @rule(
        verb=st.sampled_from(list(Verb)), by=st.sampled_from(PEOPLE), there=st.booleans(),
        answer=st.sampled_from(["mine", "real"]),
    )  # fmt: skip
    def try_to_say(self, verb: Verb, by: By, there: bool, answer: str) -> None:
        self.say(verb, by, there, answer)

    @rule(timer=st.sampled_from(list(Timer)))
    def try_timer(self, timer: Timer) -> None:
        self.timer(timer)

    def say(self, verb: Verb, by: By, there: bool, answer: str) -> None:
        before = self.now
        event = Said(self.at, verb, by, at_scene=there, answer=answer if verb is Verb.ANSWER else None)
        first = self._do(event)
        if isinstance(first, Refused):
            assert self.now == before
            return
        assert verb in by.may
        if first.is_new:
            assert self.now.state.value in TABLE[verb].get(before.state.value, set())
            if (before.state, self.now.state) == (State.CONFIRMED, State.FALSE_ALARM):
                assert self.proposer not in (None, by.person_id)
        if verb is Verb.DISMISS and first.branch == "dismissal_proposed":
            self.proposer = by.person_id
        again = step(self.now, event, POLICY)
        assert isinstance(again, Change), "the same verb by the same person is answered again"
        assert again.after.state is self.now.state
        assert again.rings == () and again.end is None

    def timer(self, timer: Timer) -> None:
        before, due = self.now, timers(self.now, POLICY).get(timer)
        answer = self._do(Due(self.at, timer))
        if isinstance(answer, Change):
            assert due is not None
            assert due <= self.at
            assert self.now.state.value != "false_alarm"
            assert self.now.ring >= before.ring or self.now.round > before.round
            assert answer.rings, "a limit that passed tells somebody more" if not before.is_test else True

    @precondition(lambda self: self.now.is_open)
    @rule(event=st.sampled_from([Outage, SecondSuspected, EvidenceNoted]))
    def other(self, event: type) -> None:
        before = self.now
        self._do(event(self.at))
        assert self.now.state is before.state
        if event is Outage:
            assert all(due > self.at for due in timers(self.now, POLICY).values())

    @invariant()
    def it_is_never_forgotten(self) -> None:
        if not hasattr(self, "now") or self.now.ring < 0:
            return
        due = timers(self.now, POLICY)
        if self.now.state is State.WATCHING:
            assert Timer.WATCH_OVER in due
        if self.now.state is State.SUSPECTED and not (self.now.is_test or self.now.is_anonymous):
            assert Timer.UNVERIFIED in due
        if self.now.state is State.CONFIRMED:
            assert self.now.ring == 2
            assert self.now.verified_by is not None
            assert self.now.confirmed_at is not None
        if self.now.is_test:
            assert self.now.ring == 0

    def _danger(self, what: tuple) -> Danger:
        point, floor, confirms, verified, test = what
        return Danger(self.at, point, floor, confirms, True, verified, test)

    def _do(self, event: Event) -> Change | Refused:
        before = self.now
        answer = step(before, event, POLICY)
        if isinstance(answer, Refused):
            return answer
        states = [before.state, *answer.path]
        assert states[-1] is answer.after.state
        for one, next_one in pairwise(states):
            assert (one.value, next_one.value) in EDGES
        if not isinstance(event, Said):
            assert answer.after.state not in (State.FALSE_ALARM, State.CLOSED) or answer.after.state is before.state
        assert answer.after.round >= before.round
        if answer.after.round == before.round:
            assert answer.after.ring >= before.ring, "what was told is not untold"
            assert set(answer.rings) == set(range(before.ring + 1, answer.after.ring + 1))
        if answer.after.verified_by is VerifiedBy.DEVICE and before.verified_by is not VerifiedBy.DEVICE:
            assert isinstance(event, Danger)
            assert event.is_source_verified and not event.is_test
        self.now = answer.after
        return answer


Life.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestLife = Life.TestCase
