"""Settings: the only place that reads the environment. Wrong ones are refused at boot in one clear line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from environs import Env


class WrongSetting(SystemExit):
    """A setting that cannot work; its text is the whole message that the operator sees."""


@dataclass(frozen=True)
class Settings:
    """One process's settings. Ports are TCP; `redis_url` is None when there is no Redis at all."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    host: str
    port: int
    gateway_host: str
    gateway_port: int
    public_url: str
    trusted_proxies: int
    sms_provider: str
    push_ca_file: str | None
    log_level: str
    version: str

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def read(env: Env | None = None) -> Settings:
    """Read and check all settings; raises WrongSetting with one line that names the variable and the cure."""
    from environs import Env, EnvError, validate  # here: eight keepers need no more than `data_dir`

    from backend.kernel import embedded

    env = env or Env()
    try:
        port = env.int("PORT", 8000, validate=validate.Range(1, 65535))
        settings = Settings(
            data_dir=data_dir(),
            database_url=_database_url(env) or embedded.database_url(data_dir()),
            redis_url=_redis_url(env) or embedded.redis_url(data_dir()),
            host=_host(env, "HOST"),
            port=port,
            gateway_host=_host(env, "GATEWAY_HOST"),
            gateway_port=env.int("GATEWAY_PORT", 26875, validate=validate.Range(1, 65535)),
            public_url=_public_url(env, port),
            trusted_proxies=env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 8)),
            sms_provider=env.str("SMS_PROVIDER", "console", validate=validate.OneOf(["console"])),
            push_ca_file=env.str("PUSH_CA_FILE", "") or None,
            log_level=env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING"])),
            version=env.str("SHOUWANG_VERSION", "dev"),
        )
    except EnvError as error:
        raise WrongSetting(f"wrong setting: {error}") from None
    if settings.sms_provider == "console" and settings.is_https and not env.bool("SMS_CONSOLE_FORCED", False):
        raise WrongSetting(
            "wrong setting: SMS_PROVIDER=console writes one-time codes to a file, and PUBLIC_URL is https. "
            "Set a real provider, or SMS_CONSOLE_FORCED=1 for a trial."
        )
    return settings


def data_dir() -> Path:
    """Where everything is kept that we write (DATA_DIR, default `var`)."""
    return Path(os.environ.get("DATA_DIR", "var")).absolute()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return read()


def _host(env: Env, name: str) -> str:
    value = env.str(name, "127.0.0.1")
    if value != "localhost":
        try:
            ip_address(value)
        except ValueError:
            raise WrongSetting(f"wrong setting: {name}={value!r} is no IP address; try 127.0.0.1 or 0.0.0.0") from None
    return str(value)


def _public_url(env: Env, port: int) -> str:
    value = env.str("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise WrongSetting(f"wrong setting: PUBLIC_URL={value!r} must look like https://example.org, without a path")
    return str(value)


def _database_url(env: Env) -> str:
    given = env.str("DATABASE_URL", "")
    if given and not given.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise WrongSetting("wrong setting: DATABASE_URL must be postgresql://user:password@host/name")
    return "postgresql+psycopg://" + given.split("://", 1)[1] if given else ""


def _redis_url(env: Env) -> str:
    given = env.str("REDIS_URL", "")
    if given and not given.startswith(("redis://", "rediss://", "unix://")):
        raise WrongSetting("wrong setting: REDIS_URL must be redis://host:port/0, rediss://… or unix:///path")
    return str(given)
