// @ts-check
/**
 * The part of the guard that keeps scripts from loading what is refused where no policy does, which is where
 * unknown hosts are allowed: a policy names what may pass, and there it would have to name the rest.
 */
(function loads(/** @type {any} */ realm, /** @type {any} */ type, /** @type {any} */ wrap, /** @type {(url: any) => any} */ leaves) {
  "use strict";

  /** @typedef {(args?: any[]) => any} Go */
  wrap(realm.document ? realm : type("WorkerGlobalScope"), "fetch", (/** @type {Go} */ go, /** @type {any[]} */ [to]) =>
    leaves(to?.url ?? to) ? Promise.reject(new TypeError("Refused by the visitor")) : go());
  wrap(realm, "WebSocket EventSource", (/** @type {Go} */ go, /** @type {any[]} */ [url]) => {
    if (leaves(url)) throw new DOMException("Refused by the visitor", "SecurityError");
    return go();
  });
  wrap(type("XMLHttpRequest"), "open", (/** @type {Go} */ go, /** @type {any[]} */ [method, url, ...rest]) =>
    // Fails as a request does that is never answered.
    go([method, leaves(url) ? "blob:" : url, ...rest]));
  wrap(type("Navigator"), "sendBeacon", (/** @type {Go} */ go, /** @type {any[]} */ [url]) => !leaves(url) && go());
})
