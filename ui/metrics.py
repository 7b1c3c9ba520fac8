"""Figures for Prometheus: requests, their time, and how many questions are answered and wait."""

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ui.asking import Asking
from ui.readiness import Readiness

# What is counted together; a path itself would make a series of each article
_KINDS = ("/api/ask", "/api/articles", "/api/search", "/api/sync", "/api/feedback", "/v1/", "/mcp", "/health/")


class Metrics:
    """The figures of one app."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "citewire_requests", "Requests answered", ["method", "kind", "status"], registry=self._registry
        )
        self._seconds = Histogram("citewire_request_seconds", "Time of a request", ["kind"], registry=self._registry)

    def observe(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        kind = next((kind for kind in _KINDS if path.startswith(kind)), "other")
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
        self._requests.labels(known, kind, str(status)).inc()
        self._seconds.labels(kind).observe(seconds)

    def add_to(self, app: FastAPI, readiness: Readiness, asking: Asking) -> None:
        """Add /metrics to an app."""
        gauges = {
            "citewire_ready": ("Whether questions are answered", lambda: float(readiness.ready)),
            "citewire_questions_running": ("Questions being answered or waiting", lambda: float(asking.running)),
            "citewire_questions_waiting": ("Questions waiting", lambda: float(asking.waiting)),
            "citewire_passages": (
                "Passages in the library",
                lambda: float(len(readiness.assistant().library)) if readiness.ready else 0.0,
            ),
        }
        for name, (what, value) in gauges.items():
            Gauge(name, what, registry=self._registry).set_function(value)

        @app.get("/metrics", tags=["Server"], summary="Figures for Prometheus", response_class=Response)
        def metrics() -> Response:
            """Needs the scope admin."""
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
