"""What a fault means for who lives there, by kind of device. Plain words, no blame, no alarm."""

from __future__ import annotations

_MEANING: dict[str, tuple[str, str]] = {
    "pump": (
        "灭火时这台水泵可能帮不上忙，其余水泵照常值守。物业会安排检修。",
        "This pump may not help in a fire; the others still stand by. The property office arranges a repair.",
    ),
    "tank": (
        "水箱的水位暂时看不准，请物业现场核对。",
        "The tank's level cannot be trusted for now; somebody must look at it.",
    ),
    "fire_door": (
        "防火门关着才能挡住烟。路过时请随手关好。",
        "A fire door keeps smoke out only when shut. Please close it as you pass.",
    ),
    "shutter": (
        "卷帘下方请勿堆物，修好之前它可能放不下来。",
        "Keep the space below the shutter free; until repaired it may not come down.",
    ),
    "fan": (
        "楼梯间的送风或排烟暂时少一台风机。",
        "One fan less keeps smoke out of the stairs for now.",
    ),
    "gas": (
        "这一处暂时不能自动发现燃气泄漏，闻到异味请开窗并离开。",
        "Gas leaks are not noticed here for now. If you smell gas, open the windows and leave.",
    ),
    "electrical": (
        "这一路电线暂时没有监测，发现异味或跳闸请告诉物业。",
        "This circuit is not watched for now. Tell the property office of odd smells or tripping.",
    ),
    "call_point": (
        "这个报警按钮暂时不能用，发现火情请直接打 119。",
        "This call point does not work for now. In a fire call 119 directly.",
    ),
    "panel": (
        "报警主机有故障，物业已知情，请多留意身边情况。",
        "The fire panel has a fault. The property office knows; please keep your eyes open.",
    ),
}
_DETECTOR = (
    "这一处暂时不能自动发现火情，附近的探测器照常工作。",
    "Fire is not noticed by itself at this spot for now; the detectors nearby still work.",
)
_POWER = (
    "设备正用备用电源，暂时照常工作。物业会检查供电。",
    "It runs on backup power and still works. The property office checks the supply.",
)
_LINE = (
    "楼里的报警主机照常工作，只是消息暂时传不到守望。",
    "The building's own panel still works, only its messages do not reach Shouwang for now.",
)
_FLAPPING = (
    "它反复报警又恢复，多半是接触不良或受潮。真的报警照样通知，物业会安排检修。",
    "It comes and goes, often a bad contact or damp. A true alarm is still told; a repair is arranged.",
)
_OTHER = ("物业会安排检修。", "The property office arranges a repair.")
_BY_KIND = {
    "mains_fault": _POWER,
    "backup_fault": _POWER,
    "power_fault": _POWER,
    "center_link_fault": _LINE,
    "line_fault": _LINE,
    "silent": _LINE,
    "flapping": _FLAPPING,
}
_DETECTORS = frozenset({"smoke", "heat", "combined", "flame", "video", "detector", "loop", "module"})


def meaning_of(device_kind: str | None, fault_kind: str, is_english: bool) -> str:
    """One sentence for the home screen."""
    found = _BY_KIND.get(fault_kind)
    if found is None and device_kind is not None:
        found = _DETECTOR if device_kind in _DETECTORS else _MEANING.get(device_kind)
    zh, en = found or _OTHER
    return en if is_english else zh
