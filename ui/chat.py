"""The chat page. The only file that imports Gradio."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

# Gradio and its hub client read these when they are imported: nothing is sent anywhere, nothing is looked up.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr
from fastapi import FastAPI
from gradio.events import api as gradio_api

from ingest import ArticleNotFoundError, CitewireError, Library, Within
from qa import Answer, Turn
from ui import render, wording
from ui.asking import Asking
from ui.beating import beating
from ui.errors import unforeseen
from ui.holdings import holdings
from ui.readiness import Readiness
from ui.render import Exchange

_STATIC = Path(__file__).parent / "static"
_KEPT = 50  # exchanges that a conversation shows
_SHOWN = 500  # characters of a question that are shown
_STARTERS = 4
_TURNS = 20  # of a conversation that a follow-up is read with
_BEAT = 1.0  # seconds; only between two yields does Gradio see that a page has been closed

_MASTHEAD = """<header class="masthead"><h1>Citewire</h1><p class="holdings">{}</p></header>
<div id="announcer" class="unseen" role="status"></div>"""
_WELCOME = """<div class="welcome"><h2>Ask the articles</h2>
<p>Every answer is quoted from the articles. Press a number to read the sentence where it stands.</p></div>"""
_HINT = "<p>Answers are the articles’ own words. Whether an article is right is for you to judge.</p>"
_SOURCE = """<section id="source" aria-labelledby="source-title">
<p class="source-return"><button type="button" class="back" hidden>Back to the answer</button></p>
<h2 id="source-title" tabindex="-1">Source</h2>
<div id="source-body">
<p class="source-empty">The article behind an answer opens here, at the sentence that is quoted.</p>
</div>
</section>"""


def mount(app: FastAPI, readiness: Readiness, asking: Asking) -> FastAPI:
    """Mount the chat at / of an app, which must have a CORS policy: Gradio would echo any origin without one."""
    version = hashlib.sha256((_STATIC / "chat.js").read_bytes()).hexdigest()[:12]
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build(readiness, asking),
        "/",
        theme=_theme(),
        css_paths=_STATIC / "chat.css",
        head=f'<script type="module" src="citewire/chat.js?v={version}"></script>',
        favicon_path=str(_STATIC / "favicon.png"),
        footer_links=[],
        show_error=False,  # its text would show what is inside
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        max_file_size=1,
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
    )
    return mounted


def build(readiness: Readiness, asking: Asking) -> gr.Blocks:
    """The page: a conversation, and beside it the source of what is quoted.

    Args:
        readiness: gives the assistant once there is one; until then the page says what it waits for.
        asking: answers the questions.
    """
    desk = _Desk(readiness, asking)
    page: gr.Blocks
    with gr.Blocks(title="Citewire", analytics_enabled=False, fill_width=True) as page:
        masthead = gr.HTML(_MASTHEAD.format("&nbsp;"), elem_id="masthead", **_PLAIN)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", min_width=0):
                with gr.Column(elem_id="welcome") as welcome:
                    gr.HTML(_WELCOME, **_PLAIN)
                    starters = [gr.Button(visible=False, elem_classes="starter") for _ in range(_STARTERS)]
                conversation = gr.HTML("", elem_id="conversation", **{**_PLAIN, "js_on_load": _TELL_SCRIPT})
                form = _form()
            gr.HTML(_SOURCE, elem_id="source-column", **_PLAIN)
        _wire(desk, form, conversation, welcome, starters)
        page.load(desk.arrive, None, [masthead, *starters], **_OWN)
        gradio_api(desk.ask, api_name="ask")
    page.queue(default_concurrency_limit=None)  # the queue of `asking` is the only one
    return page


class _Form(NamedTuple):
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    verbatim: gr.Button
    clear: gr.Button


def _form() -> _Form:
    """Where a question is typed, and the buttons around it."""
    with gr.Column(elem_id="ask", min_width=0):
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label="Your question",
                show_label=False,
                placeholder="Ask the articles",
                lines=1,
                max_lines=5,
                container=False,
                autofocus=True,
                elem_id="question",
            )
            ask = gr.Button("Ask", variant="primary", elem_id="ask-button", min_width=0)
            stop = gr.Button("Stop", visible=False, elem_id="stop-button", min_width=0)
        with gr.Row(elem_id="ask-foot"):
            gr.HTML(_HINT, **_PLAIN)
            verbatim = gr.Button("As typed", elem_id="verbatim-button", min_width=0)
            clear = gr.Button("Clear", visible=False, elem_id="clear-button", min_width=0)
    return _Form(question, ask, stop, verbatim, clear)


def _wire(desk: "_Desk", form: _Form, conversation: gr.HTML, welcome: gr.Column, starters: list[gr.Button]) -> None:
    """What each button does."""
    exchanges = gr.State([])
    shown = [exchanges, conversation, form.question, welcome, form.stop, form.clear]
    # always_last: what is sent while an answer is growing is asked after it, not lost
    gr.on(
        [form.ask.click, form.question.submit],
        desk.answer,
        [form.question, exchanges],
        shown,
        trigger_mode="always_last",
        **_OWN,
    )
    for button in starters:
        button.click(desk.answer, [button, exchanges], shown, **_OWN)
    form.verbatim.click(desk.ask_as_typed, [exchanges], shown, **_OWN)
    # Not by Gradio's `cancels`: it closes the page's stream, and the server may notice that late enough to drop
    # the next question with it.
    form.stop.click(desk.stop, [exchanges], shown, queue=False, **_OWN)
    form.clear.click(desk.clear, [exchanges], shown, queue=False, **_OWN)


_PLAIN: dict[str, Any] = {"apply_default_css": False, "padding": False, "js_on_load": None}
_OWN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_TELL_SCRIPT = "watch('value', () => element.dispatchEvent(new CustomEvent('citewire:changed', {bubbles: true})));"


class _Desk:
    """What the page's events do. What a visitor has asked is in the page's state, never here."""

    def __init__(self, readiness: Readiness, asking: Asking) -> None:
        self._readiness, self._asking = readiness, asking

    async def arrive(self, request: gr.Request) -> AsyncIterator[list[Any]]:
        """The masthead and the starter questions, as soon as each is known."""
        hidden = [gr.Button(visible=False)] * _STARTERS
        while not self._readiness.ready:
            yield [_MASTHEAD.format(wording.words(self._readiness.reason)), *hidden]
            await asyncio.sleep(0.5)
        library, within = self._readiness.assistant().library, _within(request)
        entries = await asyncio.to_thread(library.entries, within)
        masthead = _MASTHEAD.format(holdings(len(entries), [entry.published for entry in entries]))
        yield [masthead, *hidden]
        while self._readiness.starters is None and self._readiness.ready:
            await asyncio.sleep(0.1)
        chosen = [gr.Button(starter, visible=True) for starter in self._readiness.starters or ()]
        yield [masthead, *(chosen + hidden)[:_STARTERS]]

    async def answer(
        self, question: str, exchanges: list[Exchange], request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        """The conversation with a question at its end and the answer growing below it."""
        if not question.strip():
            yield _shown(exchanges)
            return
        turns = [Turn(e.asked, e.answer.text if e.answer else "") for e in exchanges if e.asked][-_TURNS:]
        async for shown in self._answered(question, turns, exchanges[1 - _KEPT :], request):
            yield shown

    async def ask_as_typed(self, exchanges: list[Exchange], request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """The last question anew, its words as they were typed: nothing is taken from the turns before it."""
        if not exchanges:
            yield _shown(exchanges)
            return
        exchanges[-1].leave("replaced")
        async for shown in self._answered(exchanges[-1].asked, [], exchanges[:-1], request):
            yield shown

    async def _answered(
        self, question: str, turns: list[Turn], earlier: list[Exchange], request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        """`earlier` with the question at its end and the answer growing below it."""
        shown = question if len(question) <= _SHOWN else question[:_SHOWN] + "…"
        request_id, leaving = _state(request).request_id, asyncio.get_running_loop().create_future()
        exchange = Exchange(shown, asked=question, leaving=leaving)
        yield _shown([*earlier, exchange], clear_input=True)
        try:
            library = self._readiness.assistant().library
            growing = self._asking.stream(question, _within(request), turns, request_id=request_id)
            async with contextlib.aclosing(beating(growing, None, _BEAT, leaving)) as answers:
                async for answer in answers:
                    if answer:
                        exchange = replace(exchange, answer=answer, languages=_languages(library, answer))
                    yield _shown([*earlier, exchange]) if answer else _UNCHANGED
            exchange = exchange.stopped() if leaving.done() else replace(exchange, state="answered")
        except CitewireError as error:
            exchange = Exchange(shown, "failed", problem=str(error), asked=question)
        except Exception:  # noqa: BLE001 - logged there; the page must not spin for ever
            exchange = Exchange(shown, "failed", problem=unforeseen(request_id), asked=question)
        left = leaving.result() if leaving.done() else None
        if left == "replaced":  # by the same question anew, which shows the conversation from now on
            yield _UNCHANGED
        else:
            yield _shown([] if left == "cleared" else [*earlier, exchange])

    async def ask(self, question: str, request: gr.Request) -> str:
        """Answer a question from the articles. The answer is text, with its sources below."""
        request_id = _state(request).request_id
        try:
            return wording.plain(await self._asking.ask(question, _within(request), request_id=request_id))
        except CitewireError as error:
            raise gr.Error(str(error)) from None
        except Exception:  # noqa: BLE001 - logged there; its text is not for visitors
            raise gr.Error(unforeseen(request_id)) from None

    async def stop(self, exchanges: list[Exchange]) -> tuple[Any, ...]:
        """The conversation as it stands when the reader has had enough."""
        for exchange in exchanges:
            exchange.leave("stopped")
        return _shown([exchange.stopped() for exchange in exchanges])

    async def clear(self, exchanges: list[Exchange]) -> tuple[Any, ...]:
        """A new conversation."""
        for exchange in exchanges:
            exchange.leave("cleared")
        return _shown([])


_UNCHANGED = (gr.skip(),) * 6


def _shown(exchanges: list[Exchange], *, clear_input: bool = False) -> tuple[Any, ...]:
    answering = bool(exchanges) and exchanges[-1].state == "answering"
    return (
        exchanges,
        render.conversation(exchanges),
        "" if clear_input else gr.skip(),
        gr.Column(visible=not exchanges),
        gr.Button(visible=answering),
        gr.Button(visible=bool(exchanges)),
    )


def _within(request: gr.Request) -> Within:
    """The part of the library that the door lets a visitor see; nothing without one."""
    within: Within = _state(request).within
    return within


def _state(request: gr.Request) -> Any:
    """What the guard and the door noted of the request."""
    return request.request and request.request.state


def _languages(library: Library, answer: Answer) -> dict[str, str]:
    found = {}
    for article_id in {citation.article_id for citation in answer.citations}:
        try:
            language = library.article(article_id).language
        except ArticleNotFoundError:  # removed since it was cited
            continue
        if language:
            found[article_id] = language
    return found


def _theme() -> gr.themes.Base:
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#fcfbf8",
        body_background_fill_dark="#15171a",
        body_text_color="#1d1f21",
        body_text_color_dark="#e9e6df",
    )
