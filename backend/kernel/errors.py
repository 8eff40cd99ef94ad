"""One shape for every refusal: `{"code", "message", "details"}`. The class name is the stable code.

`zh` and `en` say what happened and the next step; they may use the details: `zh = "请 {retry_after_s} 秒后再试"`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    status: ClassVar[int] = 400
    zh: ClassVar[str] = "这一步没有做成，请检查后再试。"
    en: ClassVar[str] = "That did not work. Please check and try again."

    def __init__(self, **details: Any) -> None:
        super().__init__(type(self).__name__)
        self.details = details

    @property
    def code(self) -> str:
        return type(self).__name__

    def message(self, language: str) -> str:
        text = self.en if language == "en" else self.zh
        return text.format(**self.details) if self.details else text


class Invalid(DomainError):
    status = 422
    zh = "填写的内容有误，请按提示改正后再提交。"
    en = "Something in what you sent is not right. Correct it and send again."


class NotSignedIn(DomainError):
    status = 401
    zh = "请先登录。"
    en = "Please sign in first."


class NotAllowed(DomainError):
    status = 403
    zh = "您的身份不能做这一步；需要时请联系管理员。"
    en = "Your role does not allow this. Ask the administrator if you need it."


class NotFound(DomainError):
    status = 404
    zh = "没有找到，或不在您的范围内。"
    en = "Not found, or not within your scope."


class Conflict(DomainError):
    status = 409
    zh = "情况已经变了，请看最新状态再决定。"
    en = "Things have changed meanwhile. Look at the current state and decide again."


class TooMany(DomainError):
    status = 429
    zh = "操作太频繁，请 {retry_after_s} 秒后再试。"
    en = "Too many tries. Please wait {retry_after_s} seconds."


class KeyReused(Invalid):
    zh = "同一个请求编号带了不同的内容，请刷新页面后重试。"
    en = "This Idempotency-Key was used with another body. Reload and try again."


class ForeignOrigin(NotAllowed):
    zh = "请求来自别的网站，已拒绝。请在守望里操作。"
    en = "The request came from another site and was refused. Please act inside Shouwang."


class TooLarge(DomainError):
    status = 413
    zh = "内容太大，请缩小后再传。"
    en = "That is too large. Make it smaller and send again."
