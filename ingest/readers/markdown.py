"""Markdown: YAML front matter, then text whose marks are read, not quoted."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from ingest.article import Article, clean
from ingest.errors import UnreadableError
from ingest.readers.metadata import known, plain
from ingest.readers.text import decode, load, make, title_from_name

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)(?:\r?\n)?---[ \t]*(?:\r?\n|\Z)(?P<body>.*)", re.DOTALL)
_markdown = MarkdownIt("commonmark").enable("table")


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a markdown file.

    Raises:
        UnreadableError: the front matter is broken, or there is no text.
    """
    stated, body = split_front_matter(decode(load(path)))
    nodes = SyntaxTreeNode(_markdown.parse(clean(body))).children
    title = plain(stated.get("title"))
    if title is None and nodes and nodes[0].type == "heading":
        title = _inline(nodes.pop(0))
    text = "\n\n".join(block for node in nodes if (block := _block(node)))
    yield make(title or title_from_name(path), text, str(path), **known(stated))


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """What the front matter states, and the text under it.

    Raises:
        UnreadableError: the front matter is not closed, not YAML, or not `key: value` lines.
    """
    match = _FRONT_MATTER.fullmatch(text)
    if match is None:
        if re.match(r"\ufeff?---[ \t]*\r?\n\w+:", text):
            raise UnreadableError("its front matter is not closed: end it with a line of three dashes")
        return {}, text
    try:
        stated = yaml.safe_load(match["yaml"])
    except (yaml.YAMLError, ValueError) as error:  # ValueError: YAML's own dates, such as 2024-02-31
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        reason = getattr(error, "problem", None) or error
        raise UnreadableError(
            f"its front matter is not YAML{where}: {reason}; quote values that hold a colon"
        ) from None
    if stated is not None and not isinstance(stated, dict):
        raise UnreadableError("its front matter is not a list of `key: value` lines")
    return stated or {}, match["body"]


def _block(node: SyntaxTreeNode) -> str:
    """One block as plain text; lists keep their dashes, each table row names its columns."""
    match node.type:
        case "heading" | "paragraph":
            return _inline(node)
        case "bullet_list" | "ordered_list":
            return "\n".join(f"- {_blocks(item)}" for item in node.children)
        case "blockquote":
            return _blocks(node)
        case "table":
            return _table(node)
        case "fence" | "code_block":
            return node.content.strip()
        case _:
            return ""


def _blocks(node: SyntaxTreeNode) -> str:
    return "\n".join(block for child in node.children if (block := _block(child)))


def _table(node: SyntaxTreeNode) -> str:
    """`Species: herring; Tonnes: 4,120` a row, so that a row can be read and quoted by itself."""
    rows = [[_inline(cell) for cell in row.children] for part in node.children for row in part.children]
    columns = rows[0]
    return "\n".join(
        "; ".join(f"{column}: {cell}" if column else cell for column, cell in zip(columns, row, strict=True) if cell)
        for row in rows[1:]
    )


def _inline(node: SyntaxTreeNode) -> str:
    """The words of an inline node, without marks, addresses and images."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "" if node.type == "image" else "".join(_inline(child) for child in node.children)
