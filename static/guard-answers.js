// @ts-check
/**
 * The part of the guard for workers: a page that a service worker makes up never passes the server, so it
 * gets from here the policy that the server would have sent along.
 */
(function answers(/** @type {any} */ type, /** @type {any} */ wrap, /** @type {string | undefined} */ policy) {
  "use strict";

  wrap(type("FetchEvent"), "respondWith", (/** @type {(args?: any[]) => any} */ go, /** @type {any[]} */ [answer], /** @type {any} */ { request }) =>
    request.mode !== "navigate" ? go() : go([Promise.resolve(answer).then((response) => held(response, request))]));

  /** @param {Response} response @param {Request} request */
  function held(response, request) {
    const { body, status, statusText, type } = response ?? {};
    // What came from the network or a cache brings its own.
    if (type !== "default") return asked(response, request);
    if (!policy) return response;
    const headers = new Headers(response.headers);
    headers.append("Content-Security-Policy", `${policy}`);
    return new Response(body, { status, statusText, headers });
  }

  /**
   * A page that the worker fetched for itself is marked by its Vary, and has neither banner nor guard: one that
   * is fetched to be shown has them, where the network gives it.
   * @param {Response} response @param {Request} request
   */
  function asked(response, request) {
    const marked = response?.type === "basic" && /sec-fetch-dest/i.test(response.headers.get("Vary") ?? "");
    if (!marked || request.method !== "GET") return response;
    return fetch(request).then((fresh) => (fresh.status < 400 ? fresh : response), () => response);
  }
})
