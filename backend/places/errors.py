"""What places refuse, in words that say the next step."""

from __future__ import annotations

from backend.kernel.errors import Conflict, DomainError, Invalid, NotFound


class QrExpired(DomainError):
    status = 410
    zh = "这张二维码已经过期，请扫楼道里新的一张，或请物业更换。"
    en = "This QR code has expired. Scan the new one in the lobby, or ask the property office to replace it."


class QrUnknown(NotFound):
    zh = "这不是守望的楼栋二维码，请扫楼道里的守望二维码。"
    en = "This is not a Shouwang building code. Scan the one in the lobby."


class NoSuchDwelling(NotFound):
    zh = "这栋楼里没有“{number}”这一户，请核对门牌号。"
    en = 'There is no "{number}" in this building. Check the door number.'


class TooManyAsked(Conflict):
    zh = "您已有 {most} 份申请在等待核实，请等物业或网格员处理后再申请。"
    en = "You have {most} requests waiting. Ask again when they have been decided."


class AskedTooOften(Conflict):
    zh = "您今天申请的次数太多，请明天再试，或直接联系物业。"
    en = "You have asked too often today. Try again tomorrow, or talk to the property office."


class ResidencyDecided(Conflict):
    zh = "这份申请已经处理过了，请刷新查看。"
    en = "This request has been decided already. Refresh to see how."


class NotYoursToDecide(Conflict):
    status = 403
    zh = "这个小区有物业，入住由物业核实；请转告物业。"
    en = "This estate has a property office, which admits its residents. Please pass it on to them."


class CodeTaken(Conflict):
    zh = "区划代码 {code} 已经存在。"
    en = "Area code {code} exists already."


class WrongCode(Invalid):
    zh = "区划代码 {code} 与级别不符，或不在上级代码之下。"
    en = "Area code {code} does not fit its level or the area above it."


class DwellingInUse(Conflict):
    zh = "还有人住在这里，不能删除。"
    en = "People live here, so it cannot be removed."
