"""The articles over HTTP: list, read, upload, remove."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query, UploadFile
from fastapi.responses import Response

from ingest import ArticleNotFoundError, Library, Within, correction, fetched
from ui.jobs import Report, Writing
from ui.readiness import Readiness
from ui.shapes import ArticleListed, ArticleShown, CopyShown, Visible

_SHOWN = ("id", "title", "publisher", "published", "language", "author", "url", "text")
_Id = Annotated[str, Path(max_length=200)]


def router(readiness: Readiness, writing: Writing) -> APIRouter:
    """The routes below /articles.

    Args:
        readiness: gives the library once it is open.
        writing: changes the library, one change at a time.
    """
    routes = APIRouter(prefix="/articles", tags=["Articles"])

    @routes.get("", summary="List the articles")
    def articles(within: Visible) -> list[ArticleListed]:
        """Every article that you may see, newest first, without the texts."""
        entries = readiness.assistant().library.entries(within)
        return [ArticleListed.model_validate(entry, from_attributes=True) for entry in entries]

    @routes.get("/{article_id}", summary="Read an article")
    def article(
        article_id: _Id,
        within: Visible,
        version: Annotated[int | None, Query(ge=1, le=2**31, description="The latest where none is named.")] = None,
    ) -> ArticleShown:
        """One article with its text, to which the offsets of citations of the same version refer."""
        return read(readiness.assistant().library, article_id, within, version)

    @routes.post("", status_code=201, summary="Upload a file with articles")
    async def upload(file: UploadFile) -> Report:
        """The file is kept beside the library, and its articles are in it at once.

        A file of the same name takes the place of the earlier one.
        """
        content = await file.read()
        return await to_thread.run_sync(writing.upload, file.filename or "", content)

    @routes.delete("/{article_id}", status_code=204, summary="Remove an article")
    def remove(article_id: _Id, within: Visible) -> Response:
        """Remove an article, wholly. A sync of the folder that it came from would bring it back."""
        read(readiness.assistant().library, article_id, within)
        writing.remove(article_id)
        return Response(status_code=204)

    return routes


def read(library: Library, article_id: str, within: Within, version: int | None = None) -> ArticleShown:
    """An article that a caller may see, in one of its versions, the latest where none is named.

    Raises:
        ArticleNotFoundError: there is none; what the caller may not see is not there for them.
    """
    visible = within.allows(library.article(article_id))  # first: a word on its versions would tell that it is there
    edition = library.edition(article_id, version if visible else None)
    if not (visible and within.allows(edition.article)):
        raise ArticleNotFoundError(f"There is no article {article_id!r}. `citewire articles` lists what there is.")
    copies = library.copies(article_id, within)
    return ArticleShown(
        **{name: getattr(edition.article, name) for name in _SHOWN},
        version=edition.version,
        latest=edition.latest,
        updated=edition.since,
        fetched=None if edition.until else fetched(library.folder, [edition.article.source])[0],
        superseded=edition.until,
        correction=correction(edition.article),
        also=[CopyShown.model_validate(copy, from_attributes=True) for copy in copies],
    )
