"""The LangChain retriever: documents that say exactly where they stand."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from qa import Assistant, Settings


@pytest.fixture
def assistant(corpus, reader):
    return Assistant(corpus, reader, Settings())


def test_a_document_is_the_slice_that_its_metadata_names(assistant, questions):
    for question in questions[::40]:
        documents = assistant.as_retriever().invoke(question)
        assert len(documents) == 10
        for document in documents:
            article = assistant.library.article(document.metadata["article_id"])
            assert document.page_content == article.text[document.metadata["start"] : document.metadata["end"]]
            assert document.metadata["title"] == article.title
            assert document.id.startswith(f"{article.id}:")


def test_documents_are_those_of_the_search_in_its_order(assistant):
    hits = assistant.library.search("Who pays for the wall?", 5)
    documents = assistant.as_retriever(limit=5).invoke("Who pays for the wall?")
    assert [document.id for document in documents] == [hit.passage.id for hit in hits]
    scores = [document.metadata["score"] for document in documents]
    assert scores == sorted(scores, reverse=True)


def test_the_retriever_works_in_a_chain_in_batches_and_asynchronously(assistant):
    retriever = assistant.as_retriever(limit=3)
    count = retriever | RunnableLambda(len)
    assert count.invoke("the flood") == 3
    assert [len(found) for found in retriever.batch(["the flood", "the ward"])] == [3, 3]
    with ThreadPoolExecutor(1) as thread:  # the browser tests keep an event loop running in this one
        found = thread.submit(lambda: asyncio.run(retriever.ainvoke("the flood"))).result()
    assert found == retriever.invoke("the flood")
    assert all(isinstance(document, Document) for document in retriever.invoke("the flood"))


def test_an_empty_query_finds_nothing(assistant):
    assert assistant.as_retriever().invoke(" ") == []
