// Talks to the server: a question and its growing answer, an article, and what went wrong in plain terms.

/**
 * @typedef {object} Citation
 * @property {number} number
 * @property {string} article_id
 * @property {string} title
 * @property {?string} publisher
 * @property {?string} published
 * @property {?string} url
 * @property {string} quote
 * @property {number} start in code points, as Python counts
 * @property {number} end
 * @property {boolean} verified
 * @property {number} [version] of the article; left out by a server that keeps none
 * @property {?string} [updated]
 * @property {?string} [correction] the article's own notices, one a line
 * @property {Copy[]} [also] the same story elsewhere
 */
/** @typedef {Pick<Citation, "title" | "publisher" | "published" | "updated">} Copy */
/** @typedef {{question: string, searched_for?: string, found: boolean, text: string, short: string,
 *             citations: Citation[], conflicts: [number, number][], nearest: Citation[], reason?: string,
 *             kind?: string, notes?: string[], prose?: ?Prose}} Answer */
/** @typedef {{text: string, citations: number[], verdict: string, why: string}} Sentence */
/** @typedef {{model: string, text: string, sentences: Sentence[], strict: string, done: boolean, declined: boolean,
 *             problem: string}} Prose what a chat model made of the quotes */
/** @typedef {{id: string, title: string, publisher: ?string, author: ?string, published: ?string, url: ?string,
 *             language: ?string, text: string, updated?: ?string, version?: number, latest?: number}} Article */
/** @typedef {{question: string, answer: string}} Said an earlier turn, as the server takes it */
/** @typedef {"unreachable" | "denied" | "limited" | "busy" | "late" | "gone" | "question" | "failed"} Kind */
/** @typedef {{kind: Kind, message: string, id: string, wait: number}} Problem message: the server's own words */

const PATIENCE = 45_000; // ms without a byte; the server's heartbeats come far more often

export class ProblemError extends Error {
  /** @param {Kind} kind @param {Partial<Problem>} known */
  constructor(kind, known = {}) {
    super(known.message || kind);
    /** @type {Problem} */
    this.problem = { kind, message: "", id: "", wait: 0, ...known };
  }
}

/** What the reader may be told of any error. @param {unknown} error @returns {Problem} */
export const problemOf = (error) => (error instanceof ProblemError ? error : new ProblemError("failed")).problem;

export class Client {
  /** @type {?string} */
  #token;

  /** @param {string} base the server's address @param {import("./options.js").Options} options */
  constructor(base, options) {
    this.base = base;
    this.options = options;
    this.#token = options.token;
  }

  /**
   * The answer as it grows; the last one is whole. Where the page is itself an article, that is asked first.
   * @param {string} question @param {Said[]} history @param {AbortSignal} signal
   * @returns {AsyncGenerator<Answer>}
   */
  async *ask(question, history, signal) {
    const { publisher, tag, pageAware } = this.options;
    const filters = { ...(publisher.length && { publishers: publisher }), ...(tag.length && { tags: tag }) };
    if (pageAware) {
      let isFound = false;
      for await (const answer of this.#stream(question, history, { ...filters, url: pageUrl() }, signal)) {
        isFound ||= answer.found && answer.kind !== "about"; // what it is, it says of all that may be asked
        if (isFound) yield answer;
      }
      if (isFound) return;
    }
    yield* this.#stream(question, history, filters, signal);
  }

  /**
   * @param {string} question @param {Said[]} history @param {object} filters @param {AbortSignal} signal
   * @returns {AsyncGenerator<Answer>}
   */
  async *#stream(question, history, filters, signal) {
    const body = JSON.stringify({ question, history, filters });
    const own = new AbortController();
    const stop = () => own.abort();
    signal.addEventListener("abort", stop);
    let late = false;
    const giveUp = () => { late = true; stop(); };
    let timer = setTimeout(giveUp, PATIENCE);
    try {
      const response = await this.#fetch("api/ask/stream", { method: "POST", body, signal: own.signal });
      for await (const { event, data } of events(response)) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, PATIENCE);
        if (event === "answer" || event === "done") yield data;
        if (event === "error") throw told(data.error ?? {});
        if (event === "done") return;
      }
      throw new ProblemError("unreachable"); // the connection was cut
    } catch (error) {
      if (late) throw new ProblemError("late");
      throw error instanceof TypeError ? new ProblemError("unreachable") : error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      own.abort(); // whoever stops listening stops the server's work
    }
  }

  /** The article in the version that was cited. @param {Citation} citation @returns {Promise<Article>} */
  async article({ article_id: id, version }) {
    const query = version ? `?version=${version}` : "";
    return (await this.#fetch(`api/articles/${encodeURIComponent(id)}${query}`, {})).json();
  }

  /** @param {string} path @param {RequestInit} request @returns {Promise<Response>} */
  async #fetch(path, request, again = true) {
    const { tokenUrl } = this.options;
    if (tokenUrl) this.#token ??= await freshToken(tokenUrl);
    /** @type {Record<string, string>} */
    const headers = request.body ? { "Content-Type": "application/json" } : {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const whole = { ...request, headers, credentials: /** @type {const} */ ("omit") };
    const response = await fetch(new URL(path, this.base), whole).catch((error) => {
      throw error instanceof TypeError ? new ProblemError("unreachable") : error;
    });
    if (response.ok) return response;
    if (response.status === 401 && tokenUrl && again) { // it has run out: another, once
      this.#token = null;
      return this.#fetch(path, request, false);
    }
    throw await refused(response);
  }
}

/** The address under which the archive would know this page. */
export function pageUrl() {
  const canonical = document.querySelector("link[rel=canonical]");
  return canonical instanceof HTMLLinkElement && canonical.href || location.href.split("#")[0];
}

/** A token from the page's own server: as JSON {"token": …} or as plain text. @param {string} url */
async function freshToken(url) {
  const response = await fetch(new URL(url, document.baseURI), { cache: "no-store" }).catch(() => null);
  const text = response?.ok ? (await response.text()).trim() : "";
  try {
    return /** @type {string} */ (JSON.parse(text).token);
  } catch {
    if (text) return text;
    throw new ProblemError("denied");
  }
}

/** @param {Response} response @returns {Promise<ProblemError>} */
async function refused(response) {
  const { error = {} } = await response.json().catch(() => ({}));
  const { status, headers } = response;
  /** @type {Record<number, Kind>} */
  const kinds = { 401: "denied", 403: "denied", 404: "gone", 422: "question", 429: "limited", 503: "busy" };
  return new ProblemError(kinds[status] ?? "failed", {
    message: error.message ?? "",
    id: error.request_id ?? headers.get("X-Request-Id") ?? "",
    wait: Number(headers.get("Retry-After")) || 10,
  });
}

/**
 * An error that came in the middle of a stream.
 * @param {{code?: string, message?: string, request_id?: string}} error
 */
function told({ code = "", message, request_id: id }) {
  /** @type {Record<string, Kind>} */
  const kinds = { question: "question", busy: "busy", not_ready: "busy" };
  return new ProblemError(kinds[code] ?? "failed", { message, id });
}

/** Server-sent events, one object each; comments, the heartbeats, have no data. @param {Response} response */
async function* events(response) {
  if (!response.body) throw new ProblemError("failed");
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buffer = (buffer + decoder.decode(value, { stream: true })).replace(/\r\n/g, "\n");
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop() ?? "";
      for (const block of blocks) yield parsed(block);
    }
  } finally {
    reader.cancel().catch(() => {}); // it may have been aborted already
  }
}

/** @param {string} block @returns {{event: string, data: any}} */
function parsed(block) {
  let event = "";
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return { event: data.length ? event : "", data: data.length ? JSON.parse(data.join("\n")) : null };
}
