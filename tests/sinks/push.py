"""A push service for tests and bench: TLS with its own authority, HTTP/2 and 1.1, records all, answers as told.

`python -m tests.sinks.push FOLDER [DELAY_S]` runs a blind one for the bench: every request gets 201, unread."""

import asyncio
import json
import random
import ssl
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.sinks.http import Door, Reply, Request


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for localhost and 127.0.0.1: (certificate, key), both PEM."""
    folder.mkdir(parents=True, exist_ok=True)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test push service")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    public, private = folder / "push.pem", folder / "push.key"
    public.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return public, private


class PushSink:
    """`answers[path]` is a Reply, or a list of them used one by one (the last stays). `got[path]` are requests."""

    def __init__(self, folder: Path, is_blind: bool = False) -> None:
        self.certificate, self._key = write_certificate(folder)
        self.is_blind = is_blind
        self.answers: dict[str, Reply | list[Reply]] = {}
        self.otherwise: Callable[[Request], Reply] = lambda request: Reply()
        self.got: dict[str, list[Request]] = defaultdict(list)
        self.port = 0

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def endpoint(self, name: str) -> str:
        return f"{self.origin}/push/{name}"

    def requests(self, name: str) -> list[Request]:
        return self.got[f"/push/{name}"]

    def answer(self, name: str, *replies: Reply) -> None:
        self.answers[f"/push/{name}"] = list(replies)

    def total(self) -> int:
        return sum(len(list_) for list_ in list(self.got.values()))

    def take(self, request: Request) -> Reply:
        if not self.is_blind:
            self.got[request.path].append(request)
        told = self.answers.get(request.path)
        if isinstance(told, list):
            return told.pop(0) if len(told) > 1 else told[0]
        return told or self.otherwise(request)

    async def start(self) -> asyncio.Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self._key)
        context.set_alpn_protocols(["h2", "http/1.1"])
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Door(self.take, self.is_blind), "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        return server


@contextmanager
def running(folder: Path) -> Iterator[PushSink]:
    """A sink in a thread of this process, on a free port of 127.0.0.1."""
    sink, loop, ready = PushSink(folder), asyncio.new_event_loop(), threading.Event()
    servers: list[asyncio.Server] = []

    def serve() -> None:
        asyncio.set_event_loop(loop)
        servers.append(loop.run_until_complete(sink.start()))
        ready.set()
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(servers[0].close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _serve_blind(folder: Path, delay_s: float) -> None:
    sink = PushSink(folder, is_blind=True)
    if delay_s:
        sink.otherwise = lambda request: Reply(delay_s=delay_s * random.uniform(0.8, 1.2))
    server = await sink.start()
    print(json.dumps({"port": sink.port, "ca": str(sink.certificate)}), flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve_blind(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
