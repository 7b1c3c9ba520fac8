"""Syncs that will be killed. A program: for each line on standard input, a process of its own that syncs.

It imports everything once and forks, so that each sync begins at once and a kill falls into its work.
"""

import json
import os
import sys

import chromadb  # noqa: F401 - imported before the fork, so that no fork has to

from ingest import AddressRules, Fetcher, Library, WordHashEncoder, sync


def work(library, sources):
    say("began")
    with Library.open(library, WordHashEncoder(), create=True, purpose="syncing") as opened, on_loopback() as fetcher:
        sync(sources, opened, fetcher=fetcher)


def on_loopback():
    """Fetches from a test's own site, without a pause."""
    return Fetcher(AddressRules(loopback=True), delay=0)


def say(what):
    os.write(1, f"{what}\n".encode())


if __name__ == "__main__":
    last = None
    for line in sys.stdin:
        if last is not None:
            os.waitpid(last, 0)
        order = json.loads(line)
        last = os.fork()
        if last == 0:
            work(**order)
            os._exit(0)
        say(last)
        # Not reaped yet: until the next order its id stays its own, so that a late kill hits nobody else.
        ended = os.waitid(os.P_PID, last, os.WEXITED | os.WNOWAIT)
        say(f"ended {-ended.si_status if ended.si_code == os.CLD_KILLED else ended.si_status}")
