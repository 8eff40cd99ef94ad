"""Whose frame is it: address and network together, ports, connections, destinations."""

from __future__ import annotations

import pytest

from backend.kernel import db
from backend.monitoring import registry
from backend.monitoring.gateway import frames
from backend.monitoring.gateway.frames import Frame
from backend.monitoring.registry import clean_network, matches
from tests.factories import monitoring as m


def frame(source: int, destination: int = 1) -> Frame:
    return Frame(frames.build(serial=1, source=source, destination=destination, command=2))


def found(source: int, peer: str, port: int = 26875, destination: int = 1):
    with db.transaction():
        site, is_verified = registry.load().find(frame(source, destination), peer, port)
    return site.id if site else None, is_verified


def test_the_same_address_on_two_networks_is_two_transmitters(db_session):
    north = m.create_transmitter(source_address=889, network="10.1.0.0/16")
    south = m.create_transmitter(source_address=889, network="10.2.0.0/16")
    assert found(889, "10.1.0.9") == (north.id, True)
    assert found(889, "10.2.0.9") == (south.id, True)
    assert found(889, "10.3.0.9") == (north.id, False)
    assert found(890, "10.1.0.9") == (None, False)


def test_a_port_of_ours_names_who_dials_it(db_session):
    box = m.create_transmitter(source_address=0, network="port:26901", identity="connection", profile="dahua")
    assert found(0, "192.0.2.1", port=26901) == (box.id, True)
    assert found(0, "192.0.2.1", port=26875) == (None, False)
    with db.transaction():
        assert registry.load().ports == {26901}


def test_a_destination_names_its_transmitter(db_session):
    box = m.create_transmitter(source_address=64, network="10.1.0.0/16", identity="destination")
    assert found(0, "10.1.2.3", destination=64) == (box.id, True)
    assert found(64, "10.1.2.3", destination=1) == (None, False)


def test_a_source_of_zero_is_nobody_by_its_source(db_session):
    m.create_transmitter(source_address=0, network="10.1.0.0/16", identity="connection", profile="sanjiang")
    assert found(0, "192.0.2.1") == (None, False)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("10.1.2.3", "10.1.2.3/32"), ("10.1.2.3/16", "10.1.0.0/16"), (" port:26901 ", "port:26901"), ("::1", "::1/128")],
)
def test_networks_are_stored_in_one_way(text, clean):
    assert clean_network(text) == clean


@pytest.mark.parametrize("text", ["nowhere", "10.1.2.3/99", "port:0", "port:99999", "port:x", ""])
def test_what_is_no_network(text):
    with pytest.raises(ValueError, match=r"."):
        clean_network(text)


def test_versions_of_ip_do_not_mix():
    assert not matches("10.0.0.0/8", "::1", 1)
    assert matches("::/0", "2001:db8::1", 1)
