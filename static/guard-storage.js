// @ts-check
/**
 * The part of the guard that keeps refused keys out of every kind of storage; guard.js calls it for each realm.
 */
(function storage(/** @type {any} */ realm, /** @type {any} */ type, /** @type {any} */ wrap, /** @type {(name: any) => boolean | undefined} */ key, /** @type {() => string} */ source) {
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
  wrap(type("IDBFactory"), "open", (/** @type {() => any} */ go, /** @type {any[]} */ [name], /** @type {IDBFactory} */ self) => {
    if (!key(name)) return go();
    // A real request that fails: what existed is gone first, so there is always an upgrade to abort.
    self.deleteDatabase(name);
    const request = go();
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
})
