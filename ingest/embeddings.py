"""The encoder for LangChain: apart, because importing LangChain takes longer than a sync of ten articles."""

from langchain_core.embeddings import Embeddings

from ingest.encoder import Encoder, load_encoder


class EncoderEmbeddings(Embeddings):
    """An encoder as LangChain Embeddings: for your own vector store or chain, with the packaged model.

    Args:
        encoder: None for the packaged one.
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder or load_encoder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors of texts to be found."""
        vectors: list[list[float]] = self.encoder.encode_documents(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vector: list[float] = self.encoder.encode_query(text).tolist()
        return vector
