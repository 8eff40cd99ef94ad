"""The timeline in words: one line for each entry, as a neighbour would tell it, in Chinese and English."""

from __future__ import annotations

from typing import Any

from backend.incidents.models import IncidentEntry
from backend.kernel.text import mask_name, pair, spaced

DUTIES = {
    "control_room": ("控制室", "control room"),
    "station_leader": ("消防站站长", "station leader"),
    "station_member": ("消防站", "station"),
    "property": ("物业", "property"),
    "grid_worker": ("网格员", "grid worker"),
    "police": ("民警", "police"),
    "inspector": ("消防监督员", "inspector"),
    "dispatcher": ("119", "119"),
    "unit_manager": ("单位管理人", "unit manager"),
    "centre_operator": ("监控中心", "monitoring centre"),
    "administrator": ("管理员", "administrator"),
    "resident": ("住户", "resident"),
    "": ("", ""),
}
REASONS = {
    "cooking": ("做饭油烟", "cooking"),
    "steam": ("水蒸气", "steam"),
    "dust": ("灰尘", "dust"),
    "test": ("测试", "a test"),
    "fault": ("设备故障", "a faulty device"),
    "unknown": ("原因不明", "cause unknown"),
}
# By branch first, then by verb. {who} {label} {words} {reason} {number} {people} {minutes} are filled in.
LINES = {
    "opened_by_device": ("{label}报警：{words}", "{label}: {words}"),
    "danger_joined": ("{label}也报警：{words}", "{label} as well: {words}"),
    "danger_while_confirmed": ("{label}报警：{words}", "{label}: {words}"),
    "danger_while_controlled": ("{label}仍在报警：{words}", "{label} still reports: {words}"),
    "danger_elsewhere": ("{label}报警，别处又起火，重新通知全楼", "{label}: it burns elsewhere, all are told again"),
    "danger_reopens": ("{label}又报警，警情重新打开", "{label} again: the incident is open again"),
    "danger_ends_watch": ("{label}又报警，不再观察，恢复核实", "{label} again: the watch ends, it is checked again"),
    "devices_confirm": ("{label}报警，设备互证，确认火情", "{label}: confirmed by devices"),
    "devices_verify": ("{label}报警，设备证实火情", "{label}: devices prove the fire"),
    "second_sign_confirms": ("{label}报警，与住户所说相符，确认火情", "{label}: confirmed with the household's word"),
    "opened_by_person": ("{who}报告：这里着火", "{who} reports a fire here"),
    "call_joined": ("{who}也报告着火", "{who} reports it as well"),
    "call_reopens": ("{who}报告着火，警情重新打开", "{who} reports a fire: open again"),
    "call_ends_watch": ("{who}报告着火，恢复核实", "{who} reports a fire: checked again"),
    "muted_call": ("又有人报告着火，已记录", "One more report, noted"),
    "responder_calls": ("{who}在现场报告着火，确认火情", "{who} reports from the scene: confirmed"),
    "people_call": ("两户都看见着火，确认火情", "Two households see it: confirmed"),
    "acknowledged": ("{who}已接警", "{who} answered"),
    "arrived": ("{who}已到场", "{who} is at the scene"),
    "attacked": ("{who}开始出水灭火", "{who} attacks the fire"),
    "asked_for_help": ("{who}请求增援", "{who} asks for help"),
    "answer_mine": ("住户回答：是我家，没着火", "The household: it was us, no fire"),
    "answer_noted": ("住户回答：是我家，没着火", "The household: it was us, no fire"),
    "answer_real": ("住户回答：真着火了", "The household: it is real"),
    "answer_confirms": ("住户回答真着火，确认火情", "The household says it is real: confirmed"),
    "responder_confirms": ("{who}在现场确认火情", "{who} confirms at the scene"),
    "people_confirm": ("{who}也看见火，确认火情", "{who} sees it too: confirmed"),
    "person_verifies": ("{who}证实火情", "{who} proves the fire"),
    "confirm_seconded": ("{who}也确认火情", "{who} confirms as well"),
    "confirm_noted": ("{who}说着火了，等待第二个证实", "{who} says it burns; a second sign is awaited"),
    "dismissal_proposed": ("{who}认为是误报（{reason}），等第二人同意", "{who}: false ({reason}), a second is awaited"),
    "dismissal_approved": ("{who}同意，判为误报", "{who} agrees: a false alarm"),
    "second_dismisses": ("{who}也认为是误报，两人一致", "{who} agrees: a false alarm"),
    "dismissed_at_scene": ("{who}现场核实：误报（{reason}）", "{who} checked on site: false alarm ({reason})"),
    "dismissed_from_afar": ("{who}远程核实，先观察 5 分钟（{reason}）", "{who} from afar: being watched ({reason})"),
    "watch_over": ("观察时间到，恢复核实，扩大通知", "The watch is over: checked again, more people are told"),
    "controlled": ("{who}：火势已控制", "{who}: under control"),
    "closed": ("{who}结束警情", "{who} closed it"),
    "reopened_by_person": ("{who}重新打开警情", "{who} opened it again"),
    "ring1_unacknowledged": ("无人接警，扩大通知", "Nobody answered: more people are told"),
    "ring1_nobody_there": ("还没有人到场，扩大通知", "Nobody is there yet: more people are told"),
    "second_suspected": ("同楼两处报警，扩大通知", "Two alarms in one building: more people are told"),
    "unacknowledged_confirms": ("一直无人接警，按火情通知全楼", "Nobody answered: the building is alarmed"),
    "unverified_confirms": ("一直没有核实，按火情通知全楼", "Nobody verified it: the building is alarmed"),
    "fresh_minute": ("系统恢复，重新计时一分钟", "We were away: limits get one fresh minute"),
    "graver_danger": ("{label}报警：{words}，重新通知全楼", "{label}: {words}, all are told again"),
    "now_fire": ("险情升级为火警", "It is now a fire"),
    "now_gas": ("险情升级为燃气泄漏", "It is now a gas leak"),
    "now_trapped": ("险情升级为有人被困", "Somebody is trapped now"),
    "now_electrical": ("险情升级为电气险情", "It is now an electrical danger"),
    "exercise_ended": ("演练结束", "The exercise is over"),
    "exercise_called_off": ("演练中止，真警", "Exercise called off: a real alarm"),
    "silenced": ("{who}让一个设备静音 {minutes} 分钟", "{who} silenced a device for {minutes} minutes"),
    "evidence_noted": ("{label}：{words}", "{label}: {words}"),
    "exercise": ("{who}开始演练", "{who} started an exercise"),
    "safe": ("{who}报平安", "{who} is safe"),
    "help": ("{number}求助，{people} 人", "{number} asks for help, {people} people"),
}
SEEN = {"reset": ("复位", "reset"), "cleared": ("报警消除", "cleared"), "restored": ("恢复正常", "back to normal")}


def line(entry: IncidentEntry, language: str, *, is_staff: bool) -> dict[str, Any]:
    """{at, verb, branch, actor, text}; only who goes there reads full names and door numbers."""
    one = 1 if language == "en" else 0
    name = entry.actor.get("name") or ""
    shown = name if is_staff else mask_name(name)
    duty = DUTIES.get(entry.actor.get("duty") or "", ("", ""))[one]
    who = " ".join(part for part in (duty, shown) if part) or ("somebody" if one else "有人")
    branch = "exercise" if entry.verb == "exercise" else entry.branch
    text = LINES.get(branch, ("{who}", "{who}"))[one].format_map(_filled(entry, one, who, is_staff))
    actor = {"id": entry.person_id, "name": shown, "duty": duty} if entry.person_id else None
    text = _marked(entry, text if one else spaced(text), one)
    return {"at": entry.at, "verb": entry.verb, "branch": entry.branch, "actor": actor, "text": text}


def _filled(entry: IncidentEntry, one: int, who: str, is_staff: bool) -> dict[str, Any]:
    params = entry.params
    language = "en" if one else "zh"
    words = (params.get("words") or {}).get(language) or SEEN.get(entry.verb, ("", ""))[one]
    detector = "A detector" if one else "探测器"
    label = pair(params.get("label") or "", params.get("label_en") or "")[language]
    return {
        "who": who,
        "label": label or detector if is_staff else detector,
        "words": words,
        "reason": REASONS.get(params.get("reason") or "", (params.get("reason") or "",) * 2)[one],
        "number": (params.get("number") or who) if is_staff else ("A neighbour" if one else "有住户"),
        "people": params.get("people") or 1,
        "minutes": params.get("minutes") or "",
    }


def _marked(entry: IncidentEntry, text: str, one: int) -> str:
    if entry.params.get("is_test"):
        text = f"{'[test] ' if one else '【测试中】'}{text}"
    if entry.params.get("is_source_verified") is False:
        text += " (source not verified)" if one else "（来源未验证）"
    return text
