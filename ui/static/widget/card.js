// The card beside a chip: the exact quote with its publisher and date, on hover, focus or touch.

import { byline } from "./answer.js";
import { make } from "./dom.js";

/** @typedef {import("./client.js").Citation} Citation */

const GAP = 8; // px between a chip and its card
const LINGER = 150; // ms to get from one to the other, and before one that is passed over shows

export class Card {
  /** @type {?HTMLElement} the chip that it belongs to */
  #chip = null;
  #timer = 0;
  #isFinger = false;

  /**
   * @param {HTMLElement} panel @param {string} language
   * @param {ReturnType<typeof import("./words.js").speaker>} say
   */
  constructor(panel, language, say) {
    this.panel = panel;
    this.language = language;
    this.say = say;
    this.element = make("div", { class: "card", id: "card", role: "tooltip", hidden: "" });
    this.element.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.element.addEventListener("pointerleave", () => this.#soon(null));
    this.element.addEventListener("click", () => this.#chip?.click());
    panel.append(this.element);
  }

  get isShown() {
    return Boolean(this.#chip);
  }

  /** @param {HTMLElement} chip @param {Citation} citation */
  watch(chip, citation) {
    const show = () => this.#show(chip, citation);
    chip.addEventListener("pointerdown", (event) => { this.#isFinger = event.pointerType === "touch"; });
    chip.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#soon(show));
    chip.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#soon(null));
    chip.addEventListener("focus", () => chip.matches(":focus-visible") && show());
    chip.addEventListener("blur", () => this.#soon(null));
    chip.addEventListener("click", (event) => {
      const isFirstTouch = this.#isFinger && this.#chip !== chip;
      if (isFirstTouch) { // a finger cannot hover: the first touch shows the quote, the second opens the article
        event.preventDefault();
        event.stopImmediatePropagation();
        show();
      } else this.hide();
      this.#isFinger = false;
    }, true);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#chip?.removeAttribute("aria-describedby");
    this.#chip = null;
    this.element.hidden = true;
  }

  /** @param {?(() => void)} show null to hide */
  #soon(show) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(show ?? (() => this.hide()), LINGER);
  }

  /** @param {HTMLElement} chip @param {Citation} citation */
  #show(chip, citation) {
    this.hide();
    if (!chip.isConnected) return;
    this.#chip = chip;
    this.element.replaceChildren(
      make("p", { class: "card-quote" }, citation.quote),
      make("p", { class: "card-title" }, citation.title),
      make("p", { class: "byline" }, byline(citation, this)),
      make("p", { class: "card-open", "aria-hidden": "true" }, this.say("openArticle")),
    );
    this.element.hidden = false;
    chip.setAttribute("aria-describedby", "card");
    this.#place(chip);
  }

  /** Below the chip, or above it where there is more room. @param {HTMLElement} chip */
  #place(chip) {
    const frame = this.panel.getBoundingClientRect();
    const around = chip.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height, style } = this.element;
    const column = (chip.closest(".talk") ?? this.panel).getBoundingClientRect();
    const left = Math.min(Math.max(around.left - width / 3, column.left + GAP), column.right - width - GAP);
    const isMoreAbove = around.top - frame.top > frame.bottom - around.bottom;
    const isAbove = around.bottom + GAP + height > frame.bottom && isMoreAbove;
    const top = isAbove ? around.top - GAP - height : around.bottom + GAP;
    style.left = `${left - frame.left}px`;
    style.top = `${Math.max(top - frame.top, GAP)}px`;
  }
}
