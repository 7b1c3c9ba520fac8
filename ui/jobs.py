"""Changing the library while it answers: uploads, removals, and syncs that run in the background."""

import contextlib
import logging
import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from ingest import CitewireError, Library, SyncProgress, SyncReport, sync
from ui.access import ADMIN, Caller
from ui.errors import BusyError, JobNotFoundError, UploadError
from ui.readiness import Readiness
from ui.uploads import discard, keep

_log = logging.getLogger("citewire")
_KEPT = 50  # jobs that can be asked about
_PATIENCE = 30  # seconds that an upload waits for a change that is under way
_LONGEST = 150  # bytes of a file's name
_NAME = re.compile(r"[^\w.() -]")


class Failure(BaseModel):
    """What could not be read, and why."""

    source: str
    reason: str


class Report(BaseModel):
    """What a change did, as article ids."""

    added: list[str] = []
    changed: list[str] = []
    removed: list[str] = []
    unchanged: int = Field(default=0, description="How many articles stayed as they were.")
    failed: list[Failure] = []
    hidden: int = Field(default=0, description="Zero-width, bidirectional and control characters that were left out.")

    @classmethod
    def of(cls, report: SyncReport) -> "Report":
        """The same, as the API gives it: names of files, not where they are on the server."""
        failed = [Failure(source=Path(found.source).name, reason=found.reason) for found in report.failed]
        return cls(
            added=list(report.added),
            changed=list(report.changed),
            removed=list(report.removed),
            unchanged=len(report.unchanged),
            failed=failed,
            hidden=sum(found.count for found in report.hidden),
        )


class JobShown(BaseModel):
    """How far a sync is."""

    id: str
    state: Literal["running", "done", "failed", "cancelled"]
    done: int = Field(description="Bytes of the files read so far.")
    total: int = Field(description="Bytes of all files; 0 until they are known.")
    articles: int = Field(description="Articles read so far.")
    message: str = Field(description="What went wrong; empty when nothing did.")
    report: Report | None = Field(description="What was done, when it is done.")


class _CancelledError(Exception):
    pass


@dataclass
class _Job:
    owner: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    shown: JobShown = field(init=False)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.shown = JobShown(id=self.id, state="running", done=0, total=0, articles=0, message="", report=None)

    def progress(self, state: SyncProgress) -> None:
        if self.cancelled.is_set():
            raise _CancelledError
        self.update(done=state.done, total=state.total, articles=state.articles)

    def update(self, **changes: object) -> None:
        self.shown = self.shown.model_copy(update=changes)


class Writing:
    """Changes the library, one change at a time. Whatever is done, questions go on being answered.

    Args:
        readiness: gives the library once it is open.
        uploads: the folder that keeps what was uploaded.
        sources: what a sync reads.
    """

    def __init__(self, readiness: Readiness, uploads: Path, sources: Sequence[Path]) -> None:
        self._readiness, self._uploads, self._sources = readiness, uploads, sources
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}

    def upload(self, name: str, content: bytes) -> Report:
        """Keep a file and put its articles into the library.

        Raises:
            UploadError: it has no name of a known format, cannot be kept, or holds no article that can be read; where
                some can be read, the report names those that cannot.
            BusyError: another change takes too long.
        """
        safe = _NAME.sub("_", Path(name.replace("\\", "/")).name)
        safe = safe.encode()[-_LONGEST:].decode("utf-8", "ignore").lstrip(".")
        path = self._uploads / safe
        if not Path(safe).stem or not Path(safe).suffix:
            raise UploadError("The file needs a name that says what it is, such as article.md.")
        with self._alone() as library:
            before = path.read_bytes() if path.exists() else None
            keep(path, content)
            try:
                report = Report.of(sync([path], library, allow_empty=True))
            except CitewireError as error:
                _put_back(path, before)
                raise UploadError(str(error).replace(str(path), safe)) from None
            if report.failed and not (report.added or report.changed or report.unchanged):
                _put_back(path, before)
                raise UploadError(f"{safe} could not be read: {report.failed[0].reason}.")
        return report

    def remove(self, article_id: str) -> None:
        """Remove an article, and the file that it alone was uploaded in.

        Raises:
            BusyError: another change takes too long.
        """
        with self._alone() as library:
            source = library.article(article_id).source
            library.remove([article_id])
            discard(source, self._uploads, library)

    def start(self, owner: str) -> JobShown:
        """Begin a sync of the sources that are set.

        Raises:
            UploadError: none are set.
            BusyError: another change is under way.
        """
        if not self._sources:
            raise UploadError("There is nothing to sync: name folders in CITEWIRE_SYNC_PATHS.")
        library = self._readiness.assistant().library
        if not self._lock.acquire(blocking=False):
            raise BusyError("The library is being changed already. Try again when that is done.")
        job = _Job(owner)
        self._jobs[job.id] = job
        for old in list(self._jobs)[:-_KEPT]:
            del self._jobs[old]
        threading.Thread(target=self._run, args=(job, library), name=f"sync-{job.id}", daemon=True).start()
        return job.shown

    def job(self, job_id: str, caller: Caller) -> JobShown:
        """How far a job is.

        Raises:
            JobNotFoundError: there is none, or it is another's.
        """
        return self._job(job_id, caller).shown

    def cancel(self, job_id: str, caller: Caller) -> JobShown:
        """Stop a job after the file that it reads; what it wrote so far stays, and nothing is removed.

        Raises:
            JobNotFoundError: there is none, or it is another's.
        """
        job = self._job(job_id, caller)
        job.cancelled.set()
        return job.shown

    def _job(self, job_id: str, caller: Caller) -> _Job:
        job = self._jobs.get(job_id)
        if job is None or (job.owner != caller.name and ADMIN not in caller.scopes):
            raise JobNotFoundError(f"There is no job {job_id!r}.")
        return job

    def _run(self, job: _Job, library: Library) -> None:
        try:
            report = sync(self._sources, library, progress=job.progress)
            job.update(state="done", report=Report.of(report))
        except _CancelledError:
            job.update(state="cancelled")
        except CitewireError as error:
            job.update(state="failed", message=str(error))
        except Exception:  # noqa: BLE001 - nobody stands above a thread to catch it
            _log.exception("The sync %s failed.", job.id)
            job.update(state="failed", message=f"Something went wrong; the log says what, under {job.id}.")
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Library]:
        library = self._readiness.assistant().library
        if not self._lock.acquire(timeout=_PATIENCE):
            raise BusyError("The library is being changed. Try again when that is done.")
        try:
            yield library
        finally:
            self._lock.release()


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        keep(path, before)


def router(writing: Writing) -> APIRouter:
    """The routes below /sync."""
    routes = APIRouter(prefix="/sync", tags=["Sync"])

    @routes.post("", status_code=202, summary="Start a sync")
    def start(request: Request) -> JobShown:
        """Make the library equal to the folders that the settings name (`sync_paths`), in the background."""
        return writing.start(request.state.caller.name)

    @routes.get("/{job_id}", summary="How far is it?")
    def state(job_id: Annotated[str, InPath(max_length=64)], request: Request) -> JobShown:
        """The state of a sync that you started."""
        return writing.job(job_id, request.state.caller)

    @routes.delete("/{job_id}", summary="Cancel a sync")
    def cancel(job_id: Annotated[str, InPath(max_length=64)], request: Request) -> JobShown:
        """It stops after the file that it reads. What it wrote so far stays, and nothing is removed."""
        return writing.cancel(job_id, request.state.caller)

    return routes
