// @ts-check
/**
 * Keeps the scripts of a page or worker from what the visitor refused: best effort, beside the header fields
 * and the policy, which hold without it. The server calls this function with the rules of one decision, ahead
 * of everything of the site's, with the parts that it needs there: guard-exits.js in pages, guard-storage.js where
 * storage is refused, guard-loads.js where no policy is in force, guard-answers.js in workers.
 *
 * What is wrapped becomes a Proxy of the original: name, length, prototype and "[native code]" show through.
 * The names are short on purpose: every page waits for this file.
 *
 * @typedef {Record<string, 0 | 1>} Table What may pass, by exact name or prefix*; a bare * is the default
 * @typedef {"cookie" | "storage" | "host"} Kind Each has its tables in order of precedence
 * @typedef {Record<Kind, Table[]>} Tables
 * @typedef {{own: string, tables: string, policy?: string}} Rules With the tables as JSON
 * @typedef {(go: (args?: any[]) => any, args: any[], self: any) => any} Trap Calls the original by `go`, or does not
 * @typedef {(of: any, names: string, trap: Trap, part?: "value" | "get" | "set") => void} Wrap
 * @typedef {(name: string) => any} Type The prototype of an interface of one realm, if it has it
 * @typedef {(name: any, known?: boolean) => boolean | undefined} Refuses By rules, or with `known` by those alone that name it
 * @typedef {(node: any, markup?: boolean) => any} Tame What may be put into a document in the place of this
 * @typedef {object} Parts Each is called for every realm
 * @property {(realm: any, type: Type, wrap: Wrap, leaves: Refuses, base: string, more: boolean) => Tame} [exits]
 * @property {(realm: any, type: Type, wrap: Wrap, key: Refuses, current: () => boolean, source: () => string) => void} [storage]
 * @property {(realm: any, type: Type, wrap: Wrap, leaves: Refuses) => void} [loads]
 * @property {(type: Type, wrap: Wrap, policy: string | undefined) => void} [answers]
 */
(function guard(/** @type {Rules} */ rules, /** @type {Parts} */ parts) {
  /** Marks a guarded realm, and tells assent.js what was refused: "cookie _ga", "host tracker.example". */
  const BLOCKED = Symbol.for("assent.blocked");

  /** @type {string[]} */
  const blocked = [];
  const page = /** @type {Document | undefined} */ (self.document);
  const own = self.origin.replace(/.*\//, "");
  const tag = page?.currentScript;
  const base = self.origin + tag?.dataset.base;
  // A script may put its own in the place of it before the tables are read.
  const { parse } = JSON;
  /** Read when the first name is looked up: building them is the longest of what a page would wait for here. @type {Tables | undefined} */
  let tables;
  /** Frames whose first realm is guarded. @type {WeakSet<Window>} */
  const seen = new WeakSet();
  /** What the visitor had chosen when the page began. @type {string | undefined} */
  let chosen;
  /** The cookies that were there at the last look. */
  let last = "";

  /** Whether the first rule that fits refuses. @param {Kind} kind @param {string} name @param {string[]} fits @param {boolean} [known] */
  function refuses(kind, name, fits, known) {
    const all = (tables ??= /** @type {Tables} */ (parse(rules.tables)))[kind];
    for (const table of known ? all.slice(0, -1) : all) {
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

  /** Whether a key of any kind of storage is refused. @type {Refuses} */
  function key(name, known) {
    return refuses("storage", (name = `${name}`), fits(name), known);
  }

  /** Whether a URL leads to a host that is refused. @type {Refuses} */
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
        // What makes things is what things name as their maker.
        if (was.value?.prototype) was.value.prototype.constructor = was.value;
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
    wrap(type("CookieStore"), "set delete", (go, [from, text]) => {
      // Read once, for a getter may answer otherwise the next time.
      const init = text === undefined && Object(from) === from
        ? Object.fromEntries("name value domain path expires maxAge sameSite partitioned".split(" ").map((each) => [each, from[each]]))
        : { name: `${from}`, value: text && `${text}` };
      const name = nameOf(init.name + "=" + init.value);
      return name === rules.own || (init.value !== undefined && cookie(name)) ? Promise.resolve() : go([init]);
    });
    parts.storage?.(realm, type, wrap, key, current, source);
    parts.loads?.(realm, type, wrap, leaves);
    parts.answers?.(type, wrap, rules.policy);
    if (realm.document && parts.exits) doors(realm, type, parts.exits(realm, type, wrap, leaves, base, !!parts.loads));
  }

  /** The guard for a worker whose script never passes the server. */
  function source() {
    return `(${guard})(${JSON.stringify(rules)},{storage:${parts.storage},loads:${parts.loads}});`;
  }

  /** Watches the ways from one window to others of this origin. @param {any} realm @param {Type} type @param {Tame} tame */
  function doors(realm, type, tame) {
    /** Opens what may be a door. @type {(markup?: boolean) => Trap} */
    const enter = (markup) => (go, args) => {
      const got = go(args.map((each) => tame(each, markup)));
      patch(got);
      frames(realm);
      return got;
    };
    const [door, written] = [enter(), enter(true)];
    wrap(realm, "open", door);
    for (const name of "Node Element Document DocumentFragment ShadowRoot CharacterData DocumentType Range HTMLIFrameElement HTMLObjectElement".split(" ")) {
      const of = type(name);
      // append, prepend, insert, replace, surround, before, after, moveBefore and their kin; and those that take markup.
      for (const each of Object.keys(of ?? {})) {
        if (/^(ap|pre|ins|rep|sur|bef|aft|mov|wri|exe|setH)/.test(each)) wrap(of, each, /L$|^(wri|exe|setH)/.test(each) ? written : door);
      }
      wrap(of, "innerHTML outerHTML", written, "set");
      wrap(of, "contentWindow contentDocument", door, "get");
    }
    watch(realm);
  }

  /** Looks at frames as soon as a parser has made them. @param {Window} realm */
  function watch(realm) {
    new MutationObserver(() => frames(realm)).observe(realm.document, { childList: true, subtree: true });
    // A frame that goes on to another document of this origin has a new realm, or a new document in the old one.
    // That it has loaded is not told to the window around it, only to the document.
    for (const kind of ["load", "DOMContentLoaded"]) {
      realm.document.addEventListener(kind, ({ target }) => {
        const { contentWindow, getSVGDocument } = /** @type {any} */ (target);
        patch(contentWindow ?? getSVGDocument?.call(target));
        frames(realm);
      }, true);
    }
    frames(realm);
  }

  /** Guards the frames of a window that are new. @param {Window} realm */
  function frames(realm) {
    for (let at = realm.length; at--; seen.add(realm[at])) {
      if (!seen.has(realm[at])) patch(realm[at]);
    }
  }

  /** The cookies that scripts may see, one by one. */
  function pairs() {
    return /** @type {Document} */ (page).cookie.split("; ");
  }

  /** Whether the visitor has not chosen anew since the page began, by the cookies that are there. */
  function current(now = pairs()) {
    const choice = now.find((pair) => nameOf(pair) === rules.own)?.split(".")[3] ?? "";
    return choice === (chosen ??= choice);
  }

  /** Removes the cookies that slipped through. */
  function sweep() {
    try {
      const now = pairs();
      if (!current(now) || last === `${now}`) return;
      now.forEach(expire);
      last = `${now}`;
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

  // A framework that takes over the whole document would stumble over it.
  tag?.remove();
  // Through a service worker the server cannot tell a frame from a page, and both come with a banner.
  if (page && self !== top) page.addEventListener("readystatechange", () => page.getElementById("assent")?.remove(), { once: true });
  // A frame whose window was guarded before its document came keeps what it has, but for the new document.
  if (/** @type {any} */ (self)[BLOCKED]) {
    if (page) watch(self);
    return;
  }
  patch(self);
  if (!page) return;
  sweep();
  addEventListener("securitypolicyviolation", (event) => leaves(event.blockedURI));
  for (const type of ["pagehide", "visibilitychange"]) addEventListener(type, sweep);
  /** @type {any} */ (self).cookieStore?.addEventListener("change", sweep);
})
