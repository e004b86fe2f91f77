// Tells which script writes a cookie or a storage key: the name and the stack, never the value. Runs before all
// scripts of each document; `assentWitness` leads to the auditor.
(() => {
  const tell = globalThis.assentWitness;
  if (!tell) return;
  const stack = () => [...(new Error().stack ?? "").matchAll(/(?:https?:\/\/)[^\s)]+?(?=:\d+:\d+)/g)].map(([url]) => url);
  const say = (kind, name) => {
    tell({ kind, name: String(name).slice(0, 512), stack: stack(), origin: self.origin }).catch(() => {});
  };
  const cookieName = (text) => {
    const [first, ...attributes] = String(text).split(";");
    const given = (key) => attributes.findLast((part) => part.trim().toLowerCase().startsWith(key + "="))?.split("=")[1];
    // What only deletes sets nothing.
    if (given("max-age") ? given("max-age") <= 0 : Date.parse(given("expires")) <= Date.now()) return "";
    return first.includes("=") ? first.slice(0, first.indexOf("=")).trim() : "";
  };

  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  const { set } = cookie;
  Object.defineProperty(Document.prototype, "cookie", {
    ...cookie,
    set(text) {
      const name = cookieName(text);
      if (name) say("cookie", name);
      set.call(this, text);
    },
  });

  const wrap = (type, method, kind, nameOf) => {
    const original = type?.prototype[method];
    if (!original) return;
    type.prototype[method] = function (...args) {
      say(typeof kind === "function" ? kind(this) : kind, nameOf(args));
      return original.apply(this, args);
    };
  };
  wrap(globalThis.CookieStore, "set", "cookie", ([first]) => (typeof first === "object" ? first?.name : first));
  wrap(Storage, "setItem", (area) => (area === globalThis.localStorage ? "localStorage" : "sessionStorage"), ([key]) => key);
  wrap(globalThis.IDBFactory, "open", "IndexedDB", ([name]) => name);
  wrap(globalThis.CacheStorage, "open", "Cache Storage", ([name]) => name);

  // What is set and gone before anybody looks into the jar.
  globalThis.cookieStore?.addEventListener("change", ({ changed }) => {
    for (const { name } of changed) tell({ kind: "taken", name, stack: [], origin: self.origin }).catch(() => {});
  });
})();
