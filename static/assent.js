// @ts-check
/**
 * Makes the banner and the dialog work in place, and gives the site's scripts `window.assent`.
 * Everything it does, the forms in the page do without it. No markup is made from strings: a page may demand
 * Trusted Types and a strict Content-Security-Policy.
 *
 * @typedef {{categories: string[], at: string}} Choice
 * @typedef {{choice: Choice | null, granted: string[], gpc: boolean, policy_version: string,
 *   expires: string | null, consent_id: string | null}} State
 * @typedef {"ready" | "change"} EventType
 */
(() => {
  "use strict";

  const found = document.getElementById("assent");
  // The name finds the element itself until the object below takes its place.
  if (!found || !found.dataset.state || /** @type {any} */ (window).assent?.on) return;
  const root = found;

  const PARKED = ["src", "href", "data", "srcset", "http-equiv", "type"].map((name) => `[data-assent-${name}]`).join();
  const SAVED = "Your preferences are saved. They apply from the next page on.";
  const UNREACHABLE = "Your choice could not be sent. Check your connection and try again.";
  // Milliseconds, all three.
  const STATUS_SHOWN_FOR = 8000;
  const CHECK_AT_MOST_EVERY = 5000;
  const ANSWER_WITHIN = 15000;

  // A <base> of the page may lead elsewhere; the choice belongs to this origin.
  const base = location.origin + (root.dataset.base ?? "");
  const banner = /** @type {HTMLElement | null} */ (root.querySelector(".assent-ask"));
  const again = /** @type {HTMLElement | null} */ (root.querySelector(".assent-again"));
  const status = /** @type {HTMLElement | null} */ (root.querySelector(".assent-status"));

  /** @type {State} */
  let state = Object.freeze(JSON.parse(root.dataset.state ?? ""));
  let busy = false;
  let silence = 0;
  /** Whether the page's own policy keeps us from asking the server: then the forms go as without scripts. */
  let refused = false;
  let checked = Date.now();
  /** @type {HTMLDialogElement | null} */
  let dialog = null;
  /** @type {Promise<Element> | null} */
  let fragment = null;

  /** @returns {string} Path and query of the page as it is now; a script may have changed them. */
  function here() {
    return location.pathname + location.search;
  }

  /** @param {EventType} type */
  function emit(type) {
    document.dispatchEvent(new CustomEvent("assent:" + type, { detail: state }));
  }

  /** Takes the state as the server tells it, shows what fits it, and tells the site. @param {State} next */
  function adopt(next) {
    const changed = JSON.stringify(next) !== JSON.stringify(state);
    state = Object.freeze(next);
    if (changed) fragment = null;
    refresh();
    if (changed) emit("change");
  }

  /** Shows the banner before a choice, and the button after it. */
  function refresh() {
    if (!banner || !again) return;
    if (!root.isConnected) document.body.prepend(root);
    const focused = banner.contains(document.activeElement);
    banner.hidden = state.choice !== null;
    again.hidden = !banner.hidden;
    if (focused && banner.hidden) again.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {string} words */
  function announce(words) {
    if (status) status.textContent = words;
    clearTimeout(silence);
    if (words) silence = setTimeout(announce, STATUS_SHOWN_FOR, "");
  }

  /** Says next to the buttons what went wrong; nothing takes it away. @param {Element} form @param {string} words */
  function complain(form, words) {
    form.querySelector(".assent-error")?.remove();
    if (!words) return;
    const line = document.createElement("p");
    line.className = "assent-error";
    line.setAttribute("role", "alert");
    line.textContent = words;
    form.querySelector(".assent-actions")?.prepend(line);
    line.scrollIntoView({ block: "nearest" });
  }

  /**
   * Sends a choice.
   * @param {"accept_all" | "reject_all" | "save" | "withdraw"} action
   * @param {string[]} [categories]
   * @param {Element} [form] Whose seal tells which notice was shown.
   * @returns {Promise<State>} The state that follows from it; rejects with words for the visitor.
   */
  async function choose(action, categories = [], form = root) {
    const seal = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="notice"]'));
    const answer = await fetch(base + "/choice", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ action, categories, notice: seal?.value }),
      credentials: "same-origin",
      // The visitor may follow a link before the answer is there.
      keepalive: true,
      signal: AbortSignal.timeout?.(ANSWER_WITHIN),
    }).catch(() => {
      throw new Error(UNREACHABLE);
    });
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw new Error(body?.error ?? `Your choice could not be saved (${answer.status}). Try again.`);
    if (!body?.granted) throw new Error(UNREACHABLE);
    checked = Date.now();
    const before = state.granted;
    adopt(body);
    follow(before);
    return state;
  }

  /** Lets the page follow a choice: what was kept from it is loaded, and what was withdrawn ends. @param {string[]} before */
  function follow(before) {
    const kept = /** @type {any} */ (window)[Symbol.for("assent.blocked")] ?? [];
    const lost = before.some((category) => !state.granted.includes(category));
    const gained = state.granted.some((category) => !before.includes(category));
    if (!lost && !(gained && (kept.length || document.querySelector(PARKED)))) return;
    if (lost) {
      // They run scripts that were fetched under the wider choice; the pages register them anew.
      navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((each) => each.unregister()), () => {});
    }
    const unsaved = [...document.forms].some((form) => !root.contains(form) && [...form.elements].some(isEdited));
    if (!unsaved) location.reload();
    else announce("Your preferences are saved. Reload this page when you have sent what you wrote.");
  }

  /** @param {any} field @returns {boolean} Whether the visitor has changed it. */
  function isEdited(field) {
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.defaultChecked !== field.checked || ("defaultValue" in field && field.defaultValue !== field.value);
  }

  /** Sends the form's choice, in place if that can be. @param {HTMLFormElement} form @param {HTMLButtonElement} button */
  async function submit(form, button) {
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    complain(form, "");
    const ticked = [...form.querySelectorAll('input[name="category"]:checked')];
    try {
      const names = ticked.map((box) => /** @type {HTMLInputElement} */ (box).value);
      await choose(/** @type {any} */ (button.value), names, form);
      dialog?.close();
      announce(SAVED);
    } catch (error) {
      // The report of a blocked request is a task of its own.
      await new Promise((resume) => setTimeout(resume));
      if (refused) form.requestSubmit(button);
      else complain(form, /** @type {Error} */ (error).message);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  }

  /** @returns {Promise<Element>} The dialog as it should look now, fetched once until the state changes. */
  function load() {
    fragment ??= new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const fail = () => {
        fragment = null;
        reject(new Error(`The preferences could not be loaded (${request.status}).`));
      };
      request.open("GET", `${base}/preferences?return_to=${encodeURIComponent(here())}`);
      // Parsed by the browser without running anything, and no sink of Trusted Types.
      request.responseType = "document";
      request.setRequestHeader("Assent-Fragment", "1");
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

  /** Shows the dialog. @returns {Promise<State>} Settles when it is closed, with the state at that time. */
  async function open() {
    if (dialog) return closed(dialog);
    const opener = document.activeElement;
    let element;
    try {
      element = await load();
    } catch {
      location.assign(`${base}/preferences?return_to=${encodeURIComponent(here())}`);
      return state;
    }
    // Two clicks may wait for the same answer.
    if (dialog) return closed(dialog);
    dialog = /** @type {HTMLDialogElement} */ (document.importNode(element, true));
    refresh();
    root.append(dialog);
    put(dialog);
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
        resolve(state);
      });
    });
  }

  /** Lets a form lead back to where the page is by now. @param {Element} form */
  function put(form) {
    const field = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="return_to"]'));
    if (field) field.value = here();
  }

  /** Asks the server whether the state is still what this page shows. @param {boolean} [surely] */
  async function check(surely = false) {
    if (document.hidden || (!surely && Date.now() - checked < CHECK_AT_MOST_EVERY)) return;
    checked = Date.now();
    const answer = await fetch(base + "/state", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    const next = answer?.ok ? await answer.json().catch(() => null) : null;
    if (next?.granted && !busy) adopt(next);
  }

  /** @param {Event} event */
  function mayOpenSoon(event) {
    if (event.target instanceof Element && event.target.closest(".assent-open")) load().catch(() => {});
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
      button.textContent = more ? "Show less" : "Show more";
      const intro = /** @type {Element} */ (button.closest(".assent-intro"));
      /** @type {HTMLElement} */ (intro.querySelector("#assent-rest")).hidden = !more;
      /** @type {HTMLElement} */ (intro.querySelector(".assent-dots")).hidden = more;
    }
  }

  /** @param {SubmitEvent} event */
  function onSubmit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    // The dialog as a page of its own leads back by itself.
    if (!button || refused || root.matches(".assent-page")) return;
    event.preventDefault();
    put(form);
    if (button.matches(".assent-open")) open();
    else submit(form, button);
  }

  /** Enter would press the form's first button; on a switch it means the switch. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.type === "checkbox") {
      event.preventDefault();
      event.target.click();
    }
  }

  root.addEventListener("click", onClick);
  root.addEventListener("submit", onSubmit);
  root.addEventListener("keydown", onKey);
  root.addEventListener("pointerover", mayOpenSoon);
  root.addEventListener("focusin", mayOpenSoon);
  document.addEventListener("visibilitychange", () => check());
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.disposition === "enforce" && event.blockedURI.startsWith(base + "/")) refused = true;
  });
  window.addEventListener("pageshow", (event) => {
    // Going back shows a page as it was, from memory or from the cache, whatever was chosen since.
    const [visit] = performance.getEntriesByType("navigation");
    if (event.persisted || /** @type {any} */ (visit)?.type === "back_forward") check(true);
  });

  /** What the site's scripts may use; every method gives a promise of the state that follows. */
  const api = Object.freeze({
    get state() { return state; },
    open,
    accept: () => choose("accept_all"),
    reject: () => choose("reject_all"),
    /** @param {Iterable<string>} categories */
    save: (categories) => choose("save", [...categories]),
    withdraw: () => choose("withdraw"),
    /**
     * Calls back with the state whenever it changes; or soon and once, as who can ask finds Assent ready.
     * @param {EventType} type @param {(state: State) => void} listener @returns {() => void} Ends it.
     */
    on(type, listener) {
      if (type !== "ready" && type !== "change") throw new TypeError('assent.on knows "ready" and "change".');
      const heard = (/** @type {Event} */ event) => listener(/** @type {CustomEvent<State>} */ (event).detail);
      if (type === "ready") queueMicrotask(() => listener(state));
      else document.addEventListener("assent:change", heard);
      return () => document.removeEventListener("assent:change", heard);
    },
  });
  /** @type {any} */ (window).assent = api;
  emit("ready");
})();
