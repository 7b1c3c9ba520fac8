// Elements, made so that no text can become markup, and the few formats that the widget shows.

// Control characters and marks that would reorder or hide the words around them; as in ui/wording.py.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm5 12 4.5 4.5",
  quote: "M10 7H5v6h5zm0 6c0 2.5-1.5 4-4 4.5M19 7h-5v6h5zm0 6c0 2.5-1.5 4-4 4.5",
  close: "M6 6l12 12M18 6 6 18",
  renew: "M12 5v14M5 12h14",
  send: "M12 19V6m-6 6 6-6 6 6",
  stop: "M7 7h10v10H7z",
  back: "M15 5l-7 7 7 7",
  away: "M13 5h6v6m0-6-9 9M10 6H5v13h13v-5",
};

/** Any text as it may be shown. @param {unknown} text */
export const clean = (text) => String(text ?? "").replace(UNSEEN, "");

/**
 * An element with text and elements inside.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | null | undefined>} attributes those that are null are left out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (tag === "p") element.dir = "auto"; // the page may read the other way
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, clean(value));
  }
  for (const child of children) {
    if (child) element.append(typeof child === "string" ? clean(child) : child);
  }
  return element;
}

/**
 * A button that does something.
 * @param {Record<string, string | number | null | undefined>} attributes
 * @param {(event: MouseEvent) => void} pressed
 * @param {...(Node | string | null | false)} children
 */
export function button(attributes, pressed, ...children) {
  const made = make("button", { type: "button", ...attributes }, ...children);
  made.addEventListener("click", pressed);
  return made;
}

/** @param {string} name */
export const isIcon = (name) => Object.hasOwn(ICONS, name);

/** @param {string} name one of ICONS */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  path.setAttribute("d", ICONS[/** @type {keyof typeof ICONS} */ (name)]);
  svg.append(path);
  return svg;
}

/**
 * An ISO date for people, "13 Mar 2019"; what is none stays as it is.
 * @param {?string | undefined} moment @param {string} language
 */
export function day(moment, language) {
  const date = new Date(`${moment?.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return moment ?? "";
  const locale = language === "en" ? "en-GB" : language;
  return date.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** The address if it may become a link: absolute, http or https. @param {?string} url @returns {?URL} */
export function safeUrl(url) {
  try {
    const found = new URL(url ?? "");
    return ["http:", "https:"].includes(found.protocol) && found.hostname ? found : null;
  } catch {
    return null;
  }
}

/** The article's own page, opened at a quote by a text fragment. @param {URL} url @param {string} quote */
export function atQuote(url, quote) {
  const encoded = (/** @type {string} */ text) => encodeURIComponent(text).replace(/-/g, "%2D");
  const words = quote.trim().split(/\s+/);
  const short = quote.length <= 200 && !quote.includes("\n");
  const range = short || words.length < 12
    ? encoded(words.join(" "))
    : `${encoded(words.slice(0, 5).join(" "))},${encoded(words.slice(-5).join(" "))}`;
  return `${url.href}${url.hash ? "" : "#"}:~:text=${range}`;
}
