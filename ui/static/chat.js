// @ts-check
// The source panel of the chat: opens the article of a pressed citation at the sentence. Articles come as JSON and
// are shown with textContent only, so that nothing in them can come alive.

/** @typedef {{id: string, title: string, publisher: ?string, author: ?string, published: ?string, url: ?string,
 *             language: ?string, text: string, version: number, latest: number, updated: ?string,
 *             superseded: ?string, correction: ?string}} Article one version of it */
/** @typedef {{start: number, end: number, quote: string}} Quote offsets in code points, as Python counts */

/** @type {?HTMLElement} the citation that opened the panel, where Escape leads back to */
let cameFrom = null;
/** @type {?HTMLElement} the citation whose article is shown */
let current = null;
let opening = 0;
let told = "";

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {string} tag
 * @param {Record<string, ?string>} attributes those that are null are left out
 * @param {...(Node | string)} children
 */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/**
 * Asked for each time: what is the latest version now may be superseded a moment later.
 * @param {string} id @param {?string} version null for the latest @returns {Promise<Article>}
 */
async function fetchArticle(id, version) {
  const address = new URL(`api/articles/${encodeURIComponent(id)}`, document.baseURI);
  if (version) address.searchParams.set("version", version);
  const response = await fetch(address);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? response.statusText);
  return body;
}

/** @param {HTMLElement} place @returns {Quote} */
const quoteOf = ({ dataset }) => ({
  start: Number(dataset.start),
  end: Number(dataset.end),
  quote: dataset.quote ?? "",
});

/** Every place of the same answer, in its order. @param {HTMLElement} place @returns {HTMLElement[]} */
const placesAround = (place) => [...(place.closest(".turn")?.querySelectorAll("[data-article]") ?? [place])].map(
  (found) => /** @type {HTMLElement} */ (found),
);

/** @param {?string} published */
function day(published) {
  const date = new Date(`${published?.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return published ?? "";
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** An http(s) link, or null. @param {?string} url */
function link(url) {
  try {
    const { protocol, href, hostname } = new URL(url ?? "");
    if (!["http:", "https:"].includes(protocol)) return null;
    return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, `Read at ${hostname}`);
  } catch {
    return null;
  }
}

/**
 * The article's paragraphs with the quotes marked.
 * @param {Article} article @param {Quote[]} quotes @param {Quote} pressed
 */
function paragraphs(article, quotes, pressed) {
  const points = Array.from(article.text); // code points: a string's own indices would count some characters twice
  const there = quotes.filter(({ start, end, quote }) => points.slice(start, end).join("") === quote);
  const cuts = new Set(there.flatMap(({ start, end }) => [start, end]));
  const result = make("div", { class: "article-text", lang: article.language, dir: "auto" });
  let paragraph = make("p", {});
  let from = 0;
  /** @param {number} to */
  const flush = (to) => {
    const text = points.slice(from, to).join("");
    const covers = (/** @type {Quote} */ quote) => quote.start <= from && to <= quote.end;
    if (text && there.some(covers)) {
      const isPressed = there.some((quote) => quote.start === pressed.start && covers(quote));
      paragraph.append(make("mark", { class: isPressed ? "pressed" : null }, text));
    } else if (text) paragraph.append(text);
    from = to;
  };
  for (let at = 0; at <= points.length; at++) {
    if (cuts.has(at) || at === points.length) flush(at);
    if (at === points.length || (points[at] === "\n" && points[at + 1] === "\n")) {
      flush(at);
      if (paragraph.textContent?.trim()) result.append(paragraph);
      paragraph = make("p", { dir: "auto" });
      while (points[at + 1] === "\n") at++;
      from = Math.min(at + 1, points.length);
    }
  }
  return { text: result, changed: there.length < quotes.length };
}

/** That this is no longer what the article says, and the way to what it says. @param {Article} article
 *  @param {HTMLElement} place */
function superseded(article, place) {
  const button = make("button", { type: "button", class: "latest" }, "Show the current version");
  button.addEventListener("click", () => openSource(place, { from: cameFrom, latest: true }));
  const since = `This is version ${article.version} of the article, superseded on ${day(article.superseded)}. `;
  return make("p", { class: "note superseded" }, since, button);
}

/** The articles that the same answer cites, to go from one to the next. @param {HTMLElement} place */
function neighbours(place) {
  const places = placesAround(place);
  /** @type {Map<string, HTMLElement[]>} */
  const byArticle = new Map();
  for (const found of places) {
    const id = found.dataset.article ?? "";
    byArticle.set(id, [...(byArticle.get(id) ?? []), found]);
  }
  if (byArticle.size < 2) return null;
  const items = [...byArticle].map(([id, found]) => {
    const marks = [...new Set(found.map(({ dataset }) => `[${dataset.number}]`))].join(" ");
    const button = make("button", { type: "button", "aria-current": String(id === place.dataset.article) });
    button.append(make("span", { class: "number" }, marks), ` ${found[0].dataset.title}`);
    button.addEventListener("click", () => openSource(found[0], { from: cameFrom }));
    return make("li", {}, button);
  });
  return make("nav", { "aria-label": "Cited articles" }, make("ul", {}, ...items));
}

/**
 * Show the article of a citation, scrolled to its sentence.
 * @param {HTMLElement} place
 * @param {{quietly?: boolean, from?: ?HTMLElement, latest?: boolean}} how quietly: without moving focus or page;
 *   latest: the version that stands now in place of the one that was cited
 */
async function openSource(place, { quietly = false, from = place, latest = false } = {}) {
  const ticket = ++opening;
  const body = byId("source-body");
  const quotes = placesAround(place).filter((found) => found.dataset.article === place.dataset.article).map(quoteOf);
  /** @type {Node[]} */
  let content;
  let title = "Source";
  let language = null;
  try {
    const article = await fetchArticle(place.dataset.article ?? "", latest ? null : place.dataset.version ?? null);
    title = article.title;
    language = article.language;
    const updated = article.updated && `updated on ${day(article.updated)}`;
    const about = [article.publisher, day(article.published), updated, article.author].filter(Boolean).join(" · ");
    const { text, changed } = paragraphs(article, quotes, quoteOf(place));
    const away = link(article.url);
    content = [make("p", { class: "byline" }, about, ...(away ? [about ? " · " : "", away] : []))];
    if (article.superseded) content.push(superseded(article, place));
    if (changed) content.push(make("p", { class: "note" }, "This article has changed since the answer was given."));
    for (const line of article.correction?.split("\n") ?? []) content.push(make("p", { class: "note" }, line));
    content.push(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    content = [make("p", { class: "problem" }, `The article cannot be shown: ${reason}`)];
  }
  if (ticket !== opening) return; // another was pressed meanwhile
  const heading = byId("source-title");
  heading.textContent = title;
  heading.lang = language ?? "";
  heading.dir = "auto";
  const beside = neighbours(place);
  const nav = document.querySelector("#source nav");
  nav?.remove();
  if (beside) heading.before(beside);
  body.replaceChildren(...content);
  markCurrent((current = place));
  cameFrom = from ?? place;
  /** @type {HTMLElement} */ (document.querySelector("#source .back")).hidden = false;
  if (!quietly) heading.focus({ preventScroll: true });
  show(body.querySelector("mark.pressed"), quietly);
}

/**
 * Scroll the panel (or, where it has no height of its own, the page) to a mark.
 * @param {?Element} mark @param {boolean} quietly
 */
function show(mark, quietly) {
  const panel = byId("source");
  const inside = panel.scrollHeight > panel.clientHeight + 1 && getComputedStyle(panel).overflowY === "auto";
  if (inside) {
    const above = mark ? mark.getBoundingClientRect().top - panel.getBoundingClientRect().top : 0;
    const wanted = panel.scrollTop + above;
    panel.scrollTop = wanted < panel.clientHeight / 2 ? 0 : wanted - panel.clientHeight / 3;
  }
  if (!quietly) (inside ? panel : mark ?? panel).scrollIntoView({ block: inside ? "nearest" : "center" });
}

/** Show in the conversation which citation is open beside it. @param {?HTMLElement} place */
function markCurrent(place) {
  for (const marked of document.querySelectorAll(".turn [aria-current]")) marked.removeAttribute("aria-current");
  if (!place?.isConnected) return;
  for (const same of placesAround(place)) {
    const isSame = same.dataset.start === place.dataset.start && same.dataset.article === place.dataset.article;
    if (isSame) same.setAttribute("aria-current", "true");
  }
}

function back() {
  const target = cameFrom?.isConnected ? cameFrom : document.querySelector("#question textarea");
  /** @type {?HTMLElement} */ (target)?.focus();
}

function reset() {
  opening++;
  markCurrent((current = cameFrom = null));
  byId("source-title").textContent = "Source";
  document.querySelector("#source nav")?.remove();
  /** @type {HTMLElement} */ (document.querySelector("#source .back")).hidden = true;
  const empty = "The article behind an answer opens here, at the sentence that is quoted.";
  byId("source-body").replaceChildren(make("p", { class: "source-empty" }, empty));
}

/** The conversation has changed: show what is new, and say an answer once, when it is complete. */
function changed() {
  const turns = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#conversation .turn"));
  const last = turns[turns.length - 1];
  const state = `${turns.length} ${last?.dataset.state}`;
  if (!last) reset();
  markCurrent(current); // Gradio has set the attributes back
  if (document.activeElement === document.body && matchMedia("(hover: hover)").matches) { // no keyboard on a phone
    /** @type {?HTMLElement} */ (document.querySelector("#question textarea"))?.focus({ preventScroll: true });
  }
  if (!last || state === told) return;
  told = state;
  last.scrollIntoView({ block: "nearest" });
  if (last.dataset.state !== "answered") return;
  byId("announcer").textContent = last.dataset.spoken ?? "";
  const first = /** @type {?HTMLElement} */ (last.querySelector(".chip"));
  if (first) openSource(first, { quietly: true });
  else reset(); // an article beside a refusal would look like its source
}

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.dataset.copy ?? "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard to write to but this.
    const area = make("textarea", { class: "unseen", "aria-hidden": "true" });
    document.body.append(area);
    /** @type {HTMLTextAreaElement} */ (area).value = text;
    /** @type {HTMLTextAreaElement} */ (area).select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = (button.dataset.label ??= button.textContent ?? ""); // it may be pressed again before it is back
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

document.addEventListener("citewire:changed", changed);
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const button = /** @type {?HTMLElement} */ (event.target.closest("button"));
  if (button?.dataset.article) openSource(button);
  else if (button?.dataset.copy) copy(button);
  else if (button?.matches("#source .back")) back();
  else if (button?.matches(".verbatim")) document.getElementById("verbatim-button")?.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && cameFrom && byId("source").contains(document.activeElement)) back();
});
