"""The guard of outgoing calls: no way into our own network."""

from __future__ import annotations

import socket

import pytest

from backend.kernel import db, egress

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "::1",
    "fe80::1%1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "100.64.0.1",
    "2002:0a00:0001::1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1",
    "fec0::1",
    "2001:0:7f00:1::",
]
PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::8.8.8.8"]


def answer_with(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_whatever_their_name(db_session, monkeypatch, address):
    answer_with(monkeypatch, address)
    with pytest.raises(egress.EgressRefused):
        egress.resolve("https://push.example.org/x")


def test_one_private_address_among_public_ones_refuses_the_name(db_session, monkeypatch):
    answer_with(monkeypatch, "8.8.8.8", "127.0.0.1")
    with pytest.raises(egress.EgressRefused):
        egress.resolve("https://push.example.org/x")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_pinned(db_session, monkeypatch, address):
    answer_with(monkeypatch, address)
    target = egress.resolve("https://push.example.org:8443/x")
    assert (target.address, target.origin) == (address, "https://push.example.org:8443")


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.org/",
        "ftp://x/",
        "https://",
        "https://a:b@push.example.org/",
        "https://x:99999/",
        "x",
        "https://" + "a" * 3000,
    ],
)
def test_only_plain_https_urls(db_session, url):
    with pytest.raises(egress.EgressRefused):
        egress.resolve(url)


def test_a_row_allows_one_private_host_and_port(db_session, monkeypatch):
    answer_with(monkeypatch, "127.0.0.1")
    with db.transaction() as session:
        session.add(egress.EgressRule(host="sink.test", port=8443, allows_http=False, note="test"))
    assert egress.resolve("https://sink.test:8443/a").address == "127.0.0.1"
    with pytest.raises(egress.EgressRefused):
        egress.resolve("http://sink.test:8443/a")
    with pytest.raises(egress.EgressRefused):
        egress.resolve("https://sink.test:8444/a")
