"""SMS for trials and tests: one JSON line `{phone, text, at}` each in DATA_DIR/sms.jsonl (0600)."""

from collections.abc import Sequence

from backend.kernel import clock, files
from backend.kernel.jsonable import dumps


def send(messages: Sequence[tuple[str, str]]) -> list[str | None]:
    """Append the messages; each line is written whole, also with several writing processes."""
    path = files.folder() / "sms.jsonl"
    for phone, text in messages:
        files.append_line(path, dumps({"phone": phone, "text": text, "at": clock.now()}))
    return [None] * len(messages)
