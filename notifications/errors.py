"""Refusals of notifications, each with its next step."""

from backend.kernel.errors import Conflict, Invalid, NotFound


class BadBrowserKeys(Invalid):
    zh = "浏览器给出的推送密钥不对，请重新打开通知。"
    en = "The browser's push keys cannot be used. Turn notifications on again."


class OtherPersonsPhone(Conflict):
    zh = "这台手机的推送已登记给别人，请在手机上重新打开通知。"
    en = "This phone's push belongs to somebody else. Turn notifications on again on the phone."


class NoPhone(Conflict):
    zh = "这台手机还没有打开通知，请先点“打开通知”，再测试。"
    en = "Notifications are not on for this phone. Turn them on first, then test."


class PushNeedsHttps(Conflict):
    zh = "用 http 打开的页面收不到推送；请用 https 地址打开守望（怎样设置见说明书）。"
    en = "A page opened by http cannot get pushes. Open Shouwang by its https address (the README says how)."


class NoticeNotFound(NotFound):
    zh = "没有这条通知，或不是发给您的。"
    en = "There is no such notice for you."
