"""The library as a LangChain retriever."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from ingest import Hit, Library


class LibraryRetriever(BaseRetriever):
    """Passages by words and by meaning, fused, best first.

    Each Document's `metadata` names the article, the place (`start`, `end` in the article's text), both ranks and the
    cosine similarity; `id` is the passage's.

    Attributes:
        library: an open library.
        limit: how many passages at the most.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    limit: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager  # part of LangChain's signature; there are no steps below this one to report
        return [document(hit) for hit in self.library.search(query, self.limit)]


def document(hit: Hit) -> Document:
    """A found passage as a LangChain document."""
    article, passage = hit.article, hit.passage
    metadata: dict[str, Any] = {
        "article_id": article.id,
        "title": article.title,
        "publisher": article.publisher,
        "published": article.published,
        "url": article.url,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
        "word_rank": hit.word_rank,
        "vector_rank": hit.vector_rank,
        "similarity": hit.similarity,
    }
    return Document(passage.text, id=passage.id, metadata=metadata)
