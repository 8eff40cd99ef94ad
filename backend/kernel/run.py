"""`make run`: the servers first, then keys, migrations and the demo, then everybody else; one address at the end.

Ends with the process that started it, on Ctrl-C and on SIGTERM, and takes its children along in the reverse order.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from backend.kernel import clock, greeting, lock
from backend.kernel.config import Settings, settings
from backend.kernel.procs import Group

PATIENCE_S = 60.0
NEW = 10  # prepare's exit status for a new database


class Ended(Exception):
    """Somebody asked us to end."""


def main(with_demo: bool = True) -> None:
    """Run everything until told to end; refuses to run twice for one DATA_DIR. The demo goes into an empty database."""
    config = settings()
    held = lock.hold(config.data_dir / lock.RUNNING)
    if held is None:
        raise SystemExit(f"Shouwang runs already with DATA_DIR={config.data_dir}: open {config.public_url}")
    _refuse_taken(config)
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if sign != signal.SIGHUP or signal.getsignal(sign) != signal.SIG_IGN:  # nohup asks to be left alone
            signal.signal(sign, _end)
    groups: list[Group] = []
    try:
        _start(config, with_demo, groups)
        _await_web(config)
        print(greeting.text(config), flush=True)
        _watch(groups)
    except Ended:
        print("ending ...", flush=True)
    finally:
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        for group in reversed(groups):
            group.stop()
        held.close()


def _start(config: Settings, with_demo: bool, groups: list[Group]) -> None:
    """Servers, keys, migrations, the demo, everybody else; each group is noted in `groups` as soon as it runs."""
    demo = config.data_dir / "demo.json"  # the demo leaves it behind where it has been
    preparing = lock.hold(config.data_dir / lock.PREPARING)
    groups.append(Group("servers"))
    if demo.exists():  # a second start: the others load their code meanwhile, and wait for the lock
        groups.append(Group("others+demo" if with_demo else "others"))
    is_new = _do("backend.kernel.prepare", may=NEW) == NEW
    if preparing:
        preparing.close()
    if with_demo and (is_new or not demo.exists()):
        _do("backend.demo", "load", "--if-empty")
    if len(groups) == 1:
        groups.append(Group("others+demo" if with_demo and demo.exists() else "others"))


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise Ended


def _do(module: str, *arguments: str, may: int = 0) -> int:
    done = subprocess.run([sys.executable, "-m", module, *arguments], check=False)
    if done.returncode not in (0, may):
        raise SystemExit(f"{module} failed, see above")
    return done.returncode


def _watch(groups: list[Group]) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        for group in groups:
            group.check()
        time.sleep(0.5)


def _refuse_taken(config: Settings) -> None:
    for name, host, port in (("", config.host, config.port), ("GATEWAY_", config.gateway_host, config.gateway_port)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SystemExit(f"{name}HOST:PORT {host}:{port}: {error.strerror}; set {name}PORT") from None


def _await_web(config: Settings) -> None:
    end = clock.monotonic() + PATIENCE_S
    while clock.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{greeting.local_address(config)}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    print(f"the web server has not answered for {PATIENCE_S:.0f} s, see above", flush=True)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    main(with_demo="--without-demo" not in sys.argv[1:])
