"""What incidents refuse. A conflict carries the current state, so that the app shows it instead of guessing."""

from __future__ import annotations

from typing import Any

from backend.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooMany


class IncidentClosed(Conflict):
    zh = "这起警情已经结束。如果又有情况，请点“重新打开”。"
    en = "This incident is closed. If something happens again, reopen it."


class IncidentDismissed(Conflict):
    zh = "这起警情已经判为误报。如果是真的，请到现场确认或重新打开。"
    en = "This incident was dismissed as a false alarm. If it is real, confirm it at the scene or reopen it."


class WrongState(Conflict):
    zh = "警情的状态已经变了，这一步现在做不了，请看最新状态。"
    en = "The incident is in another state now, so this step does not fit. Look at its current state."


class NotAtScene(Conflict):
    zh = "判误报要先到现场。请先点“我已到场”，或请控制室远程核实。"
    en = 'To dismiss it you must be at the scene. Tap "I am there" first, or ask the control room.'


class NotYourDetector(NotAllowed):
    zh = "只有报警探测器那一户的家人才能这样回答。看见火请点“我这里着火”。"
    en = 'Only the household of the detector can answer this. If you see a fire, tap "Fire here".'


class SecondPersonNeeded(Conflict):
    zh = "已确认的火情要两个人才能判误报，请另一位同事来同意。"
    en = "A confirmed fire is dismissed by two people. Ask a colleague to approve."


class NothingToApprove(Conflict):
    zh = "现在没有等待同意的误报申请。"
    en = "No dismissal is waiting for approval now."


class NotAnExercise(Conflict):
    zh = "这不是演练，不能用结束演练来关闭。"
    en = "This is no exercise, so it cannot be ended as one."


class ExerciseRunning(Conflict):
    zh = "这栋楼正有警情或演练，现在不能开始新的演练。"
    en = "An incident or an exercise is open in this building. Start the exercise when it is over."


class PlaceNotProved(Invalid):
    zh = "还不知道您在哪栋楼。请扫楼里的二维码，或打开手机定位再点一次；火大请先打 119。"
    en = "We do not know which building you are in. Scan its QR code or turn on your position; call 119 first."


class TimerStale(Conflict):
    """Only for the sweeper: the limit was met meanwhile."""


REFUSALS: dict[str, type[DomainError]] = {
    kind.__name__: kind
    for kind in (
        IncidentClosed, IncidentDismissed, WrongState, NotAtScene, NotYourDetector, SecondPersonNeeded,
        NothingToApprove, NotAnExercise, TimerStale, NotAllowed, NotFound, TooMany,
    )
}  # fmt: skip


def refuse(reason: str, **details: Any) -> DomainError:
    """The error of a Refused, with the current state in its details."""
    return REFUSALS[reason](**details)
