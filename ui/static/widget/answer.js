// An answer as elements: its sentences with a chip behind each, its sources, or what comes nearest.

import { button, clean, day, make, safeUrl, atQuote } from "./dom.js";

/** @typedef {import("./client.js").Citation} Citation */
/** @typedef {import("./client.js").Answer} Answer */
/** @typedef {ReturnType<typeof import("./words.js").speaker>} Say */

/**
 * What an answer's places call.
 * @typedef {object} Desk
 * @property {Say} say
 * @property {string} language
 * @property {boolean} elsewhere articles open on their own pages where they have one
 * @property {string} pageUrl of the page that is asked first; empty where none is
 * @property {(citation: Citation, answer: Answer, from: HTMLElement) => void} read opens the article at the quote
 * @property {(chip: HTMLElement, citation: Citation) => void} watch shows the quote beside the chip
 */

/**
 * "Aldwyn Courier, 4 Mar 2024, updated on 6 Mar 2024" as far as it is known.
 * @param {import("./client.js").Copy} cited @param {Pick<Desk, "say" | "language">} desk
 */
export const byline = ({ publisher, published, updated }, { say, language }) =>
  [publisher, day(published, language), updated && say("updated", { day: day(updated, language) })]
    .filter(Boolean).join(", ");

/**
 * What must be said with a source: who else prints it, and what it corrects.
 * @param {Citation} citation @param {Desk} desk
 */
function beside({ also = [], correction }, desk) {
  const others = also.map((copy) => byline(copy, desk) || copy.title).join("; ");
  const lines = [others && desk.say("also", { others }), ...(correction ?? "").split("\n")];
  return lines.filter(Boolean).map((line) => make("span", { class: "byline", dir: "auto" }, line));
}

/** @param {Answer} answer @param {Desk} desk @returns {Node[]} */
export function answerParts(answer, desk) {
  if (!answer.found) return notFound(answer, desk);
  if (answer.kind === "about") return [make("p", { class: "answer", dir: "auto" }, clean(answer.text))];
  const disagreeing = answer.conflicts.map((pair) => pair.map((number) => numbered(answer, number)));
  const link = (/** @type {Citation} */ citation) => chip(citation, answer, desk);
  return [
    ...(answer.prose ? prose(answer.prose, answer, desk) : []),
    make("p", { class: "answer" }, ...marked(answer, desk)),
    ...disagreeing.flatMap(([one, other]) => (one && other
      ? [make("p", { class: "note" }, desk.say("disagree"), " ", link(one), " ", link(other))]
      : [])),
    ...notes(answer),
    ...(isFromPage(answer, desk) ? [make("p", { class: "note" }, desk.say("fromPage"))] : []),
    sources(answer, desk),
    ...nearest(answer, desk),
  ];
}

/** What was taken for what and what was counted, as sentences. @param {Answer} answer */
const notes = ({ notes: said = [] }) => said.map((note) =>
  make("p", { class: "note" }, `${note.charAt(0).toUpperCase()}${note.slice(1)}.`));

/** What stands between two quotes; the day or side that the next one is under stands out. @param {string} between */
function labelled(between) {
  const found = between.match(/^((?:[^]*\n)?)(.+): $/);
  return found ? [found[1], make("span", { class: "label" }, found[2])] : [between];
}

/**
 * A model's sentences with their chips, and what was left out of them.
 * @param {import("./client.js").Prose} written @param {Answer} answer @param {Desk} desk
 */
function prose({ sentences, strict, done, declined, problem, model }, answer, desk) {
  const held = sentences.filter(({ verdict }) => verdict === "supported");
  const left = sentences.filter(({ verdict }) => verdict !== "supported");
  const struck = strict === "strike";
  const words = (struck ? sentences : held).flatMap(/** @returns {(string | Node)[]} */ (sentence) => {
    const cited = sentence.citations.map((number) => numbered(answer, number));
    const chips = cited.flatMap((one) => (one ? ["\u00a0", chip(one, answer, desk)] : []));
    const text = clean(sentence.text);
    return sentence.verdict === "supported" ? [text, ...chips, " "] : [make("del", { title: sentence.why }, text), " "];
  });
  const note = (/** @type {string} */ text) => make("p", { class: "note" }, text);
  const leftOut = desk.say(struck ? "struck" : "withheld", { n: left.length });
  return [
    words.length > 0 && make("p", { class: "answer prose", dir: "auto" }, ...words),
    !done && note(desk.say("writing")),
    done && left.length > 0 && (struck ? note(leftOut) : make(
      "details",
      { class: "note" },
      make("summary", {}, leftOut),
      ...left.map(({ text, why }) => make("p", { dir: "auto" }, `${clean(text)} (${why})`)),
    )),
    declined && note(desk.say("declined")),
    Boolean(problem) && note(problem),
    done && words.length > 0 && note(desk.say("writtenBy", { model })),
  ].filter((part) => part instanceof Node);
}

/** @param {Answer} answer @param {Desk} desk */
const isFromPage = ({ citations }, { pageUrl }) => Boolean(pageUrl) && citations.every(({ url }) => url === pageUrl);

/** What a screen reader says, once. @param {Answer} answer @param {Say} say */
export function spoken(answer, say) {
  if (!answer.found) return answer.nearest.length ? say("spokenNone", { n: answer.nearest.length }) : say("none");
  if (answer.kind === "about") return clean(answer.text);
  const n = byArticle(answer).length;
  return say(n === 1 ? "spokenOne" : "spoken", { n, text: clean((answer.prose?.text || answer.text).replace(/ ?\[\d{1,3}\]/g, "")) });
}

/** @param {Answer} answer @param {number} number */
const numbered = (answer, number) => answer.citations.find((citation) => citation.number === number);

/** @param {string} text */
const oneLine = (text) => text.split(/\s+/).filter(Boolean).join(" ");

/**
 * The text with its chips. Quotes are recognised whole, so that a [2] inside somebody's words never becomes a chip.
 * @param {Answer} answer @param {Desk} desk @returns {Node[]}
 */
function marked(answer, desk) {
  const quotes = [...new Set(answer.citations.map(({ quote }) => oneLine(quote)))].filter(Boolean);
  const literal = quotes
    .sort((a, b) => b.length - a.length)
    .map((quote) => quote.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const parts = [];
  let end = 0;
  let short = oneLine(answer.short);
  for (const found of answer.text.matchAll(new RegExp([...literal, "\\[(\\d{1,3})\\]"].join("|"), "g"))) {
    const cited = found[1] ? numbered(answer, Number(found[1])) : undefined;
    const between = answer.text.slice(end, found.index);
    if (cited && between === " ") parts.push("\u00a0"); // a chip stays with its sentence
    else parts.push(...((answer.kind ?? "quotes") === "quotes" ? [between] : labelled(between)));
    end = found.index + found[0].length;
    if (cited) parts.push(chip(cited, answer, desk));
    else if (short && found[0].includes(short)) {
      const at = found[0].indexOf(short);
      parts.push(found[0].slice(0, at), make("strong", {}, short), found[0].slice(at + short.length));
      short = ""; // once
    } else parts.push(found[0]);
  }
  parts.push(answer.text.slice(end));
  return parts.filter(Boolean).map((part) => (typeof part === "string" ? new Text(clean(part)) : part));
}

/** @param {Citation} citation @param {Answer} answer @param {Desk} desk @param {Record<string, string>} attributes */
function place(citation, answer, desk, attributes, /** @type {(Node | string)[]} */ ...children) {
  const url = desk.elsewhere ? safeUrl(citation.url) : null;
  const where = { "data-number": citation.number, "data-article": citation.article_id };
  if (url) {
    const href = atQuote(url, citation.quote);
    return make("a", { href, target: "_blank", rel: "noopener noreferrer", ...where, ...attributes }, ...children);
  }
  const made = button({ ...where, ...attributes }, () => desk.read(citation, answer, made), ...children);
  return made;
}

/** @param {Citation} citation @param {Answer} answer @param {Desk} desk */
function chip(citation, answer, desk) {
  const about = [citation.title, byline(citation, desk)].filter(Boolean).join(", ");
  const label = `${desk.say("source", { n: citation.number })}: ${about}`;
  const made = place(citation, answer, desk, { class: "chip", "aria-label": label }, String(citation.number));
  desk.watch(made, citation);
  return made;
}

/** Each cited article once, with the marks that point to it. @param {Answer} answer */
function byArticle(answer) {
  /** @type {Map<string, Citation[]>} */
  const found = new Map();
  for (const citation of answer.citations) {
    found.set(citation.article_id, [...(found.get(citation.article_id) ?? []), citation]);
  }
  return [...found.values()];
}

/** @param {Answer} answer @param {Desk} desk */
function sources(answer, desk) {
  const items = byArticle(answer).map((cited) => make(
    "li",
    {},
    make("span", { class: "number" }, cited.map(({ number }) => `[${number}]`).join(" ")),
    make(
      "span",
      { dir: "auto" },
      place(cited[0], answer, desk, { class: "source" }, cited[0].title),
      make("span", { class: "byline" }, byline(cited[0], desk)),
      ...beside(cited[0], desk),
      !cited[0].verified && make("span", { class: "unverified" }, desk.say("unverified")),
    ),
  ));
  return make("ul", { class: "sources", "aria-label": desk.say("sources") }, ...items);
}

/** @param {Answer} answer @param {Desk} desk @returns {Node[]} */
const notFound = (answer, desk) =>
  [make("p", { class: "answer none" }, desk.say("none")), ...notes(answer), ...nearest(answer, desk)];

/** What comes nearest: of a refusal, or besides the quotes in which a model finds no answer.
 *  @param {Answer} answer @param {Desk} desk @returns {Node[]} */
function nearest(answer, desk) {
  const items = answer.nearest.map((citation) => make(
    "li",
    {},
    place(citation, answer, desk, { class: "passage", dir: "auto" }, make("span", {}, citation.quote)),
    make("span", { class: "byline", dir: "auto" }, [citation.title, byline(citation, desk)].filter(Boolean).join(", ")),
  ));
  if (!items.length) return [];
  const note = desk.say(answer.found ? "next" : answer.reason === "nothing near" ? "far" : "nearest");
  return [make("p", { class: "note" }, note), make("ul", { class: "nearest" }, ...items)];
}
