// The panel: head, conversation, question, and the sheet beside them. Made when the widget is first opened.

import { Card } from "./card.js";
import { pageUrl } from "./client.js";
import { Conversation } from "./conversation.js";
import { button, icon, make } from "./dom.js";
import { Sheet } from "./sheet.js";

const LONGEST = 2000; // characters of a question
export const PHONE = matchMedia("(max-width: 480px)");

export class Panel {
  /**
   * @param {import("./client.js").Client} client
   * @param {import("./options.js").Options} options
   * @param {ReturnType<typeof import("./words.js").speaker>} say
   * @param {(name: string, detail: object) => void} tell
   * @param {?(() => void)} close null in inline mode, which never closes
   */
  constructor(client, options, say, tell, close) {
    this.options = options;
    this.say = say;
    this.isInline = !close;
    this.close = close;
    const title = options.title || say("title");
    this.element = make(this.isInline ? "section" : "dialog", { class: "panel", "aria-label": title });
    const desk = {
      say,
      language: options.language,
      pageUrl: options.pageAware ? pageUrl() : "",
      elsewhere: options.articles === "page",
      read: this.#read.bind(this),
      watch: (/** @type {HTMLElement} */ chip, /** @type {import("./client.js").Citation} */ citation) =>
        this.card.watch(chip, citation),
    };
    this.tell = (/** @type {string} */ name, /** @type {object} */ detail) => {
      this.#changed();
      tell(name, detail);
    };
    this.conversation = new Conversation(client, desk, this.tell);
    this.sheet = new Sheet(client, desk, (isOpen) => this.element.classList.toggle("reading", isOpen));
    this.sheet.element.addEventListener("scroll", () => this.card.hide(), true);
    this.renew = this.#renewButton();
    this.welcome = this.#welcome();
    this.log = make("div", { class: "scroller" }, this.welcome, this.conversation.element, this.conversation.announcer);
    this.input = make("textarea", {
      rows: 1, maxlength: LONGEST, placeholder: say("placeholder"), "aria-label": say("question"), dir: "auto",
    });
    this.send = make("button", { class: "send", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.stop = this.#stopButton();
    const talk = make("div", { class: "talk" }, this.#head(title), this.log, this.#form());
    this.element.append(make("div", { class: "desk" }, talk, this.sheet.element));
    this.card = new Card(this.element, options.language, say);
    this.#listen();
    this.#changed();
  }

  /** Show it. @param {{quietly?: boolean}} how quietly: without taking the focus */
  show({ quietly = false } = {}) {
    if (this.element instanceof HTMLDialogElement && !this.element.open) {
      if (PHONE.matches) this.element.showModal(); // it covers the page: nothing behind may take the focus
      else this.element.open = true; // show() would take the focus
    }
    if (!quietly) this.input.focus({ preventScroll: true });
  }

  hide() {
    this.card.hide();
    if (this.element instanceof HTMLDialogElement) this.element.close();
  }

  /** @param {string} question */
  ask(question) {
    this.card.hide();
    this.sheet.close({ quietly: true });
    return this.conversation.ask(question.trim().slice(0, LONGEST));
  }

  /** @param {import("./conversation.js").Turn[]} turns @param {string} draft */
  restore(turns, draft) {
    this.conversation.restore(turns);
    this.input.value = draft;
    this.#changed();
  }

  /** The newest answer in view; possible once the panel is shown. */
  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /**
   * @param {import("./client.js").Citation} citation @param {import("./client.js").Answer} answer
   * @param {HTMLElement} from
   */
  #read(citation, answer, from) {
    this.card.hide();
    for (const place of this.element.querySelectorAll("[aria-current]")) place.removeAttribute("aria-current");
    from.setAttribute("aria-current", "true");
    this.tell("source", { article_id: citation.article_id, quote: citation.quote });
    return this.sheet.open(citation, answer, from);
  }

  #renewButton() {
    const { say } = this;
    const pressed = () => {
      this.sheet.close({ quietly: true });
      this.conversation.clear();
      this.input.focus();
    };
    return button({ class: "round", "aria-label": say("renew"), title: say("renew") }, pressed, icon("renew"));
  }

  #stopButton() {
    const { say } = this;
    const pressed = () => {
      this.conversation.stop();
      this.input.focus();
    };
    const attributes = { class: "send stop", "aria-label": say("stop"), title: say("stop"), hidden: "" };
    return button(attributes, pressed, icon("stop"));
  }

  /** @param {string} title */
  #head(title) {
    const { say, close } = this;
    return make(
      "header",
      { class: "head" },
      make("h2", { dir: "auto" }, title),
      this.renew,
      close && button({ class: "round", "aria-label": say("close"), title: say("close") }, close, icon("close")),
    );
  }

  #welcome() {
    const { starters, greeting } = this.options;
    const offers = starters.map((starter) => {
      const pressed = () => {
        this.ask(starter);
        this.input.focus();
      };
      return make("li", {}, button({ class: "starter", dir: "auto" }, pressed, starter));
    });
    return make(
      "div",
      { class: "welcome" },
      make("p", {}, greeting || this.say("greeting")),
      offers.length > 0 && make("ul", {}, ...offers),
    );
  }

  #form() {
    const field = make("div", { class: "field" }, this.input, this.send, this.stop);
    const form = make("form", { class: "ask" }, field, make("p", { class: "hint" }, this.say("hint")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const question = this.input.value;
      if (!question.trim()) return;
      this.input.value = "";
      this.ask(question);
      this.input.focus();
    });
    this.input.addEventListener("keydown", (event) => {
      const isComposing = event.isComposing || event.keyCode === 229; // Enter chooses a word in an input method
      if (event.key !== "Enter" || event.shiftKey || isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    return form;
  }

  #listen() {
    this.log.addEventListener("scroll", () => this.card.hide());
    this.element.addEventListener("cancel", (event) => event.preventDefault()); // Escape is heard below
    this.element.addEventListener("keydown", (event) => {
      if (!(event instanceof KeyboardEvent) || event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      if (this.card.isShown) this.card.hide();
      else if (this.sheet.isOpen) this.sheet.close();
      else this.close?.();
    });
    PHONE.addEventListener("change", () => {
      if (this.element instanceof HTMLDialogElement && this.element.open) {
        this.element.close();
        this.show();
      }
    });
  }

  /** Bring the buttons in step with the conversation. */
  #changed() {
    const { turns, isAsking } = this.conversation;
    this.welcome.hidden = turns.length > 0;
    this.renew.hidden = turns.length === 0;
    this.send.hidden = isAsking;
    this.stop.hidden = !isAsking;
  }
}
