"""Whose frame is it? A transmitter is an address *and* the network it was registered with; there is no login."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from uuid import UUID

from sqlalchemy import select, update

from backend.kernel import db
from backend.monitoring.gateway import profiles
from backend.monitoring.gateway.frames import Frame
from backend.monitoring.gateway.profiles import Identity, Profile
from backend.monitoring.models import Transmitter

PORT = "port:"


@dataclass(frozen=True, slots=True)
class Site:
    """A registered transmitter as the writer needs it."""

    id: UUID
    estate_id: UUID
    building_id: UUID | None
    name: str
    name_en: str
    source_address: int
    identity: str
    network: str | None
    profile: Profile
    scope_path: str
    test_until: datetime | None

    def is_test(self, at: datetime) -> bool:
        return self.test_until is not None and at < self.test_until

    def tested_until(self, at: datetime) -> datetime | None:
        """When the last test ended; None while one runs, and where there was none."""
        return None if self.is_test(at) else self.test_until


@lru_cache(maxsize=16384)
def _net(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


@lru_cache(maxsize=65536)
def matches(network: str, peer: str, port: int) -> bool:
    """`10.1.0.0/16`, `10.1.2.3` or `port:26901`."""
    if network.startswith(PORT):
        return network[len(PORT) :] == str(port)
    return ip_address(peer) in _net(network)


def clean_network(text: str) -> str:
    """The network as it is stored; raises ValueError when it is neither an address, a CIDR nor `port:N`."""
    text = text.strip()
    if text.startswith(PORT):
        number = int(text[len(PORT) :])
        if not 1 <= number <= 65535:
            raise ValueError(f"no such port: {number}")
        return f"{PORT}{number}"
    return str(ip_network(text, strict=False))


class Registry:
    """All registered transmitters in memory; read again every few seconds and when somebody unknown speaks."""

    def __init__(self, sites: list[Site]) -> None:
        self.sites = {site.id: site for site in sites}
        self._by_source: dict[int, list[Site]] = defaultdict(list)
        self._by_destination: dict[int, list[Site]] = defaultdict(list)
        self._by_connection: list[Site] = []
        self._learned: dict[UUID, str] = {}
        for site in sites:
            if site.identity == Identity.DESTINATION:
                self._by_destination[site.source_address].append(site)
            elif site.identity == Identity.CONNECTION:
                self._by_connection.append(site)
            if site.identity == Identity.SOURCE or (site.source_address and site.identity == Identity.CONNECTION):
                self._by_source[site.source_address].append(site)

    @property
    def ports(self) -> set[int]:
        """Ports of ours that some transmitter is known by."""
        networks = [s.network for s in self.sites.values() if s.network and s.network.startswith(PORT)]
        return {int(n[len(PORT) :]) for n in networks}

    def find(self, frame: Frame, peer: str, port: int, is_datagram: bool = False) -> tuple[Site | None, bool]:
        """(site, is verified). Verified: it speaks from its network, or it has none yet and this is its first peer.

        A datagram's sender proves nothing: who is known by the network alone is not verified by it, and it becomes
        nobody's network.
        """
        named = self._by_source.get(frame.source, []) + self._by_destination.get(frame.destination, [])
        for site in named + self._by_connection:
            network = site.network or self._learned.get(site.id)
            if network is not None and matches(network, peer, port):
                return site, not (is_datagram and site.identity == Identity.CONNECTION)
        for site in named:
            if site.network is None and site.id not in self._learned:
                return site, not is_datagram
        return (named[0], False) if named else (None, False)

    def learn(self, site: Site, peer: str) -> None:
        """The first peer of a transmitter without a network becomes its network; others are then not verified."""
        if site.network is not None or site.id in self._learned:
            return
        self._learned[site.id] = str(ip_network(peer))
        statement = update(Transmitter).where(Transmitter.id == site.id, Transmitter.network.is_(None))
        db.session().execute(statement.values(network=self._learned[site.id]))


def load() -> Registry:
    """Read all transmitters in the running transaction."""
    t = Transmitter
    rows = db.session().execute(
        select(
            t.id, t.estate_id, t.building_id, t.name, t.name_en, t.source_address, t.identity, t.network, t.profile,
            t.scope_path, t.test_until,
        ).order_by(t.id)
    )  # fmt: skip
    return Registry([Site(**{**row._mapping, "profile": profiles.get(row.profile)}) for row in rows])
