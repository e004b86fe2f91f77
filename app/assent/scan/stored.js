// What an origin keeps besides cookies: [kind, key] each. Read in a world of its own, where no script of the page
// stands in the way.
(async () => {
  const found = [];
  const attempt = async (read) => {
    try {
      await read();
    } catch {
      // Not here: an opaque origin, or an insecure one.
    }
  };
  await attempt(() => found.push(...Object.keys(localStorage).map((key) => ["localStorage", key])));
  await attempt(() => found.push(...Object.keys(sessionStorage).map((key) => ["sessionStorage", key])));
  await attempt(async () => {
    for (const { name } of await indexedDB.databases()) found.push(["IndexedDB", name]);
  });
  await attempt(async () => {
    for (const name of await caches.keys()) found.push(["Cache Storage", name]);
  });
  return found;
})();
