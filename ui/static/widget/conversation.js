// The conversation: questions, their answers as they grow, and what became of those that failed.

import { answerParts, spoken } from "./answer.js";
import { problemOf } from "./client.js";
import { button, clean, icon, make } from "./dom.js";

/** @typedef {import("./client.js").Answer} Answer */
/** @typedef {import("./client.js").Problem} Problem */
/** @typedef {{question: string, state: "answering" | "answered" | "stopped" | "failed", answer?: Answer,
 *             problem?: Problem}} Turn */

const KEPT = 20; // turns

/** @param {Turn} turn @returns {import("./client.js").Said} */
const said = ({ question, answer }) => ({ question, answer: answer?.text ?? "" });

/** @param {string} text */
const plain = (text) => text.toLowerCase().split(/\s+/).filter(Boolean).join(" ").replace(/[ ?.!]+$/, "");

/** An answer of which nothing more is to come. @param {Answer | undefined} answer */
const ended = (answer) => (answer?.prose ? { ...answer, prose: { ...answer.prose, done: true } } : answer);

export class Conversation {
  /** @type {Turn[]} */
  turns = [];
  /** @type {?AbortController} */
  #asking = null;

  /**
   * @param {import("./client.js").Client} client
   * @param {import("./answer.js").Desk} desk
   * @param {(name: string, detail: object) => void} tell what happened, for the page and for storage
   */
  constructor(client, desk, tell) {
    this.client = client;
    this.desk = desk;
    this.tell = tell;
    this.element = make("div", { class: "log" });
    this.announcer = make("p", { class: "unseen", role: "status" });
  }

  get isAsking() {
    return Boolean(this.#asking);
  }

  /** Show what was said on an earlier page. @param {Turn[]} turns */
  restore(turns) {
    this.turns = turns.map((turn) => (turn.state === "answering" ? { ...turn, state: "stopped" } : turn));
    this.element.replaceChildren(...this.turns.map((turn) => this.#turnElement(turn)));
  }

  /**
   * Ask, stopping what is being answered.
   * @param {string} question
   * @param {{verbatim?: boolean}} how verbatim: the words as they are, nothing taken from the turns before
   */
  async ask(question, { verbatim = false } = {}) {
    this.stop();
    const history = verbatim ? [] : this.turns.map(said);
    const asking = new AbortController();
    this.#asking = asking;
    /** @type {Turn} */
    const turn = { question, state: "answering" };
    this.turns = [...this.turns.slice(1 - KEPT), turn];
    while (this.element.children.length >= KEPT) this.element.firstElementChild?.remove();
    const shown = this.#turnElement(turn);
    this.element.append(shown);
    this.#scrollTo(shown);
    this.announcer.textContent = "";
    this.tell("question", { question });
    try {
      for await (const answer of this.client.ask(question, history, asking.signal)) {
        turn.answer = answer;
        this.#draw(shown, turn);
      }
      turn.state = "answered";
    } catch (error) {
      turn.state = asking.signal.aborted ? "stopped" : "failed";
      if (turn.state === "failed") turn.problem = problemOf(error);
    }
    if (this.#asking === asking) this.#asking = null;
    this.#draw(shown, turn);
    if (!this.#asking) this.#scrollTo(shown); // else the next question has taken its place
    this.#report(turn);
  }

  stop() {
    this.#asking?.abort();
    this.#asking = null;
  }

  clear() {
    this.stop();
    this.turns = [];
    this.element.replaceChildren();
    this.announcer.textContent = "";
    this.tell("cleared", {});
  }

  /** Tell the page, and say an answer once. @param {Turn} turn */
  #report({ state, question, answer, problem }) {
    if (state === "answered" && answer) {
      this.announcer.textContent = spoken(answer, this.desk.say);
      this.tell("answer", { question, answer });
    } else if (state === "failed") {
      this.announcer.textContent = this.#words(/** @type {Problem} */ (problem));
      this.tell("error", { question, ...problem });
    } else {
      if (!this.#asking) this.announcer.textContent = this.desk.say("stopped");
      this.tell("stopped", { question });
    }
  }

  /** @param {Turn} turn */
  #turnElement(turn) {
    const shown = make("article", { class: "turn" });
    this.#draw(shown, turn);
    return shown;
  }

  /** @param {HTMLElement} shown @param {Turn} turn */
  #draw(shown, turn) {
    const root = /** @type {ShadowRoot} */ (shown.getRootNode());
    const focused = shown.isConnected && root.activeElement instanceof HTMLElement && shown.contains(root.activeElement)
      ? `${root.activeElement.className}${root.activeElement.dataset.number}`
      : null;
    shown.dataset.state = turn.state;
    shown.replaceChildren(make("h3", { class: "question", dir: "auto" }, turn.question), ...this.#parts(turn));
    if (!focused) return;
    const same = [...shown.querySelectorAll("button, a")].find(
      (found) => found instanceof HTMLElement && `${found.className}${found.dataset.number}` === focused,
    );
    if (same instanceof HTMLElement) same.focus({ preventScroll: true });
  }

  /** @param {Turn} turn @returns {Node[]} */
  #parts(turn) {
    const { say } = this.desk;
    const { state, problem } = turn;
    const answer = state === "answering" ? turn.answer : ended(turn.answer);
    const parts = answer && (answer.found || state === "answered") ? answerParts(answer, this.desk) : [];
    if (answer && parts.length) parts.unshift(...this.#searchedParts(turn, answer));
    if (state === "answering" && !parts.length) parts.push(make("p", { class: "note waiting" }, say("reading")));
    if (state === "stopped") parts.push(make("p", { class: "note" }, say("stopped")));
    if (state === "failed" && problem) parts.push(...this.#problemParts(problem));
    if (state === "stopped" || state === "failed") {
      const again = () => this.ask(turn.question);
      parts.push(make("div", {}, button({ class: "plain retry" }, again, say("retry"))));
    }
    return parts;
  }

  /** What was searched for in place of what was typed, and the way to undo that. @param {Turn} turn
   *  @param {Answer} answer */
  #searchedParts(turn, { question, searched_for: searched }) {
    if (!searched || plain(searched) === plain(question)) return [];
    const { say } = this.desk;
    const undo = () => this.#askAsTyped(turn);
    const shown = make("span", { dir: "auto" }, clean(searched));
    return [make("p", { class: "searched" }, say("searched"), " ", shown, " ", button({ class: "verbatim" }, undo, say("asTyped")))];
  }

  /** @param {Turn} turn the last one, which is asked anew */
  #askAsTyped(turn) {
    if (this.turns.at(-1) !== turn) return;
    this.turns = this.turns.slice(0, -1);
    this.element.lastElementChild?.remove();
    this.ask(turn.question, { verbatim: true });
  }

  /** @param {Problem} problem */
  #words({ kind, message, wait }) {
    return kind === "question" && message ? message : this.desk.say(kind === "question" ? "failed" : kind, { n: wait });
  }

  /** In plain words, with the request's id, and to whom to turn. @param {Problem} problem */
  #problemParts(problem) {
    const { say } = this.desk;
    const { contact } = this.client.options;
    const check = new URL(`widget/check?origin=${encodeURIComponent(location.origin)}`, this.client.base);
    const isSetUp = !["unreachable", "denied"].includes(problem.kind);
    return [
      make("p", { class: "problem" }, this.#words(problem)),
      problem.id ? make("p", { class: "byline" }, say("request", { id: problem.id })) : null,
      contact ? make("p", { class: "note" }, say("contact", { who: contact })) : null,
      isSetUp ? null : make("p", { class: "note" }, make(
        "a",
        { href: check.href, target: "_blank", rel: "noopener" },
        say("check"),
        icon("away"),
      )),
    ].filter((part) => part !== null);
  }

  /** @param {HTMLElement} shown */
  #scrollTo(shown) {
    const scroller = this.element.parentElement;
    if (scroller) scroller.scrollTop += shown.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 16;
  }
}
