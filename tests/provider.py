"""A chat model's provider: a real server that speaks OpenAI's protocol, and says and does what a test tells it to."""

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Iterable[str | threading.Event | None]  # an event is waited for; at None the connection breaks off

SAID = ("The ", "ferry leaves", " at no", "on. [1", "]")
CUT = (*SAID[:3], None)
HANG = (threading.Event(),)
ENDLESS = itertools.repeat("word ")


class Provider(ThreadingHTTPServer):
    """Answers each request with the next of its answers: a status code, or what is said; SAID when there is none left.

    Attributes:
        answers: those to come.
        requests: the headers and bodies that came in.
        dropped: set when somebody leaves in the middle of an answer.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int | Script] = []
        self.requests: list[tuple[Any, dict[str, Any]]] = []
        self.dropped = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def says(self, *script: str | threading.Event | None) -> None:
        """The next answer; nobody has left yet."""
        self.answers = [script]
        self.dropped.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.headers, body))
        answer = self.server.answers.pop(0) if self.server.answers else SAID
        if isinstance(answer, int):
            self._refuse(answer)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self._stream(answer)
        except OSError:
            self.server.dropped.set()

    def _refuse(self, status: int) -> None:
        told = json.dumps({"error": {"message": "wrong key sk-secret-1234", "type": "x", "code": None}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(told)

    def _stream(self, script: Script) -> None:
        for said in script:
            if said is None:
                return
            if isinstance(said, threading.Event):
                while not said.wait(0.05):
                    self.wfile.write(b": nothing\n\n")
                continue
            self._chunk({"choices": [{"index": 0, "delta": {"role": "assistant", "content": said}}]})
            time.sleep(0.01)
        self._chunk({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
        self._chunk({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, more: dict[str, Any]) -> None:
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", **more}
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()


@contextlib.contextmanager
def listening() -> Iterator[Provider]:
    """A provider, until the end of the block."""
    with Provider() as provider:
        thread = threading.Thread(target=provider.serve_forever)
        thread.start()
        yield provider
        provider.shutdown()
        thread.join()
