// @ts-check
/**
 * The part of the guard that keeps scripts from leading the browser to refused hosts in ways that no policy
 * governs, or not before a connection is made: hints, frames, forms, speculation rules, WebRTC, pop-ups and
 * navigations. guard.js calls it for each window; what comes back tames what is put into a document.
 */
(function exits(/** @type {any} */ realm, /** @type {any} */ type, /** @type {any} */ wrap, /** @type {(url: any) => any} */ leaves, /** @type {string} */ base, /** @type {boolean} */ more) {
  "use strict";

  /** @typedef {(args?: any[]) => any} Go */
  const HINTS = more ? /pre(connect|render|fetch|load)|stylesheet|icon/i : /pre(connect|render|fetch|load)/i;
  const PARK = "data-assent-";
  /** The attribute by which an element reaches out. @type {Record<string, string>} */
  const REACHES = { link: "href", iframe: "src", frame: "src", embed: "src", object: "data" };
  if (more) for (const name of "img script audio video source track input".split(" ")) REACHES[name] = "src";
  const NAMES = Object.keys(REACHES).join();
  const TAG = new RegExp(`<(?:${NAMES.replace(/,/g, "|")})\\b[^<>]*`, "gi");

  /** The page that stands in a frame for a refused one. @param {any} url */
  const instead = (url) => `${base}blocked?host=${encodeURIComponent(new URL(url, document.baseURI).host)}`;
  /** The page that asks before the visitor is taken away. @param {any} url */
  const asking = (url) => `${base}leaving?to=${encodeURIComponent(new URL(url, document.baseURI).href)}`;

  /** Whether an attribute leads an element to a refused host. @param {string} element @param {string} rel @param {string} name @param {any} url */
  function reaches(element, rel, name, url) {
    return REACHES[element] === name && (element !== "link" || HINTS.test(rel)) && leaves(url);
  }

  /** Sets another address in the place of a refused one, where a visitor would see it. @param {(url: string) => void} set @param {string} element @param {any} url */
  function replace(set, element, url) {
    if (/frame|embed|object/.test(element)) set(instead(url));
  }

  /** Parks what an element would reach. @param {any} element */
  function still(element) {
    const { localName, rel } = element;
    const name = REACHES[localName];
    const url = name && element.getAttribute(name);
    if (url && reaches(localName, rel, name, url)) {
      element.setAttribute(PARK + name, url);
      element.removeAttribute(name);
      replace((address) => element.setAttribute(name, address), localName, url);
    }
    if (localName === "script" && /^speculationrules$/i.test(element.type)) {
      const urls = element.text.replace(/\\\//g, "/").matchAll(/"([^"]*)"/g);
      if ([...urls].some(([, url]) => leaves(url))) element.type = "text/plain";
    }
  }

  /** Parks what a start tag would reach, in markup that a script wrote. @param {string} tag */
  function stillTag(tag) {
    const name = REACHES[/\w+/.exec(tag)?.[0].toLowerCase() ?? ""];
    if (name === "href" && !HINTS.test(tag)) return tag;
    const attribute = new RegExp(`[\\s/](${name}\\s*=\\s*["']?([^"'\\s>]*))`, "i");
    return tag.replace(attribute, (all, rest, url) => (leaves(url) ? " " + PARK + rest : all));
  }

  for (const [element, kind] of Object.entries({ link: "Link", iframe: "IFrame", frame: "Frame", embed: "Embed", object: "Object", img: "Image", script: "Script", video: "Media", source: "Source", track: "Track", input: "Input" })) {
    if (REACHES[element]) wrap(type(`HTML${kind}Element`), REACHES[element], (/** @type {Go} */ go, /** @type {any[]} */ [url], /** @type {any} */ { rel }) =>
      reaches(element, rel, REACHES[element], url) ? replace((url) => go([url]), element, url) : go(), "set");
  }
  wrap(type("HTMLIFrameElement"), "srcdoc", (/** @type {Go} */ go, /** @type {any[]} */ [text]) => go([tame(text, true)]), "set");
  wrap(type("HTMLLinkElement"), "rel", (/** @type {Go} */ go, /** @type {any[]} */ [rel], /** @type {any} */ { href }) => {
    if (!HINTS.test(rel) || !leaves(href)) go();
  }, "set");
  // What is added to the list of a copy connects to nobody.
  const list = Object.getOwnPropertyDescriptor(type("HTMLLinkElement") ?? {}, "relList")?.get;
  wrap(type("HTMLLinkElement"), "relList", (/** @type {Go} */ go, /** @type {any[]} */ _, /** @type {any} */ link) =>
    leaves(link.href) ? list?.call(link.cloneNode()) : go(), "get");

  /** Sets an attribute to what it may be. @param {any} element @param {any} name @param {any} value @param {Go} go @param {(value: any) => any} set */
  function assign(element, name, value, go, set) {
    const { localName, rel, href } = element ?? {};
    if (!(localName in REACHES)) return go();
    name = `${name}`.toLowerCase();
    if (name === "srcdoc") return set(tame(value, true));
    return (name === "rel" ? reaches(localName, value, "href", href) : reaches(localName, rel, name, value))
      ? replace(set, localName, value)
      : go();
  }
  wrap(type("Element"), "setAttribute", (/** @type {Go} */ go, /** @type {any[]} */ [name, value], /** @type {any} */ element) =>
    assign(element, name, value, go, (value) => go([name, value])));
  wrap(type("Element"), "setAttributeNS", (/** @type {Go} */ go, /** @type {any[]} */ [space, name, value], /** @type {any} */ element) =>
    assign(element, name, value, go, (value) => go([space, name, value])));
  wrap(type("Element"), "setAttributeNode setAttributeNodeNS", (/** @type {Go} */ go, /** @type {any[]} */ [attr], /** @type {any} */ element) =>
    assign(element, attr.name, attr.value, go, (value) => (attr.value = value, go())));
  wrap(type("Attr"), "value", (/** @type {Go} */ go, /** @type {any[]} */ [value], /** @type {any} */ { ownerElement, name }) =>
    assign(ownerElement, name, value, go, (value) => go([value])), "set");

  // A way out that a script takes is put to the visitor; who has not touched the page did not ask to be led away.
  const touched = () => navigator.userActivation?.hasBeenActive;
  wrap(realm, "open", (/** @type {Go} */ go, /** @type {any[]} */ [url, ...rest]) =>
    !url || !leaves(url) ? go() : touched() ? go([asking(url), ...rest]) : null);
  wrap(type("HTMLElement"), "click", (/** @type {Go} */ go, /** @type {any[]} */ _, /** @type {any} */ element) => {
    const url = element.closest("a[target],area[target]")?.href;
    url && leaves(url) ? realm.open(asking(url)) : go();
  });
  wrap(type("HTMLFormElement"), "submit", (/** @type {Go} */ go, /** @type {any[]} */ _, /** @type {any} */ form) => {
    if (!leaves(form.getAttribute("action"))) go();
  });
  realm.addEventListener("submit", (/** @type {any} */ event) => {
    const { target, submitter } = event;
    if (leaves(submitter?.getAttribute("formaction") ?? target.getAttribute("action"))) event.preventDefault();
  });
  realm.navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
    const { url } = event.destination;
    if (!event.cancelable || event.userInitiated || !leaves(url)) return;
    event.preventDefault();
    if (realm === realm.top && touched()) realm.location.assign(asking(url));
  });

  // The server cannot read rules for speculation before they are over; put in anew, they are judged as above.
  realm.document.addEventListener("DOMContentLoaded", () => {
    for (const parked of realm.document.querySelectorAll("script[data-assent-type=speculationrules i]")) {
      const rules = realm.document.createElement("script");
      Object.assign(rules, { type: "speculationrules", nonce: parked.nonce });
      rules.append(parked.text);
      parked.replaceWith(rules);
    }
  });

  // WebRTC: servers at refused hosts are left out.
  const off = (/** @type {any} */ url) => leaves(`${url}`.replace(/^\w+:/, "https://"));
  const ice = (/** @type {Go} */ go, /** @type {any[]} */ [init, more]) => {
    if (!init?.iceServers) return go();
    const iceServers = [...init.iceServers].filter(({ urls }) => ![urls].flat().some(off));
    return go([{ __proto__: init, iceServers }, more]);
  };
  const peer = type("RTCPeerConnection");
  if (peer) {
    wrap(realm, "RTCPeerConnection", ice);
    wrap(peer, "setConfiguration", ice);
    realm.webkitRTCPeerConnection &&= realm.RTCPeerConnection;
  }

  /** Returns what may be put into a document in the place of this. @param {any} what @param {boolean} [markup] */
  function tame(what, markup) {
    if (what?.nodeType) {
      if (what.localName in REACHES || what.localName === "script") still(what);
      if (what.firstElementChild) what.querySelectorAll(NAMES + ",script[type]").forEach(still);
    }
    // What Trusted Types made is no string, and may not become one.
    return markup && typeof what === "string" && what.includes("<") ? what.replace(TAG, stillTag) : what;
  }

  return tame;
})
