"""Code tables of GB/T 26875.3-2011 (tables 4, 5 and 6, figures 6, 7, 9, 13 and 14) with Chinese and English names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """`kind` is our word for the API and the app; several codes share one."""

    zh: str
    en: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured quantity: value = signed 16 bits times `step`, in `unit`, sensible from `low` to `high`."""

    zh: str
    en: str
    metric: str
    unit: str
    step: float
    low: float
    high: float


SYSTEMS: dict[int, Named] = {
    0: Named("通用", "General", "general"),
    1: Named("火灾报警系统", "Fire alarm system", "alarm"),
    10: Named("消防联动控制器", "Linkage controller", "alarm"),
    11: Named("消火栓系统", "Hydrant system", "water"),
    12: Named("自动喷水灭火系统", "Sprinkler system", "water"),
    13: Named("气体灭火系统", "Gas extinguishing system", "extinguishing"),
    14: Named("水喷雾灭火系统（泵启动）", "Water spray, pump start", "water"),
    15: Named("水喷雾灭火系统（压力容器启动）", "Water spray, pressure vessel", "water"),
    16: Named("泡沫灭火系统", "Foam system", "extinguishing"),
    17: Named("干粉灭火系统", "Dry powder system", "extinguishing"),
    18: Named("防烟排烟系统", "Smoke control", "smoke"),
    19: Named("防火门及卷帘系统", "Fire doors and shutters", "smoke"),
    20: Named("消防电梯", "Fire lift", "evacuation"),
    21: Named("消防应急广播", "Emergency broadcast", "evacuation"),
    22: Named("消防应急照明和疏散指示系统", "Emergency lighting and exit signs", "evacuation"),
    23: Named("消防电源", "Fire power supply", "electricity"),
    24: Named("消防电话", "Fire telephone", "evacuation"),
}

COMPONENTS: dict[int, Named] = {
    0: Named("通用部件", "Device", "general"),
    1: Named("火灾报警控制器", "Fire panel", "panel"),
    10: Named("可燃气体探测器", "Combustible gas detector", "gas"),
    11: Named("点型可燃气体探测器", "Combustible gas detector, point", "gas"),
    12: Named("独立式可燃气体探测器", "Combustible gas detector, stand-alone", "gas"),
    13: Named("线型可燃气体探测器", "Combustible gas detector, line", "gas"),
    16: Named("电气火灾监控报警器", "Electrical fire monitor", "electrical"),
    17: Named("剩余电流式电气火灾监控探测器", "Residual current detector", "electrical"),
    18: Named("测温式电气火灾监控探测器", "Cable temperature detector", "electrical"),
    21: Named("探测回路", "Detection loop", "loop"),
    22: Named("火灾显示盘", "Floor display", "panel"),
    23: Named("手动火灾报警按钮", "Manual call point", "call_point"),
    24: Named("消火栓按钮", "Hydrant button", "hydrant_button"),
    25: Named("火灾探测器", "Fire detector", "detector"),
    30: Named("感温火灾探测器", "Heat detector", "heat"),
    31: Named("点型感温探测器", "Heat detector, point", "heat"),
    32: Named("点型感温探测器（S型）", "Heat detector, point S", "heat"),
    33: Named("点型感温探测器（R型）", "Heat detector, point R", "heat"),
    34: Named("线型感温探测器", "Heat detector, line", "heat"),
    35: Named("线型感温探测器（S型）", "Heat detector, line S", "heat"),
    36: Named("线型感温探测器（R型）", "Heat detector, line R", "heat"),
    37: Named("光纤感温探测器", "Heat detector, fibre", "heat"),
    40: Named("感烟火灾探测器", "Smoke detector", "smoke"),
    41: Named("点型离子感烟探测器", "Smoke detector, ionisation", "smoke"),
    42: Named("点型光电感烟探测器", "Smoke detector, photoelectric", "smoke"),
    43: Named("线型光束感烟探测器", "Smoke detector, beam", "smoke"),
    44: Named("吸气式感烟探测器", "Smoke detector, aspirating", "smoke"),
    50: Named("复合式火灾探测器", "Combined detector", "combined"),
    51: Named("复合式感烟感温探测器", "Combined smoke and heat detector", "combined"),
    52: Named("复合式感光感温探测器", "Combined flame and heat detector", "combined"),
    53: Named("复合式感光感烟探测器", "Combined flame and smoke detector", "combined"),
    61: Named("紫外火焰探测器", "Flame detector, ultraviolet", "flame"),
    62: Named("红外火焰探测器", "Flame detector, infrared", "flame"),
    69: Named("感光火灾探测器", "Flame detector", "flame"),
    74: Named("气体火灾探测器", "Fire gas detector", "detector"),
    78: Named("图像摄像方式火灾探测器", "Video fire detector", "video"),
    79: Named("感声火灾探测器", "Sound detector", "detector"),
    81: Named("气体灭火控制器", "Gas extinguishing controller", "extinguishing"),
    82: Named("消防电气控制装置", "Electrical controller", "controller"),
    83: Named("消防控制室图形显示装置", "Control room display", "panel"),
    84: Named("模块", "Module", "module"),
    85: Named("输入模块", "Input module", "module"),
    86: Named("输出模块", "Output module", "module"),
    87: Named("输入／输出模块", "Input/output module", "module"),
    88: Named("中继模块", "Repeater", "module"),
    91: Named("消防水泵", "Fire pump", "pump"),
    92: Named("消防水箱", "Water tank", "tank"),
    95: Named("喷淋泵", "Sprinkler pump", "pump"),
    96: Named("水流指示器", "Flow indicator", "flow_switch"),
    97: Named("信号阀", "Signal valve", "valve"),
    98: Named("报警阀", "Alarm valve", "valve"),
    99: Named("压力开关", "Pressure switch", "pressure_switch"),
    101: Named("阀驱动装置", "Valve actuator", "extinguishing"),
    102: Named("防火门", "Fire door", "fire_door"),
    103: Named("防火阀", "Fire damper", "damper"),
    104: Named("通风空调", "Ventilation", "fan"),
    105: Named("泡沫液泵", "Foam pump", "pump"),
    106: Named("管网电磁阀", "Solenoid valve", "valve"),
    111: Named("防烟排烟风机", "Smoke fan", "fan"),
    113: Named("排烟防火阀", "Smoke exhaust damper", "damper"),
    114: Named("常闭送风口", "Air supply vent", "damper"),
    115: Named("排烟口", "Smoke vent", "damper"),
    116: Named("电控挡烟垂壁", "Smoke curtain", "damper"),
    117: Named("防火卷帘控制器", "Fire shutter", "shutter"),
    118: Named("防火门监控器", "Fire door monitor", "fire_door"),
    121: Named("警报装置", "Sounder", "sounder"),
}

QUANTITIES: dict[int, Quantity] = {
    1: Quantity("事件计数", "Event count", "count", "件", 1, 0, 32000),
    2: Quantity("高度", "Height", "height", "m", 0.01, 0, 320),
    3: Quantity("温度", "Temperature", "temperature", "℃", 0.1, -273, 3200),
    4: Quantity("压力", "Pressure", "pressure_mpa", "MPa", 0.1, 0, 3200),
    5: Quantity("压力", "Pressure", "pressure", "kPa", 0.1, 0, 3200),
    6: Quantity("气体浓度", "Gas", "gas", "%LEL", 0.1, 0, 100),
    7: Quantity("时间", "Time", "time", "s", 1, 0, 32000),
    8: Quantity("电压", "Voltage", "voltage", "V", 0.1, 0, 3200),
    9: Quantity("电流", "Current", "current", "A", 0.1, 0, 3200),
    10: Quantity("流量", "Flow", "flow", "L/s", 0.1, 0, 3200),
    11: Quantity("风量", "Air volume", "air_volume", "m³/min", 0.1, 0, 3200),
    12: Quantity("风速", "Air speed", "air_speed", "m/s", 1, 0, 20),
}

# Status words of types 1 and 2: bit -> name. Bit 0 says "normal" and by its absence "test"; see danger.py.
SYSTEM_BITS = [
    "normal",
    "fire",
    "fault",
    "shielded",
    "supervisory",
    "started",
    "feedback",
    "delay",
    "mains_fault",
    "backup_fault",
    "bus_fault",
    "manual",
    "config_changed",
    "reset",
]
COMPONENT_BITS = [
    "normal",
    "fire",
    "fault",
    "shielded",
    "supervisory",
    "started",
    "feedback",
    "delay",
    "power_fault",
]
UNIT_BITS = ["normal", "fire", "fault", "mains_fault", "backup_fault", "center_link_fault", "line_fault"]
OPERATION_BITS = ["reset", "mute", "manual_alarm", "cleared", "self_test", "confirm", "test"]
UNIT_OPERATION_BITS = ["reset", "mute", "manual_alarm", "cleared", "self_test", "duty_reply", "test"]

_BITS = {1: SYSTEM_BITS, 2: COMPONENT_BITS, 21: UNIT_BITS, 4: OPERATION_BITS, 24: UNIT_OPERATION_BITS}


BIT_WORDS: dict[str, tuple[str, str]] = {
    "fire": ("火警", "fire"),
    "fault": ("故障", "fault"),
    "shielded": ("屏蔽", "disabled"),
    "supervisory": ("监管", "supervisory"),
    "started": ("启动", "started"),
    "feedback": ("反馈", "feedback"),
    "delay": ("延时", "delay"),
    "power_fault": ("电源故障", "power fault"),
    "mains_fault": ("主电故障", "mains fault"),
    "backup_fault": ("备电故障", "backup power fault"),
    "bus_fault": ("总线故障", "bus fault"),
    "manual": ("手动", "manual"),
    "config_changed": ("配置改变", "configuration changed"),
    "reset": ("复位", "reset"),
    "center_link_fault": ("通信信道故障", "link fault"),
    "line_fault": ("连接线路故障", "line fault"),
    "mute": ("消音", "muted"),
    "manual_alarm": ("手动报警", "manual alarm"),
    "cleared": ("警情消除", "alarm cleared"),
    "self_test": ("自检", "self-test"),
    "confirm": ("确认", "confirmed"),
    "duty_reply": ("查岗应答", "duty reply"),
    "test": ("测试", "test"),
}


def words(kind: int, word: int | None, is_english: bool = False) -> str:
    """A status word or operation record for people: "火警、启动"; "正常" when no bit but the first is set."""
    found = [BIT_WORDS[name][is_english] for name in bits(kind, word or 0) if name in BIT_WORDS]
    return (", " if is_english else "、").join(found) or ("normal" if is_english else "正常")


def bits(kind: int, word: int) -> list[str]:
    """Names of the bits set in the status word or operation flags of a type; reserved bits have none."""
    return [name for n, name in enumerate(_BITS.get(kind, ())) if word >> n & 1]


def system(code: int | None) -> Named:
    """The system of table 4; user-defined and reserved codes keep their number in the name."""
    return SYSTEMS.get(code or 0) or Named(f"自定义系统 {code}", f"System {code}", "general")


def component(code: int | None) -> Named:
    """The component of table 5; user-defined and reserved codes keep their number in the name."""
    return COMPONENTS.get(code or 0) or Named(f"自定义部件 {code}", f"Device type {code}", "other")


def quantity(code: int) -> Quantity:
    """The analog quantity of table 6; unknown ones are kept as bare numbers."""
    return QUANTITIES.get(code) or Quantity(
        f"模拟量 {code}", f"Quantity {code}", f"analog_{code}", "", 1, -32768, 32767
    )
