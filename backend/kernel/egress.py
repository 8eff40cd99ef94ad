"""The one guard of outgoing calls: https, a public address resolved once and pinned, no redirects by the caller.

An operator may allow a private host (a city's 119 network, a test sink) by a row in `egress_rules`.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel import db
from backend.kernel.db import Row
from backend.kernel.errors import Invalid

UNICAST = IPv6Network("2000::/3")
"""All that is given out in IPv6 (RFC 4291 §2.4); beyond it are old spellings of IPv4, 127.0.0.1 among them."""
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 as a network without IPv4 spells it (RFC 6052)."""


class EgressRule(Row):
    """A host and port that may be called although it is private or not https."""

    __tablename__ = "egress_rules"
    __table_args__ = (UniqueConstraint("host", "port"),)
    host: Mapped[str]
    port: Mapped[int]
    allows_http: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")


class EgressRefused(Invalid):
    zh = "不能连接这个地址：{reason}。"
    en = "This address may not be called: {reason}."


class Unresolvable(EgressRefused):
    """The name has no address now; unlike other refusals it may pass later."""


@dataclass(frozen=True)
class Target:
    """Where to connect: the name for TLS and Host, and the one address that was checked."""

    url: str
    scheme: str
    host: str
    port: int
    address: str

    @property
    def origin(self) -> str:
        default = 443 if self.scheme == "https" else 80
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{name}" + ("" if self.port == default else f":{self.port}")


def resolve(url: str) -> Target:
    """Check and resolve `url`. Raises EgressRefused; Unresolvable when only the name look-up failed."""
    if len(url) > 2048:
        raise EgressRefused(reason="too long")
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise EgressRefused(reason="not a URL") from None
    host = parts.hostname or ""
    if not host or parts.username or parts.password or parts.scheme not in ("http", "https"):
        raise EgressRefused(reason="only plain https URLs")
    rule = _rule(host, port)
    if parts.scheme != "https" and not (rule and rule.allows_http):
        raise EgressRefused(reason="only https")
    return Target(url, parts.scheme, host, port, _address(host, port, is_allowed=rule is not None))


def _rule(host: str, port: int) -> EgressRule | None:
    with db.transaction(read_only=True) as session:
        return session.scalar(select(EgressRule).where(EgressRule.host == host, EgressRule.port == port))


def _address(host: str, port: int, is_allowed: bool) -> str:
    """The first address, when all of them are public: a name with one private address is refused whole."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise Unresolvable(reason="no such host") from None
    if not is_allowed and not all(_is_public(address) for address in found):
        raise EgressRefused(reason="not a public address")
    return found[0]


def _is_public(address: str) -> bool:
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if ip not in UNICAST:
            return False
    return ip.is_global and not ip.is_multicast
