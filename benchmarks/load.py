"""Fifty people ask a real server at once, and twenty of them leave while it answers. What it did, and what it kept.

python -m benchmarks.load LIBRARY --seconds 60

Needs Linux: memory, threads and open files are read from /proc.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

_ASKERS, _LEAVERS = 50, 20
_QUESTIONS = [
    "Why did Japan drop co-sponsorship?",
    "How high is the flood damage in Thornby?",
    "Why is the maternity ward in Thornby to close?",
    "How many turbines may be built on Hollin Moor?",
    "Who won the Nobel Prize for chemistry in 1911?",
]
_SERVE = """
import sys
from pathlib import Path
from qa import Settings
from ui.server import serve
serve(Settings(library=Path(sys.argv[1]), port=0), on_ready=lambda url: print(url, flush=True))
"""


@dataclass
class Seen:
    """What the askers met."""

    status: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


async def _ask(http: httpx2.AsyncClient, seen: Seen, until: float, *, leaves: bool) -> None:
    chance = random.Random(id(seen) + seen.status.total())
    while time.monotonic() < until:
        began = time.monotonic()
        body = {"question": chance.choice(_QUESTIONS)}
        try:
            async with http.stream("POST", "/api/ask/stream", json=body) as response:
                if response.status_code == 200 and leaves:
                    await asyncio.sleep(chance.random())  # some before the first word, some in the middle
                    seen.status["left"] += 1
                    continue
                await response.aread()
                told = "answered" if "event: done" in response.text else "error in the stream"
                later = " with Retry-After" if "retry-after" in response.headers else ""
                seen.status[told if response.status_code == 200 else f"{response.status_code}{later}"] += 1
                if response.status_code == 200:
                    seen.seconds.append(time.monotonic() - began)
                else:
                    await asyncio.sleep(float(response.headers.get("retry-after", 1)))
        except httpx2.HTTPError as error:
            seen.status[type(error).__name__] += 1


async def _all(url: str, seen: Seen, seconds: float) -> None:
    until = time.monotonic() + seconds
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=url, timeout=60, trust_env=False, limits=limits) as http:
        await asyncio.gather(*(_ask(http, seen, until, leaves=number < _LEAVERS) for number in range(_ASKERS)))


def _kept(pid: int) -> str:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return f"{int(status['VmRSS'].split()[0]) // 1024} MB, {status['Threads'].strip()} threads, {files} files"


def _figure(http: httpx2.Client, name: str) -> str:
    lines = http.get("/metrics").text.splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name} "))


def main() -> None:
    """Start a server, load it, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    command = [sys.executable, "-c", _SERVE, str(options.library)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = server.stdout.readline().strip() if server.stdout else ""
            asyncio.run(_all(url, Seen(), options.seconds / 6))  # what a server takes once, it takes now
            time.sleep(2)
            print("before:", _kept(server.pid))
            seen = Seen()
            asyncio.run(_all(url, seen, options.seconds))
            with httpx2.Client(base_url=url, trust_env=False) as http:
                time.sleep(2)
                print("after: ", _kept(server.pid))
                print("still running two seconds later:", _figure(http, "citewire_questions_running"))
            ordered = sorted(seen.seconds)
            print(", ".join(f"{count} {what}" for what, count in seen.status.most_common()))
            print(f"median {ordered[len(ordered) // 2]:.2f} s, p95 {ordered[len(ordered) * 95 // 100]:.2f} s")
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
