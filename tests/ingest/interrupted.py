"""Syncs that will be killed. A program: for each line on standard input, a process of its own that syncs.

It imports everything once and forks, so that each sync begins at once and a kill falls into its work.
"""

import json
import os
import sys

import chromadb  # noqa: F401 - imported before the fork, so that no fork has to

from ingest import Library, WordHashEncoder, sync


def work(library, sources):
    say("began")
    with Library.open(library, WordHashEncoder(), create=True, purpose="syncing") as opened:
        sync(sources, opened)


def say(what):
    os.write(1, f"{what}\n".encode())


if __name__ == "__main__":
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            work(**order)
            os._exit(0)
        say(child)
        _, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")
