// @ts-check
/**
 * Makes banner and dialog work in place; assent.js fetches it when somebody turns to them. No markup is made from
 * strings: a page may demand Trusted Types and a strict Content-Security-Policy.
 *
 * @typedef {import("./assent.js").State} State
 * @typedef {"open" | "accept" | "reject" | "save" | "withdraw"} Deed
 * @typedef {Record<Deed, (...values: any[]) => Promise<State>> & {
 *   soon(): void, submit(form: HTMLFormElement, button: HTMLButtonElement): void, check(surely?: boolean): void}} Logic
 * @typedef {{data: DOMStringMap, nonce: string, state: State, root: HTMLElement | null, forms: boolean,
 *   emit(type: string): void}} Page What both scripts know; with `forms` these go as they would without scripts
 */

import { denied, forget, isEdited, run, TAGS } from "./assent-follow.js";

// Milliseconds, all of them.
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FORGET_WITHIN = 2000;
const STATUS_SHOWN_FOR = 8000;
const CHECK_AT_MOST_EVERY = 5000;
const ANSWER_WITHIN = 15000;
// Characters after which a request names no more of what was denied.
const SAID = 4000;

/** @param {Page} page @returns {Logic} */
export function start(page) {
  const root = /** @type {HTMLElement} */ (page.root ?? document.getElementById("assent"));
  const base = location.origin + page.data.base;
  const banner = /** @type {HTMLElement | null} */ (root.querySelector(".assent-ask"));
  const again = /** @type {HTMLElement | null} */ (root.querySelector(".assent-again"));
  const status = /** @type {HTMLElement | null} */ (root.querySelector(".assent-status"));
  const words = status?.dataset ?? {};
  let busy = false;
  let silence = 0;
  let ending = 0;
  let checked = performance.timeOrigin;
  /** @type {HTMLDialogElement | null} */
  let dialog = null;
  /** @type {Promise<Element> | null} */
  let fragment = null;
  let told = "";
  /** @type {HTMLLinkElement | null} */
  let link = null;
  /** @type {Promise<void> | null} */
  let styles = null;

  /** @returns {string} Path and query of the page as it is now; a script may have changed them. */
  const here = () => location.pathname + location.search;

  /** @returns {string} */
  const preferences = () => `${base}/preferences?return_to=${encodeURIComponent(here())}&language=${root.lang}`;

  /** Takes the state as the server tells it, shows what fits it, and tells the site. @param {State} next */
  function adopt(next) {
    const changed = JSON.stringify(next) !== JSON.stringify(page.state);
    page.state = Object.freeze(next);
    if (changed) fragment = null;
    refresh();
    outlast();
    if (changed) page.emit("change");
  }

  /** Asks once more when the consent ends, for a tab may stay open longer. A timer holds 24 days at most. */
  function outlast() {
    clearTimeout(ending);
    if (page.state.granted.length < 2) return;
    const left = Date.parse(page.state.expires ?? "") - Date.now() + 1000;
    ending = setTimeout(() => (left > DAY ? outlast() : check(true)), left > 0 ? Math.min(left, DAY) : HOUR);
  }

  /** Shows the banner before a choice, and the button after it. */
  function refresh() {
    if (!banner || !again) return;
    const focused = banner.contains(document.activeElement);
    // Who has chosen is asked again for what has changed since.
    banner.hidden = page.state.choice !== null && !page.state.choice.changed;
    again.hidden = !banner.hidden;
    if (focused && banner.hidden) again.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {string} text */
  function announce(text) {
    if (status) status.textContent = text;
    clearTimeout(silence);
    if (text) silence = setTimeout(announce, STATUS_SHOWN_FOR, "");
  }

  /** Says next to the buttons what went wrong; nothing takes it away. @param {Element} form @param {string} text */
  function complain(form, text) {
    form.querySelector(".assent-error")?.remove();
    if (!text) return;
    const line = document.createElement("p");
    line.className = "assent-error";
    line.setAttribute("role", "alert");
    line.textContent = text;
    form.querySelector(".assent-actions")?.prepend(line);
    line.scrollIntoView({ block: "nearest" });
  }

  /**
   * Sends a choice; ``form`` has the seal that tells which notice was shown.
   * @param {"accept_all" | "reject_all" | "save" | "withdraw"} action @param {string[]} [categories] @param {Element} [form]
   * @returns {Promise<State>} The state that follows from it; rejects with words for the visitor.
   */
  async function choose(action, categories = [], form = root) {
    const seal = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="notice"]'));
    const before = page.state.granted;
    const answer = await fetch(base + "/choice", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ action, categories, denied: denied(self), notice: seal?.value, language: root.lang }),
      credentials: "same-origin",
      // The visitor may follow a link before the answer is there.
      keepalive: true,
      signal: AbortSignal.timeout?.(ANSWER_WITHIN),
    }).catch(() => {
      throw new Error(words.unsent);
    });
    const body = await answer.json().catch(() => null);
    if (!answer.ok || !body?.granted) throw new Error(body?.error ?? words.unsent);
    checked = Date.now();
    adopt(body);
    follow(before, answer.headers.has("Assent-Reload") || tags(document.querySelectorAll(TAGS)).length > 0);
    return page.state;
  }

  /**
   * Lets the page follow a choice: what was kept from it is loaded, and what was withdrawn ends.
   * @param {readonly string[]} before @param {boolean} [freed] Something that the page was denied may pass now.
   */
  async function follow(before, freed = false) {
    const lost = before.some((category) => !page.state.granted.includes(/** @type {any} */ (category)));
    if (!lost && !freed) return;
    if (lost) await Promise.race([forget().catch(() => {}), new Promise((resume) => setTimeout(resume, FORGET_WITHIN))]);
    const unsaved = [...document.forms].some((form) => !root.contains(form) && [...form.elements].some(isEdited));
    if (!unsaved) location.reload();
    else announce(words.reload ?? "");
  }

  /** Sends the form's choice, in place if that can be. @param {HTMLFormElement} form @param {HTMLButtonElement} button */
  async function submit(form, button) {
    const field = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="return_to"]'));
    if (field) field.value = here();
    if (button.matches(".assent-open")) return open();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    complain(form, "");
    const ticked = [...form.querySelectorAll('input[name="category"]:checked')];
    try {
      const names = ticked.map((box) => /** @type {HTMLInputElement} */ (box).value);
      await choose(/** @type {any} */ (button.value), names, form);
      dialog?.close();
      announce(words.saved ?? "");
    } catch (error) {
      // The report of a blocked request is a task of its own.
      await new Promise((resume) => setTimeout(resume));
      if (page.forms) form.requestSubmit(button);
      else complain(form, /** @type {Error} */ (error).message);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  }

  /** @returns {string} What was kept from this page, by the server and in it, as "cookie=_ga&host=tracker.example". */
  function losses() {
    const said = new URLSearchParams(page.data.withheld);
    for (const each of denied(self)) {
      const [kind, ...name] = each.split(" ");
      if (name.length && `${said}`.length < SAID) said.append(kind, name.join(" ").slice(0, 129));
    }
    return `${said}`;
  }

  /** @returns {Promise<Element>} The dialog as it should look now, fetched once until there is something new to say. */
  function load() {
    dress().catch(() => {});
    const lost = losses();
    if (lost !== told) fragment = null;
    told = lost;
    fragment ??= new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const fail = () => {
        fragment = null;
        reject(new Error(`The preferences could not be loaded (${request.status}).`));
      };
      request.open("GET", preferences());
      // Parsed by the browser without running anything, and no sink of Trusted Types.
      request.responseType = "document";
      request.setRequestHeader("Assent-Fragment", "1");
      request.setRequestHeader("Assent-Denied", lost);
      request.timeout = ANSWER_WITHIN;
      request.onload = () => {
        const element = request.status === 200 && request.response?.querySelector("dialog");
        element ? resolve(element) : fail();
      };
      request.onerror = request.ontimeout = request.onabort = fail;
      request.send();
    });
    return fragment;
  }

  /** @returns {Promise<void>} Settles when the dialog's stylesheet is there. */
  function dress() {
    // A framework may have made the head anew.
    if (styles && link?.isConnected) return styles;
    return (styles = new Promise((resolve, reject) => {
      link = document.createElement("link");
      Object.assign(link, { rel: "stylesheet", href: location.origin + page.data.css, nonce: page.nonce });
      link.dataset.assent = "styles";
      link.onload = () => resolve();
      link.onerror = reject;
      document.head.append(link);
    }));
  }

  /** Shows the dialog. @returns {Promise<State>} Settles when it is closed, with the state at that time. */
  async function open() {
    if (dialog) return closed(dialog);
    const opener = document.activeElement;
    let element;
    try {
      [element] = await Promise.all([load(), dress()]);
    } catch {
      location.assign(preferences());
      return page.state;
    }
    // Two clicks may wait for the same answer.
    if (dialog) return closed(dialog);
    dialog = /** @type {HTMLDialogElement} */ (document.importNode(element, true));
    root.append(dialog);
    dialog.showModal();
    /** @type {HTMLElement | null} */ (dialog.querySelector(".assent-title"))?.focus();
    return closed(dialog).then((after) => {
      // The browser gives the focus back to the opener, unless that is gone by now.
      if (opener === document.body || !opener?.getClientRects().length) {
        const next = banner?.hidden ? again : banner;
        next?.querySelector("button")?.focus({ preventScroll: true });
      }
      return after;
    });
  }

  /** @param {HTMLDialogElement} shown @returns {Promise<State>} */
  function closed(shown) {
    return new Promise((resolve) => {
      shown.addEventListener("close", () => {
        shown.remove();
        if (dialog === shown) dialog = null;
        resolve(page.state);
      });
    });
  }

  /** Asks the server whether the state is still what this page shows. @param {boolean} [surely] */
  async function check(surely = false) {
    if (!surely && Date.now() - checked < CHECK_AT_MOST_EVERY) return;
    checked = Date.now();
    const answer = await fetch(base + "/state", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    const next = answer?.ok ? await answer.json().catch(() => null) : null;
    // Without an answer it is asked again later, or a consent that has ended would outlive this one attempt.
    if (!next?.granted || busy) return outlast();
    const before = page.state.granted;
    adopt(next);
    follow(before);
  }

  /** @param {MouseEvent} event */
  function onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const button = target.closest("button");
    if (event.detail > 1 && button?.name === "action") {
      // The second half of a double click on Customize, which was not meant for what then appears below it.
      event.preventDefault();
    } else if (dialog && (target === dialog || button?.matches(".assent-close"))) {
      dialog.close();
    } else if (button?.name === "more") {
      event.preventDefault();
      const more = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(more));
      [button.textContent, button.dataset.other] = [button.dataset.other ?? "", button.textContent ?? ""];
      const intro = /** @type {Element} */ (button.closest(".assent-intro"));
      /** @type {HTMLElement} */ (intro.querySelector("#assent-rest")).hidden = !more;
      /** @type {HTMLElement} */ (intro.querySelector(".assent-dots")).hidden = more;
    }
  }

  /** Enter would press the form's first button; on a switch it means the switch. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.type === "checkbox") {
      event.preventDefault();
      event.target.click();
    }
  }

  /** The parked tags among these whose category is granted. @param {Iterable<Element>} found @returns {HTMLScriptElement[]} */
  function tags(found) {
    const granted = /** @type {readonly (string | undefined)[]} */ (page.state.granted);
    return /** @type {HTMLScriptElement[]} */ ([...found]).filter(({ dataset }) => granted.includes(dataset.category));
  }

  root.addEventListener("click", onClick);
  root.addEventListener("keydown", onKey);
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.disposition === "enforce" && event.blockedURI.startsWith(base + "/")) page.forms = true;
  });
  outlast();
  run(tags(document.querySelectorAll(TAGS)));
  // Where something is granted, tags that come later run, too.
  if (page.state.granted.length > 1) {
    new MutationObserver(() => run(tags(document.querySelectorAll(TAGS))))
      .observe(document, { childList: true, subtree: true });
  }
  return {
    open,
    soon: () => void load().catch(() => {}),
    submit,
    check,
    accept: () => choose("accept_all"),
    reject: () => choose("reject_all"),
    save: (categories) => choose("save", [...categories]),
    withdraw: () => choose("withdraw"),
  };
}
