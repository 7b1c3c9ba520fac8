// An article as elements, the quoted sentences marked. Only text is ever set, so that nothing in it can come alive.

import { byline } from "./answer.js";
import { atQuote, clean, icon, make, safeUrl } from "./dom.js";

/** @typedef {import("./client.js").Article} Article */
/** @typedef {import("./client.js").Citation} Citation */

/**
 * Byline, the way to the article's own page, and the text.
 * @param {Article} article @param {Citation[]} quotes every quote from it @param {Citation} pressed
 * @param {import("./answer.js").Desk} desk
 * @returns {Node[]}
 */
export function articleParts(article, quotes, pressed, { say, language }) {
  const { text, isWhole } = paragraphs(article, quotes, pressed);
  const isLatest = (article.version ?? 1) >= (article.latest ?? 1);
  const about = [byline(article, { say, language }), article.author].filter(Boolean).join(" · ");
  const url = safeUrl(article.url);
  const href = url && atQuote(url, pressed.quote);
  return [
    make("p", { class: "byline" }, about),
    ...(url ? [make("p", { class: "away" }, make(
      "a",
      { href, target: "_blank", rel: "noopener noreferrer" },
      say("readAt", { host: url.host }),
      icon("away"),
    ))] : []),
    ...(!isWhole || !isLatest ? [make("p", { class: "note" }, say("changed"))] : []),
    text,
  ];
}

/**
 * The paragraphs, each quote marked that still stands where it stood.
 * @param {Article} article @param {Citation[]} quotes @param {Citation} pressed
 */
function paragraphs(article, quotes, pressed) {
  const points = Array.from(article.text); // code points: a string's own indices would count some characters twice
  const there = quotes.filter(({ start, end, quote }) => points.slice(start, end).join("") === quote);
  const cuts = new Set(there.flatMap(({ start, end }) => [start, end]));
  const text = make("div", { class: "text", lang: article.language });
  let paragraph = make("p", {});
  let from = 0;
  const flush = (/** @type {number} */ to) => {
    const part = points.slice(from, to).join("");
    const covering = there.filter(({ start, end }) => start <= from && to <= end);
    const isPressed = covering.some(({ start }) => start === pressed.start);
    if (part && covering.length) paragraph.append(make("mark", { class: isPressed ? "pressed" : null }, part));
    else if (part) paragraph.append(clean(part));
    from = to;
  };
  for (let at = 0; at <= points.length; at++) {
    const isEnd = at === points.length || (points[at] === "\n" && points[at + 1] === "\n");
    if (cuts.has(at) || isEnd) flush(at);
    if (isEnd) {
      if (paragraph.textContent?.trim()) text.append(paragraph);
      paragraph = make("p", {});
      while (points[at + 1] === "\n") at++;
      from = Math.min(at + 1, points.length);
    }
  }
  return { text, isWhole: there.length === quotes.length };
}
