// @ts-check
/**
 * Answers the scripts and the markup that a site has for CookieYes: its functions, events, tags, hooks and cookie. It
 * stands behind assent.js where the operator asks for it; what is refused is blocked all the same.
 */
(function cookieyes() {
  "use strict";

  const page = /** @type {any} */ (window);
  const { assent } = page;
  if (!assent?.on || page.getCkyConsent) return;

  const CATEGORIES = ["necessary", "functional", "analytics", "performance", "advertisement"];
  const COOKIE = "cookieyes-consent=";
  const AGAIN = ".cky-banner-element,.cky-btn-revisit,[data-cky-tag=revisit-consent],[data-cky-tag=settings-button]";
  /** What our own elements are called there; the banner, its refusal and its consent carry their names from the start. */
  const NAMES = {
    ".assent-ask .assent-open": "settings-button",
    ".assent-again .assent-open": "revisit-consent",
    ".assent-dialog [value=accept_all]": "detail-accept-button",
    ".assent-dialog [value=reject_all]": "detail-reject-button",
    ".assent-dialog [value=save]": "detail-save-button",
    ".assent-close": "detail-close",
  };

  const root = () => document.getElementById("assent");
  /** @param {string} slug @returns {boolean} */
  const allows = (slug) => assent.state.granted.includes(slug);
  /** @param {boolean} allowed */
  const word = (allowed) => (allowed ? "yes" : "no");

  page.getCkyConsent = () => ({
    activeLaw: "gdpr",
    categories: Object.fromEntries(CATEGORIES.map((slug) => [slug, allows(slug)])),
    isUserActionCompleted: assent.state.choice !== null,
    consentID: assent.state.consent_id ?? "",
    languageCode: root()?.lang ?? document.documentElement.lang,
  });
  page.revisitCkyConsent = () => void assent.open();
  page.performBannerAction = (/** @type {string} */ action) => {
    if (action === "accept_all") return assent.accept();
    if (action !== "accept_partial") return assent.reject();
    const switches = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("#assent .assent-switch")]);
    const ticked = switches.filter(({ checked }) => checked).map(({ value }) => value);
    return assent.save(switches.length ? ticked : assent.state.granted);
  };

  /** @param {string} type @param {unknown} detail */
  function fire(type, detail) {
    document.dispatchEvent(new CustomEvent("cookieyes_" + type, { detail }));
  }

  /** Tells the choice in the cookie, too, for whoever reads that; marked, so that it is never carried over. */
  function mirror() {
    const { choice, consent_id, expires, granted } = assent.state;
    if (choice) {
      const words = CATEGORIES.map((slug) => `${slug}:${word(allows(slug))}`);
      const value = `consentid:${consent_id},consent:${word(granted.length > 1)},action:yes,${words},assent:yes`;
      document.cookie = `${COOKIE}${value};path=/;samesite=lax;expires=${new Date(expires).toUTCString()}`;
    } else if (/cookieyes-consent=[^;]*,assent:/.test(document.cookie)) {
      document.cookie = COOKIE + ";path=/;max-age=0";
    }
  }

  function update() {
    mirror();
    const [accepted, rejected] = [true, false].map((wanted) => CATEGORIES.filter((slug) => allows(slug) === wanted));
    fire("consent_update", { accepted, rejected });
    page.dataLayer?.push({ event: "cookie_consent_update" });
  }

  /** Has parked tags run as those that name our categories do. */
  function adopt() {
    for (const tag of document.querySelectorAll("script[data-cookieyes]:not([data-category])")) {
      const { dataset } = /** @type {HTMLElement} */ (tag);
      dataset.category = dataset.cookieyes?.replace("cookieyes-", "");
    }
  }

  function name() {
    for (const [selector, tag] of Object.entries(NAMES)) root()?.querySelector(selector)?.setAttribute("data-cky-tag", tag);
  }

  /** Puts the list of cookies where the site keeps a place for it. */
  function list() {
    const places = [...document.querySelectorAll(".cky-audit-table-element")].filter((place) => !place.childElementCount);
    if (!places.length) return;
    const request = new XMLHttpRequest();
    request.open("GET", `${location.origin}${root()?.dataset.base}/cookies?language=${root()?.lang}`);
    request.responseType = "document";
    request.onload = () => {
      for (const place of places) {
        for (const each of request.response?.querySelectorAll(".assent-category") ?? []) {
          place.append(document.importNode(each, true));
        }
      }
    };
    request.send();
  }

  function load() {
    const own = root();
    if (own) new MutationObserver(name).observe(own, { childList: true });
    name();
    list();
    fire("banner_load", page.getCkyConsent());
    update();
  }

  // Made before the one that runs them, it is also told before.
  new MutationObserver(adopt).observe(document, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const hook = event.target instanceof Element && event.target.closest(AGAIN);
    if (!hook || hook.closest("#assent")) return;
    event.preventDefault();
    assent.open();
  });
  assent.on("change", update);
  if (document.readyState === "complete") load();
  else document.addEventListener("DOMContentLoaded", load);
})
