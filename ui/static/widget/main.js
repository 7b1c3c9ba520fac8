// The launcher, the page's handle on the widget, and what is kept from page to page. Everything else waits for a click.

import { Client } from "./client.js";
import { readable } from "./colour.js";
import { button, icon, isIcon, make } from "./dom.js";
import { readOptions } from "./options.js";
import { Panel, PHONE } from "./panel.js";
import { speaker } from "./words.js";

const PAPER = { light: "#fcfbf8", dark: "#15171a" };
const ACCENT = "#1d4f7c";
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** @param {string} message */
const warn = (message) => console.warn(`citewire: ${message}`);

class Widget {
  /** @type {?Panel} */
  #panel = null;
  #isOpen = false;

  /** @param {string} base @param {import("./options.js").Options} options @param {?Element} target */
  constructor(base, options, target) {
    this.options = options;
    this.client = new Client(base, options);
    this.say = speaker(options.language);
    this.key = `citewire:${base}`;
    this.isInline = Boolean(target);
    this.host = document.createElement("citewire-widget");
    this.host.toggleAttribute("inline", this.isInline);
    const root = this.host.attachShadow({ mode: "open", delegatesFocus: false });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    root.adoptedStyleSheets = [sheet];
    const [vertical, side] = options.position.split("-");
    const isRightToLeft = getComputedStyle(target ?? document.documentElement).direction === "rtl";
    this.frame = make("div", {
      class: target ? "frame inline" : `frame floating ${vertical} ${side}`,
      lang: options.language,
      dir: isRightToLeft ? "rtl" : "ltr",
    });
    root.append(this.frame);
    for (const type of ["keydown", "keyup", "keypress"]) { // the page's shortcuts are not for what is typed here
      root.addEventListener(type, (event) => event.stopPropagation());
    }
    this.paint = this.paint.bind(this);
    this.paint();
    DARK.addEventListener("change", this.paint);
    this.launcher = this.isInline ? null : this.#launcher();
    (target ?? document.documentElement).append(this.host); // not in body: the page's own selectors count its children
    this.#begin();
  }

  /** @param {{quietly?: boolean}} how */
  open(how = {}) {
    if (!this.#panel) {
      this.#panel = new Panel(
        this.client, this.options, this.say, (name, detail) => this.#tell(name, detail),
        this.isInline ? null : () => this.close(),
      );
      this.frame.append(this.#panel.element);
      const { turns = [], draft = "" } = this.#kept();
      this.#panel.restore(turns, draft);
      this.#panel.input.addEventListener("input", () => this.#keep());
    }
    if (this.launcher) this.launcher.hidden = true;
    this.#panel.show(how);
    if (this.#isOpen) return;
    this.#panel.scrollToEnd();
    this.#isOpen = true;
    this.#tell("open", {});
  }

  close() {
    if (!this.#panel || this.isInline || !this.#isOpen) return;
    const hadFocus = Boolean(this.host.shadowRoot?.activeElement);
    this.#isOpen = false;
    if (this.launcher) this.launcher.hidden = false;
    this.#panel.hide();
    if (hadFocus) this.launcher?.focus();
    this.#tell("close", {});
  }

  /** @param {string} question */
  ask(question) {
    if (typeof question !== "string" || !question.trim()) {
      warn("ask() takes a question.");
      return;
    }
    this.open({ quietly: true });
    this.#panel?.ask(question);
  }

  destroy() {
    this.#panel?.conversation.stop();
    this.#panel = null;
    DARK.removeEventListener("change", this.paint);
    this.host.remove();
    Reflect.deleteProperty(window, "citewire");
  }

  /** The colours, as the options and the reader's system want them. */
  paint() {
    const { theme, color } = this.options;
    const scheme = theme === "auto" ? (DARK.matches ? "dark" : "light") : theme;
    this.frame.dataset.scheme = scheme;
    for (const [name, value] of Object.entries(readable(color ?? ACCENT, PAPER[scheme]))) {
      this.frame.style.setProperty(name, value);
    }
  }

  #launcher() {
    const { icon: name, label } = this.options;
    const sign = isIcon(name) ? icon(name) : name === "none" ? null : make("span", { "aria-hidden": "true" }, name);
    const launcher = button(
      { class: "launcher", "aria-haspopup": "dialog" }, () => this.open(), sign,
      make("span", { dir: "auto" }, label || this.options.title || this.say("title")),
    );
    this.frame.append(launcher);
    return launcher;
  }

  #begin() {
    const kept = this.#kept();
    const isWanted = (kept.open ?? this.options.open) && !PHONE.matches; // there it would cover the page
    if (this.isInline || isWanted) this.open({ quietly: true });
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    this.#keep();
    document.dispatchEvent(new CustomEvent(`citewire:${name}`, { detail }));
  }

  /** @returns {{turns?: import("./conversation.js").Turn[], draft?: string, open?: boolean}} */
  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    } catch {
      return {}; // no storage, or not ours
    }
  }

  #keep() {
    if (!this.#panel) return;
    const { conversation, input } = this.#panel;
    try {
      const kept = { turns: conversation.turns, draft: input.value, open: this.#isOpen };
      sessionStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // full, or not allowed: the conversation lasts as long as the page
    }
  }
}

/** @param {HTMLScriptElement} script */
function start(script) {
  if (window.citewire) {
    warn("the widget is on this page already; the second tag is left out.");
    return;
  }
  const options = readOptions(script.dataset, warn);
  const base = new URL(".", script.src).href;
  const target = options.target ? document.querySelector(options.target) : null;
  if (options.target && !target) warn(`data-target="${options.target}" is not on this page; it floats instead.`);
  const widget = new Widget(base, options, target);
  window.citewire = Object.freeze({
    open: () => widget.open(),
    close: () => widget.close(),
    ask: (/** @type {string} */ question) => widget.ask(question),
    destroy: () => widget.destroy(),
  });
  document.dispatchEvent(new CustomEvent("citewire:ready", { detail: {} }));
}

const tag = document.currentScript;
if (!(tag instanceof HTMLScriptElement)) warn("it must be a script tag of its own, and not a module.");
else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(tag));
else start(tag);
