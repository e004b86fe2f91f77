// @ts-check
/**
 * Keeps the scripts of a page or worker from what the visitor refused: best effort, beside the header fields
 * and the policy, which hold without it. The server calls this function with the rules of one decision, ahead
 * of everything of the site's; guard-storage.js comes along when there is storage to refuse.
 *
 * What is wrapped becomes a Proxy of the original: name, length, prototype and "[native code]" show through.
 * The names are short on purpose: every page waits for this file.
 *
 * @typedef {Record<string, 0 | 1>} Table What may pass, by exact name or prefix*; a bare * is the default
 * @typedef {"cookie" | "storage" | "host"} Kind Each has its tables in order of precedence
 * @typedef {Record<Kind, Table[]> & {own: string}} Rules
 * @typedef {(go: (args?: any[]) => any, args: any[], self: any) => any} Trap Calls the original by `go`, or does not
 * @typedef {(of: any, names: string, trap: Trap, part?: "value" | "get" | "set") => void} Wrap
 * @typedef {(name: string) => any} Type The prototype of an interface of one realm, if it has it
 * @typedef {(realm: any, type: Type, wrap: Wrap, key: (name: any) => boolean | undefined, source: () => string) => void} More
 */
(function guard(/** @type {Rules} */ rules, /** @type {More | undefined} */ more) {
  /** Marks a guarded realm, and tells assent.js what was refused: "cookie _ga", "host tracker.example". */
  const BLOCKED = Symbol.for("assent.blocked");

  /** @type {string[]} */
  const blocked = [];
  const page = /** @type {Document | undefined} */ (self.document);
  const own = self.origin.replace(/.*\//, "");
  /** Frames whose first realm is guarded. @type {WeakSet<Window>} */
  const seen = new WeakSet();
  /** What the visitor had chosen when the page began. @type {string | undefined} */
  let chosen;
  /** The cookies that were there at the last look. */
  let last = "";

  /** Whether the first rule that fits refuses. @param {Kind} kind @param {string} name @param {string[]} fits */
  function refuses(kind, name, fits) {
    for (const table of rules[kind]) {
      const fit = fits.find((fit) => Object.hasOwn(table, fit));
      if (fit === undefined) continue;
      name = kind + " " + name;
      if (!table[fit] && blocked.length < 100 && !blocked.includes(name)) blocked.push(name);
      return !table[fit];
    }
  }

  /** The patterns that fit a name, closest first. @param {string} name */
  function fits(name) {
    return [name, ...Array.from({ length: name.length + 1 }, (_, cut) => name.slice(0, name.length - cut) + "*")];
  }

  /** A host and all above it, closest first. @param {string} name */
  function above(name) {
    return name.split(".").map((_, cut, all) => all.slice(cut).join("."));
  }

  /** @param {string} name */
  function cookie(name) {
    return refuses("cookie", name, [name, name.replace(/^__(host-http|host|secure|http)-/i, "")].flatMap(fits));
  }

  /** The name under which the site will read a cookie back. @param {string} line */
  function nameOf(line) {
    return /^[= \t]*([^=;]*?)[ \t]*=/.exec(line)?.[1] ?? "";
  }

  /** Whether a key of any kind of storage is refused. @param {any} name */
  function key(name) {
    return refuses("storage", (name = `${name}`), fits(name));
  }

  /** Whether a URL leads to a host that is refused. @param {any} text */
  function leaves(text) {
    try {
      const url = new URL(text, page?.baseURI);
      if (!/^(http|ws)/.test(url.protocol) || url.host === own) return false;
      const name = url.host.replace(/\.(?=:|$)/, "");
      const names = [name, name.replace(/:\d+$/, "")];
      return refuses("host", name, [...names, ...names.flatMap(above).map((each) => "*." + each), "*"]);
    } catch {
      return false;
    }
  }

  /** @type {Wrap} */
  function wrap(of, names, trap, part = "value") {
    for (const name of names.split(" ")) {
      try {
        const was = Object.getOwnPropertyDescriptor(of, name);
        if (!was?.[part]) continue;
        was[part] = new Proxy(was[part], {
          apply: (fn, self, args) => trap((next = args) => Reflect.apply(fn, self, next), args, self),
          construct: (fn, args, self) => trap((next = args) => Reflect.construct(fn, next, self), args, self),
        });
        was.configurable &&= name !== "cookie";
        Object.defineProperty(of, name, was);
      } catch {}
    }
  }

  /** Guards the realm of a worker, window or document, before the page can use it. @param {any} realm */
  function patch(realm) {
    try {
      realm = realm?.defaultView ?? realm;
      if (!realm || realm !== realm.self || realm[BLOCKED]) return;
      Object.defineProperty(realm, BLOCKED, { value: blocked });
    } catch {
      return;
    }
    /** @type {Type} */
    const type = (name) => realm[name]?.prototype;
    wrap(type("Document"), "cookie", (go, [text]) => {
      const name = nameOf((text = `${text}`));
      if (!cookie(name)) go([text]);
      // Whatever the line says, what it leads to now is a deletion: of two lifetimes the last counts.
      else if (name !== rules.own) go([text.replace(/[\0-\x1f]+/g, " ") + ";max-age=0"]);
    }, "set");
    wrap(type("CookieStore"), "set delete", (go, [init, value = init?.value]) => {
      const name = nameOf((init?.name ?? init) + "=" + value);
      return name === rules.own || (value !== undefined && cookie(name)) ? Promise.resolve() : go();
    });
    more?.(realm, type, wrap, key, () => `(${guard})(${JSON.stringify(rules)},${more});`);
    if (!realm.document) return;
    peers(realm, type("RTCPeerConnection"));
    doors(realm, type);
  }

  /** Leaves out the servers of WebRTC at refused hosts. @param {any} realm @param {any} type */
  function peers(realm, type) {
    const off = (/** @type {any} */ url) => leaves(`${url}`.replace(/^\w+:/, "https://"));
    /** @type {Trap} */
    const ice = (go, [init, more]) => {
      if (!init?.iceServers) return go();
      const iceServers = [...init.iceServers].filter(({ urls }) => ![urls].flat().some(off));
      return go([{ __proto__: init, iceServers }, more]);
    };
    if (!type) return;
    wrap(realm, "RTCPeerConnection", ice);
    wrap(type, "setConfiguration", ice);
    type.constructor = realm.RTCPeerConnection;
    realm.webkitRTCPeerConnection &&= type.constructor;
  }

  /** Watches the ways out of a window, and those to other windows of this origin. @param {any} realm @param {Type} type */
  function doors(realm, type) {
    /** Opens what may be a door. */
    const enter = (/** @type {() => any} */ go) => {
      const got = go();
      patch(got);
      frames(realm);
      return got;
    };
    wrap(realm, "open", (go, [url]) => (url && !navigator.userActivation?.isActive && leaves(url) ? null : enter(go)));
    realm.navigation?.addEventListener("navigate", (/** @type {any} */ event) => {
      if (event.cancelable && !event.userInitiated && leaves(event.destination.url)) event.preventDefault();
    });
    for (const name of "Node Element Document DocumentFragment ShadowRoot CharacterData DocumentType Range HTMLIFrameElement HTMLObjectElement".split(" ")) {
      // append, prepend, insert, replace, before, after, write, execCommand, setHTML, moveBefore and their kin.
      const names = Object.keys(type(name) ?? {}).filter((each) => /^(ap|pre|ins|rep|bef|aft|wri|exe|setH|mov)/.test(each));
      wrap(type(name), names.join(" "), enter);
      wrap(type(name), "innerHTML outerHTML", enter, "set");
      wrap(type(name), "contentWindow contentDocument", enter, "get");
    }
    new MutationObserver(() => frames(realm)).observe(realm.document, { childList: true, subtree: true });
    // A frame that goes on to another document of this origin has a new realm.
    realm.addEventListener("load", (/** @type {any} */ { target }) => patch(target.contentWindow), true);
    frames(realm);
  }

  /** Guards the frames of a window that are new. @param {Window} realm */
  function frames(realm) {
    for (let at = realm.length; at--; seen.add(realm[at])) {
      if (!seen.has(realm[at])) patch(realm[at]);
    }
  }

  /** Removes what slipped through, as long as the visitor has not chosen anew. */
  function sweep() {
    try {
      const { cookie } = /** @type {Document} */ (page);
      const pairs = cookie.split("; ");
      const choice = pairs.find((pair) => nameOf(pair) === rules.own)?.split(".")[3] ?? "";
      if (choice !== (chosen ??= choice)) return;
      if (last !== cookie) pairs.forEach(expire);
      last = cookie;
      for (const store of more ? [localStorage, sessionStorage] : []) {
        for (const name of Object.keys(store)) if (key(name)) store.removeItem(name);
      }
    } catch {}
  }

  /** Removes a refused cookie from wherever it can stand, for a script is not told where. @param {string} pair */
  function expire(pair) {
    if (nameOf(pair) === rules.own || !cookie(nameOf(pair))) return;
    let path = "";
    for (const part of location.pathname.split("/")) {
      for (const at of [path + part, (path += part + "/")]) {
        for (const domain of ["", ...above(location.hostname)]) {
          for (const flags of ["", ";secure", ";secure;partitioned"]) {
            /** @type {Document} */ (page).cookie = `${pair};max-age=0;path=${at};domain=${domain}${flags}`;
          }
        }
      }
    }
  }

  // A frame whose window was guarded before its document came keeps what it has.
  if (/** @type {any} */ (self)[BLOCKED]) return;
  patch(self);
  if (!page) return;
  sweep();
  addEventListener("securitypolicyviolation", (event) => leaves(event.blockedURI));
  for (const type of ["pagehide", "visibilitychange"]) addEventListener(type, sweep);
  /** @type {any} */ (self).cookieStore?.addEventListener("change", sweep);
  // Nothing tells of a property that is written to localStorage; a second is soon enough.
  if (more) setInterval(sweep, 1000);
})
