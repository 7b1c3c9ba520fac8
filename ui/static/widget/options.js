// The options of the script tag: what there is, what it may be, and a warning that names whatever is not so.

import { isIcon } from "./dom.js";
import { LANGUAGES } from "./words.js";

/**
 * @typedef {object} Options
 * @property {string} title
 * @property {string} greeting
 * @property {?string} color accent, "#0b5fff"
 * @property {"auto" | "light" | "dark"} theme
 * @property {"bottom-right" | "bottom-left" | "top-right" | "top-left"} position
 * @property {?string} target selector of the element that it is shown in
 * @property {string} label
 * @property {string} icon
 * @property {string[]} starters
 * @property {string} language
 * @property {boolean} open
 * @property {string[]} publisher
 * @property {string[]} tag
 * @property {boolean} pageAware
 * @property {"sheet" | "page"} articles
 * @property {?string} token
 * @property {?string} tokenUrl
 * @property {string} contact
 */

/** @typedef {(value: string) => unknown} Rule gives the option's value, or undefined when it cannot be used */

/** @param {...string} values @returns {Rule} */
const oneOf = (...values) => (value) => (values.includes(value) ? value : undefined);
/** @type {Rule} */
const words = (value) => value.trim() || undefined;
/** @type {Rule} */
const list = (value) => value.split("|").map((part) => part.trim()).filter(Boolean);
/** @type {Rule} */
const flag = (value) => ({ "": true, true: true, false: false })[value];
/** @type {Rule} */
const selector = (value) => {
  try {
    document.querySelector(value);
    return value;
  } catch {
    return undefined;
  }
};

/** @type {Record<string, [unknown, Rule, string]>} default, rule, what it may be */
const TABLE = {
  title: ["", words, "words"],
  greeting: ["", words, "words"],
  color: [null, (value) => (/^#([\da-f]{3}|[\da-f]{6})$/i.test(value) ? value : undefined), "a colour such as #0b5fff"],
  theme: ["auto", oneOf("auto", "light", "dark"), "auto, light or dark"],
  position: [
    "bottom-right",
    oneOf("bottom-right", "bottom-left", "top-right", "top-left"),
    "bottom-right, bottom-left, top-right or top-left",
  ],
  target: [null, selector, "a selector such as #ask"],
  label: ["", words, "words"],
  icon: [
    "chat",
    (value) => (isIcon(value) || value === "none" || (value && value.length <= 4) ? value : undefined),
    "chat, search, quote, none, or one or two characters",
  ],
  starters: [[], list, "questions with | between them"],
  language: ["", oneOf(...Object.keys(LANGUAGES)), Object.keys(LANGUAGES).join(", ")],
  open: [false, flag, "true or false"],
  publisher: [[], list, "publishers with | between them"],
  tag: [[], list, "tags with | between them"],
  pageAware: [false, flag, "true or false"],
  articles: ["sheet", oneOf("sheet", "page"), "sheet or page"],
  token: [null, words, "a token"],
  tokenUrl: [null, words, "an address on this site"],
  contact: ["", words, "words"],
};

/** "tokenUrl" as it is written, "data-token-url". @param {string} name */
const written = (name) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * The options as a tag states them; what it does not state, or wrongly, has its default.
 * @param {DOMStringMap} dataset
 * @param {(message: string) => void} warn
 * @returns {Options}
 */
export function readOptions(dataset, warn) {
  const options = Object.fromEntries(Object.entries(TABLE).map(([name, [fallback]]) => [name, fallback]));
  for (const [name, value] of Object.entries(dataset)) {
    if (!Object.hasOwn(TABLE, name)) {
      warn(`${written(name)} is not an option. There are: ${Object.keys(TABLE).map(written).join(", ")}.`);
      continue;
    }
    const [, rule, allowed] = TABLE[name];
    const found = rule(value ?? "");
    if (found === undefined) warn(`${written(name)}="${value}" cannot be used; it may be ${allowed}.`);
    else options[name] = found;
  }
  options.language ||= pageLanguage();
  return /** @type {Options} */ (/** @type {unknown} */ (options));
}

/** The page's language, else the reader's, else English. */
function pageLanguage() {
  const wanted = [document.documentElement.lang, ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((language) => Object.hasOwn(LANGUAGES, language)) ?? "en";
}
