// The side sheet: a cited article, scrolled to the highlighted sentence.

import { articleParts } from "./article.js";
import { problemOf } from "./client.js";
import { button, icon, make } from "./dom.js";

/** @typedef {import("./client.js").Citation} Citation */
/** @typedef {import("./client.js").Answer} Answer */

export class Sheet {
  #opening = 0;
  /** @type {?HTMLElement} where the focus returns */
  #from = null;

  /**
   * @param {import("./client.js").Client} client
   * @param {import("./answer.js").Desk} desk
   * @param {(isOpen: boolean) => void} changed
   */
  constructor(client, desk, changed) {
    this.client = client;
    this.desk = desk;
    this.changed = changed;
    this.heading = make("h2", { tabindex: -1, dir: "auto" });
    this.body = make("div", { class: "sheet-body", tabindex: 0, role: "group" });
    const back = button({ class: "plain back" }, () => this.close(), icon("back"), desk.say("back"));
    this.element = make("section", { class: "sheet", hidden: "" }, make("div", { class: "bar" }, back), this.body);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** @param {Citation} citation @param {Answer} answer @param {HTMLElement} from */
  async open(citation, answer, from) {
    const ticket = ++this.#opening;
    const [quotes, article] = [[...answer.citations, ...answer.nearest], citation.article_id];
    this.heading.textContent = "";
    /** @type {Node[]} */
    let content;
    let { title } = citation;
    let language = "";
    try {
      const read = await this.client.article(citation);
      title = read.title;
      language = read.language ?? "";
      content = articleParts(read, quotes.filter((quote) => quote.article_id === article), citation, this.desk);
    } catch (error) {
      const { kind, id } = problemOf(error);
      const known = kind === "question" ? "failed" : kind;
      const note = [this.desk.say(known, { n: 10 }), id && this.desk.say("request", { id })].filter(Boolean).join(" ");
      content = [make("p", { class: "problem", role: "alert" }, note)];
    }
    if (ticket !== this.#opening) return; // another was pressed meanwhile, or this one closed
    this.#from = from;
    this.heading.replaceChildren(make("span", { lang: language || null }, title));
    this.body.setAttribute("aria-label", title);
    this.body.replaceChildren(this.heading, ...content);
    this.element.hidden = false;
    this.changed(true);
    this.heading.focus({ preventScroll: true });
    this.#scrollTo(this.body.querySelector("mark.pressed"));
  }

  /** Close it; the focus goes back to the place that was pressed. */
  close({ quietly = false } = {}) {
    this.#opening++;
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.changed(false);
    if (!quietly && this.#from?.isConnected) this.#from.focus();
    this.#from = null;
  }

  /** Only the sheet scrolls, never the page. @param {?Element} mark */
  #scrollTo(mark) {
    const above = mark ? mark.getBoundingClientRect().top - this.body.getBoundingClientRect().top : 0;
    const wanted = mark ? this.body.scrollTop + above : 0;
    this.body.scrollTop = wanted < this.body.clientHeight / 2 ? 0 : wanted - this.body.clientHeight / 3;
  }
}
