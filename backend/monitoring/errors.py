"""What monitoring refuses, in words that say the next step."""

from __future__ import annotations

from backend.kernel.errors import Conflict, Invalid, NotFound


class WrongNetwork(Invalid):
    zh = "“{network}”不是网段、地址或端口。请填 10.1.0.0/16、10.1.2.3 或 port:26901 这样的形式。"
    en = '"{network}" is no network, address or port. Write it like 10.1.0.0/16, 10.1.2.3 or port:26901.'


class NetworkNeeded(Invalid):
    zh = "这种型号靠来源网络识别，请填写它从哪个网段或端口接入。"
    en = "This model is told by where it connects from. Please give its network or port."


class WrongProfile(Invalid):
    zh = "没有“{profile}”这种型号设置，请从列表里选。"
    en = 'There is no profile "{profile}". Choose one from the list.'


class NobodyThere(NotFound):
    zh = "隔离区里没有来自 {peer} 的数据，可能已被处理。"
    en = "There is nothing from {peer} in quarantine; somebody may have settled it already."


class TransmitterTaken(Conflict):
    zh = "这个源地址已在同一网络登记为“{name}”。请核对后改用别的地址，或修改原来的那一条。"
    en = 'This source address is registered on the same network as "{name}". Check it, or change that one.'
