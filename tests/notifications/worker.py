"""A worker process for the fault tests: delivers what is due, over and over, until it is killed.

`python -m tests.notifications.worker`; people need no accounts here, everybody reads Chinese."""

import threading

from backend.kernel.boot import raise_file_limit
from notifications import contacts, jobs
from notifications.contacts import Contact

if __name__ == "__main__":
    raise_file_limit()
    contacts.register(lambda ids: {one: Contact("13800000000") for one in ids})
    print("ready", flush=True)
    while True:
        jobs.deliver()
        threading.Event().wait(0.05)
