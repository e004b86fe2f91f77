// @ts-check
/**
 * What every page gets: `window.assent` for the site's scripts, and an eye on the banner. Whatever a visitor or a
 * script then wants is in assent-choice.js, which is fetched when somebody points at the banner, focuses it or asks.
 * Without either, the forms in the page do all of it. See assent.d.ts for what the site's scripts may use.
 * Runs before head and body are there.
 *
 * @typedef {import("./assent.js").State} State
 * @typedef {import("./assent-choice.js").Deed} Deed
 * @typedef {import("./assent-choice.js").Logic} Logic
 * @typedef {import("./assent-choice.js").Page} Page
 */
(() => {
  "use strict";

  const script = /** @type {HTMLElement | null} */ (document.currentScript);
  const data = script?.dataset;
  // The name finds the element in the page until the object below takes its place.
  if (!data?.state || /** @type {any} */ (window).assent?.on) return;
  // A framework that takes over the whole document would stumble over it.
  script?.remove();

  /** @type {HTMLElement | null} */
  let styles = null;
  const parsed = document.readyState !== "loading" ? Promise.resolve()
    : new Promise((resolve) => document.addEventListener("readystatechange", resolve, { once: true }));
  /** @type {Promise<Logic> | undefined} */
  let loading;
  /** @type {Page} */
  const page = {
    data,
    nonce: script?.nonce ?? "",
    state: Object.freeze(JSON.parse(data.state)),
    root: null,
    forms: false,
    emit: (type) => document.dispatchEvent(new CustomEvent("assent:" + type, { detail: page.state })),
  };

  /** @returns {Promise<Logic>} A module inherits the nonce of this script, and is no sink of Trusted Types. */
  function logic() {
    // A <base> of the page may lead elsewhere.
    loading ??= parsed.then(() => import(location.origin + data?.logic)).then((module) => module.start(page));
    loading.catch(() => (loading = undefined));
    return loading;
  }

  /** @param {boolean} [surely] */
  function check(surely) {
    logic().then((it) => it.check(surely), () => {});
  }

  // Read aloud, what stands last comes first. Beside the body it is no child that a framework or a style would count.
  const first = document.createElement("div");
  first.setAttribute("aria-owns", "assent");

  /** Keeps banner, button and their styles in the page, the banner above everything that is in it. */
  function keep() {
    const { root } = page;
    if (!root) return;
    if (styles && !styles.isConnected) document.head.append(styles);
    if (!root.isConnected) {
      document.getElementById("assent")?.remove();
      document.body.append(root);
      // It has lost its place above the page, and nobody could close it.
      /** @type {HTMLDialogElement | null} */ (root.querySelector("dialog[open]"))?.close();
    }
    if (document.readyState === "complete" && !first.isConnected) document.body.before(first);
    const banner = /** @type {HTMLElement | null} */ (root.querySelector(".assent-ask:not([hidden])"));
    if (banner?.showPopover && !banner.matches(":popover-open")) {
      banner.popover = "manual";
      banner.showPopover();
    }
    // A framework may put another body, or another document element, in the place of this one.
    for (const target of [document, document.documentElement, document.body]) observer.observe(target, { childList: true });
  }

  const observer = new MutationObserver(keep);
  // By then frameworks have taken over the document that they expect.
  addEventListener("load", keep);
  parsed.then(() => {
    const root = document.getElementById("assent");
    styles = document.querySelector("[data-assent=styles]");
    if (root?.matches(".assent-page")) return;
    // Now that it is all there, what the page's own scripts and styles find first is the page's own.
    if (root && !root.contains(document.activeElement)) document.body.append(root);
    page.root = root;
    keep();
    if (page.state.granted.length > 1) logic().catch(() => {});
  });

  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      if (!(target instanceof Element) || !target.closest("#assent")) return;
      logic().then((it) => target.closest(".assent-open") && it.soon(), () => {});
    });
  }
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    // The dialog as a page of its own leads back by itself.
    if (!button || page.forms || !form.closest(".assent:not(.assent-page)")) return;
    event.preventDefault();
    logic().then((it) => it.submit(form, button), () => {
      page.forms = true;
      // While the form is still telling of this press it would not go.
      setTimeout(() => form.requestSubmit(button));
    });
  });
  // The banner stands last in the page and comes first: who begins with the keyboard need not pass the page to answer.
  let begun = false;
  document.addEventListener("pointerdown", () => { begun = true; });
  document.addEventListener("keydown", (event) => {
    const first = /** @type {HTMLElement | null | undefined} */ (page.root?.querySelector(".assent-ask:not([hidden]) :is(a,button)"));
    if (begun || !first || event.key !== "Tab" || event.shiftKey || event.defaultPrevented) return;
    if (document.activeElement !== document.body) return;
    begun = true;
    first.focus();
    // Behind a dialog of the site's own it takes no focus.
    if (document.activeElement === first) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => document.hidden || check());
  // A choice in another tab is heard here even while this one is in the background.
  /** @type {any} */ (window).cookieStore?.addEventListener("change", (/** @type {any} */ event) => {
    if ([...event.changed, ...event.deleted].some(({ name }) => name === "assent")) check(true);
  });
  window.addEventListener("pageshow", (event) => {
    // Going back shows a page as it was, from memory or from the cache, whatever was chosen since.
    const [visit] = performance.getEntriesByType("navigation");
    if (event.persisted || /** @type {any} */ (visit)?.type === "back_forward") check(true);
  });
  const ready = () => page.emit("ready");
  if (document.readyState === "complete") ready();
  else document.addEventListener("DOMContentLoaded", ready);

  /** @param {Deed} deed */
  const does = (deed) => async (/** @type {any[]} */ ...values) => (await logic())[deed](...values);
  /** @type {any} */ (window).assent = Object.freeze({
    get state() { return page.state; },
    open: does("open"),
    accept: does("accept"),
    reject: does("reject"),
    save: does("save"),
    withdraw: does("withdraw"),
    /** @param {string} type @param {(state: State) => void} listener */
    on(type, listener) {
      if (type !== "ready" && type !== "change") throw new TypeError('assent.on knows "ready" and "change".');
      const heard = () => listener(page.state);
      if (type === "ready") queueMicrotask(heard);
      else document.addEventListener("assent:change", heard);
      return () => document.removeEventListener("assent:change", heard);
    },
  });
})();
