// @ts-check
/**
 * The part of the guard that keeps refused keys out of every kind of storage; guard.js calls it for each realm.
 * What a page finds there that is refused by name is deleted; what no rule names can no longer be written, but
 * is not deleted, for it may be all that the visitor has.
 */
(function storage(/** @type {any} */ realm, /** @type {any} */ type, /** @type {any} */ wrap, /** @type {(name: any, known?: boolean) => boolean | undefined} */ key, /** @type {() => boolean} */ current, /** @type {() => string} */ source) {
  "use strict";

  /** Refuses as a browser does that stores nothing for a site. @type {any} */
  const deny = (/** @type {() => any} */ go, /** @type {any[]} */ [name]) =>
    key(name) ? Promise.reject(new DOMException("Refused by the visitor", "SecurityError")) : go();
  /** @type {Map<string, Blob>} */
  const blobs = new Map();

  wrap(type("Storage"), "setItem", (/** @type {() => any} */ go, /** @type {any[]} */ args) =>
    args.length > 1 && key(args[0]) ? undefined : go());
  wrap(type("CacheStorage"), "open", deny);
  wrap(type("StorageBucketManager"), "open", deny);
  wrap(type("FileSystemDirectoryHandle"), "getFileHandle getDirectoryHandle", deny);
  wrap(type("IDBFactory"), "open", (/** @type {(args?: any[]) => any} */ go, /** @type {any[]} */ [name]) => {
    if (!key(name)) return go();
    // A real request that fails: no version is as high as this, so there is always an upgrade to abort.
    const request = go([name, Number.MAX_SAFE_INTEGER]);
    request.addEventListener("upgradeneeded", (/** @type {Event} */ event) => {
      event.stopImmediatePropagation();
      request.transaction.abort();
    });
    return request;
  });

  // A worker from a blob never passes the server, so it takes the guard along from here.
  wrap(realm.URL, "createObjectURL", (/** @type {() => any} */ go, /** @type {any[]} */ [blob]) => {
    const url = go();
    blobs.set(url, blob);
    return url;
  });
  wrap(realm.URL, "revokeObjectURL", (/** @type {() => any} */ go, /** @type {any[]} */ [url]) => {
    blobs.delete(`${url}`);
    go();
  });
  wrap(realm, "Worker SharedWorker", (/** @type {(args?: any[]) => any} */ go, /** @type {any[]} */ [url, ...rest]) => {
    const blob = blobs.get(`${url}`);
    // Where the page demands Trusted Types, an address of ours is none.
    if (!blob || typeof url !== "string") return go();
    return go([URL.createObjectURL(new Blob([source(), blob], { type: blob.type })), ...rest]);
  });

  if (!realm.document) return;
  // To open them takes a page longer than all of this, so that waits until something turns to them.
  wrap(realm, "localStorage sessionStorage", (/** @type {() => any} */ go) => {
    realm === self ? open() : self.localStorage;
    return go();
  }, "get");
  if (realm !== self) return;
  /** @type {Storage[] | undefined} */
  let areas;
  /** What was there before the page could write. @type {string[][]} */
  let found;

  function open() {
    if (areas) return;
    areas = [];
    try {
      areas = [localStorage, sessionStorage];
    } catch {
      // A sandboxed frame has none.
    }
    found = areas.map(Object.keys);
    sweep();
  }

  /** Removes what was written as a property, which nothing tells of. */
  function sweep() {
    if (!areas?.length || !current()) return;
    areas.forEach((area, at) => {
      for (const name of Object.keys(area)) if (key(name, found[at].includes(name))) area.removeItem(name);
    });
  }

  /** Deletes from what is kept by name. @param {any} names @param {(name: string) => any} remove */
  async function purge(names, remove) {
    for await (const name of await names) if (key(name, true)) remove(name);
  }

  /** @param {any} of The window, or a bucket of its storage. */
  function tidy({ indexedDB, caches }) {
    purge(indexedDB?.databases?.().then((/** @type {any} */ all) => all.map((/** @type {any} */ each) => each.name)) ?? [], (name) => indexedDB.deleteDatabase(name)).catch(() => {});
    purge(caches?.keys() ?? [], (name) => caches.delete(name)).catch(() => {});
  }

  async function tidyAll() {
    const { storage, storageBuckets } = /** @type {any} */ (navigator);
    tidy(self);
    const folder = await storage?.getDirectory?.();
    await purge(folder?.keys() ?? [], (name) => folder.removeEntry(name, { recursive: true }));
    for (const name of (await storageBuckets?.keys()) ?? []) {
      if (key(name, true)) storageBuckets.delete(name);
      else if (!key(name)) tidy(await storageBuckets.open(name));
    }
  }

  for (const kind of ["pagehide", "visibilitychange"]) addEventListener(kind, sweep);
  setInterval(() => (open(), sweep()), 1000);
  // Scripts are kept from opening it, so that can wait until the page is done.
  const idle = /** @type {any} */ (self).requestIdleCallback ?? setTimeout;
  if (self === top) addEventListener("load", () => idle(() => current() && tidyAll().catch(() => {})));
})
