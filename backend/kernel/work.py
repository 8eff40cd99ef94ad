"""An RQ worker of one queue: `python -m backend.kernel.work alarms`. Without Redis it waits; the sweeper delivers.

One queue each: with several, RQ pops in a way that loses the job when the worker is killed. No fork per job: warm.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from backend.kernel import beat, db, jobs
from backend.kernel.boot import await_prepared, boot
from backend.kernel.config import settings

log = structlog.get_logger(__name__)
BEAT_S = 2.0
AGAIN_S = 2.0


class Worker(SimpleWorker):
    """RQ's worker in our process, which looks for Redis again every few seconds for as long as it is away."""

    max_connection_wait_time = 5.0
    is_asked_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.is_asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ has types in part

    def subscribe(self) -> None:
        """No remote commands: their listener would hold up our end for a minute."""

    def unsubscribe(self) -> None:
        pass


def work(name: str) -> None:
    """Work on the queue until told to stop."""
    jobs.periodic()  # imports the jobs of all features before the first alarm needs them
    await_prepared()
    threading.Thread(target=_beat, args=(name,), name="beat", daemon=True).start()
    url = settings().redis_url
    if url is None:
        log.warning("no Redis: this worker has nothing to do, the sweeper delivers")
        signal.pause()
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Longer than RQ waits on a quiet queue (405 s); redis-py's own 5 s would make it give up and start anew.
    connection = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=600)
    while True:
        _await_redis(connection)
        worker = Worker([Queue(name, connection=connection)], connection=connection)
        worker.work(logging_level="WARNING")
        if worker.is_asked_to_stop:
            return


def _await_redis(connection: Redis) -> None:
    is_logged = False
    while True:
        try:
            connection.ping()
            return
        except RedisError as error:
            if not is_logged:
                log.warning("Redis does not answer, the sweeper delivers meanwhile", error=str(error))
                is_logged = True
            time.sleep(AGAIN_S)


def _beat(name: str) -> None:
    while True:
        try:
            with db.transaction():
                beat.beat(name)
        except Exception as error:  # the database may restart; this thread must outlive it
            log.warning("no heartbeat written", error=str(error).splitlines()[0])
        time.sleep(BEAT_S)


if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in jobs.QUEUES]:
        raise SystemExit(f"usage: python -m backend.kernel.work {'|'.join(jobs.QUEUES)}")
    boot(sys.argv[1])
    work(sys.argv[1])
