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

# Between two lines of three dashes; a blank line after the first means that it is a rule above a paragraph.
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>(?:[^\n]*\n)*?)---[ \t]*(?:\n(?P<body>.*))?", re.DOTALL)
_OPENS = re.compile(r"---[ \t]*\n[ \t]*[^\s]")
_markdown = MarkdownIt("commonmark").enable("table")


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a markdown file.

    Raises:
        UnreadableError: the front matter is broken, or there is no text.
    """
    stated, body = split_front_matter(decode(load(path)))
    title = plain(stated.get("title"))
    try:
        nodes = SyntaxTreeNode(_markdown.parse(clean(body))).children
        if title is None and nodes and nodes[0].type == "heading":
            title = plain(_inline(nodes.pop(0)))
        text = "\n\n".join(block for node in nodes if (block := _block(node)))
    except RecursionError:
        raise UnreadableError("its markdown is nested too deeply") from None
    yield make(title or title_from_name(path), text, str(path), **known(stated))


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """What the front matter states, and the text under it.

    Raises:
        UnreadableError: the front matter is not closed, not YAML, or not `key: value` lines.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not _OPENS.match(text):
        return {}, text
    match = _FRONT_MATTER.fullmatch(text)
    if match is None:
        raise UnreadableError("its front matter is not closed: end it with a line of three dashes")
    try:
        stated = yaml.load(match["yaml"], Loader=_Loader)  # noqa: S506 - it makes strings, lists and dicts alone
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        reason = getattr(error, "problem", None) or error
        raise UnreadableError(
            f"its front matter is not YAML{where}: {reason}; quote values that hold a colon"
        ) from None
    if stated is not None and not isinstance(stated, dict):
        raise UnreadableError("its front matter is not a list of `key: value` lines")
    return stated or {}, match["body"] or ""


class _Loader(yaml.BaseLoader):
    """Every value as the text that was written: `language: no` is Norwegian. No aliases, which can explode; no tags."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(problem="aliases are not read")
        node = super().compose_node(parent, index)
        if node is not None and node.tag.rpartition(":")[2] not in ("str", "seq", "map"):
            raise yaml.constructor.ConstructorError(problem="tags are not read")
        return node


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
    if node.type == "html_inline":
        return " " if node.content.lower().startswith("<br") else ""
    return "" if node.type == "image" else "".join(_inline(child) for child in node.children)
