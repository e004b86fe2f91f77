// @ts-check
/**
 * The part of the guard for workers: a page that a service worker makes up never passes the server, so it
 * gets from here the policy that the server would have sent along.
 */
(function answers(/** @type {any} */ type, /** @type {any} */ wrap, /** @type {string | undefined} */ policy) {
  "use strict";

  wrap(type("FetchEvent"), "respondWith", (/** @type {(args?: any[]) => any} */ go, /** @type {any[]} */ [answer], /** @type {any} */ { request }) =>
    request.mode !== "navigate" || !policy ? go() : go([Promise.resolve(answer).then(held)]));

  /** @param {Response} response */
  function held(response) {
    // What came from the network or a cache brings its own.
    if (response?.type !== "default") return response;
    const { body, status, statusText } = response;
    const headers = new Headers(response.headers);
    headers.append("Content-Security-Policy", `${policy}`);
    return new Response(body, { status, statusText, headers });
  }
})
