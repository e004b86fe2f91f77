// @ts-check
/** Keeps the list of what was blocked up to date in a page that a visitor on this machine sees. */
(() => {
  "use strict";

  const found = /** @type {HTMLDetailsElement | null} */ (document.querySelector("#assent .assent-reasons"));
  if (!found) return;
  const panel = found;
  const base = location.origin + (panel.dataset.base ?? "");
  const PARKED = ["src", "href", "data", "srcset", "http-equiv", "type"].map((name) => `[data-assent-${name}]`).join();
  // Milliseconds in which the browser's own reports reach the server.
  const PAUSE = 1000;
  let told = 0;

  /** What the guard of this page has refused so far, the browser's refusals included. @returns {string[]} */
  function refused() {
    return /** @type {any} */ (window)[Symbol.for("assent.blocked")] ?? [];
  }

  /** Tells the server what the guard has refused since the last time. */
  async function tell() {
    const fresh = refused().slice(told);
    told += fresh.length;
    if (!fresh.length) return;
    const body = JSON.stringify([{ type: "assent-guard", url: location.href, body: { refused: fresh } }]);
    await fetch(base + "/reports", { method: "POST", body, keepalive: true }).catch(() => {});
  }

  /** Shows what is known by now; the browser parses it without running anything. */
  function show() {
    const request = new XMLHttpRequest();
    request.open("GET", base + "/reasons");
    request.responseType = "document";
    request.setRequestHeader("Assent-Fragment", "1");
    request.onload = () => {
      const now = request.status === 200 && request.response?.querySelector(".assent-reasons");
      if (!now) return;
      // The elements themselves stay, and with them the focus.
      for (const part of ["summary", ".assent-panel"]) {
        const nodes = [...now.querySelector(part).childNodes].map((node) => document.importNode(node, true));
        panel.querySelector(part)?.replaceChildren(...nodes);
      }
    };
    request.send();
  }

  const update = () => tell().then(show);
  const settled = () => setTimeout(() => (refused().length || document.querySelector(PARKED)) && update(), PAUSE);
  panel.addEventListener("toggle", () => panel.open && update());
  if (document.readyState === "complete") settled();
  else addEventListener("load", settled);
  addEventListener("pagehide", tell);
})();
