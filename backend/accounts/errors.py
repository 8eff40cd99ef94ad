"""What accounts refuses, in words that say the next step."""

from __future__ import annotations

from backend.kernel.errors import Conflict, DomainError, Invalid, NotAllowed


class WrongPhone(Invalid):
    zh = "请输入 11 位手机号码；境外号码请以 + 和国家代码开头。"
    en = "Enter an 11-digit mobile number, or start with + and the country code."


class WrongCode(DomainError):
    status = 401
    zh = "验证码不对或已失效。请核对最近一条短信，或重新获取。"
    en = "That code is wrong or no longer valid. Check the latest message, or ask for a new one."


class RolesExclude(Conflict):
    zh = "系统管理员和审计员不能是同一个人，此人已有另一个身份。请另选一人。"
    en = "Administrator and auditor can never be one person; this one has the other role already. Choose somebody else."


class RoleNotOffered(Conflict):
    zh = "这个身份还没有开放，请选择别的身份。"
    en = "This role is not offered yet. Choose another one."


class WrongScopeForRole(Invalid):
    zh = "这个身份不能授予在这类范围上，请换一个范围。"
    en = "This role cannot be held on that kind of scope. Choose another scope."


class LastAdministrator(Conflict):
    zh = "这是最后一位管理整个系统的管理员，请先授权另一人。"
    en = "This is the last administrator of the whole system. Appoint another one first."


class AdministratorExists(Conflict):
    zh = "已经有管理员了。要再加一位，请加上 --another。"
    en = "There is an administrator already. Add --another to make one more."


class PhoneLookRefused(NotAllowed):
    zh = "您的身份不能查看完整号码；这次查看已记录。"
    en = "Your role does not allow seeing the full number. This attempt was recorded."


class WrongPolicyValue(Invalid):
    zh = "这个值的类型和默认值不一致，请参照默认值填写。"
    en = "The value is not of the default's type. Follow the form of the default."
