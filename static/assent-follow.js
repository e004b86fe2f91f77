// @ts-check
/**
 * What follows from a choice for the page that is there: what it was denied, what may run now, what is forgotten.
 * A part of assent-choice.js, and sent within it.
 */

const PARKED = ["src", "href", "data", "srcset", "http-equiv", "type"].map((name) => `[data-assent-${name}]`).join();
/** Tags that wait for their category. */
export const TAGS = 'script[type="text/plain"][data-category]';

/** Tags that were run, or could not be. @type {WeakSet<Element>} */
const tried = new WeakSet();

/**
 * Runs parked tags, in the order in which they stand. A tag runs under its own nonce: one that somebody smuggled in
 * has none. Where the page demands Trusted Types its default policy decides.
 * @param {HTMLScriptElement[]} parked
 */
export function run(parked) {
  for (const tag of parked) {
    if (tried.has(tag)) continue;
    tried.add(tag);
    const script = document.createElement("script");
    try {
      for (const { name, value } of tag.attributes) if (name !== "type") script.setAttribute(name, value);
      if (tag.dataset.type) script.type = tag.dataset.type;
      script.nonce = tag.nonce;
      script.async = tag.async;
      script.text = tag.text;
      tag.replaceWith(script);
    } catch (error) {
      // The site's own affair, told where its makers look.
      reportError(error);
    }
  }
}

/**
 * What this page and its frames were denied, as the guard names it; what is parked counts as its host, and what has
 * no host waits for everything to be granted.
 * @param {Window} realm @returns {string[]}
 */
export function denied(realm) {
  const found = new Set(/** @type {string[]} */ (/** @type {any} */ (realm)[Symbol.for("assent.blocked")]));
  for (const parked of realm.document.querySelectorAll(PARKED)) {
    for (const url of addresses(parked)) {
      const { host } = Object.assign(realm.document.createElement("a"), { href: url });
      found.add(host ? "host " + host : "parked");
    }
  }
  for (let frame = 0; frame < realm.length; frame++) {
    // A frame of another site has nothing of ours, and cannot be asked.
    try {
      denied(realm[frame]).forEach(found.add, found);
    } catch {}
  }
  return [...found].slice(0, 200);
}

/** The addresses that a parked element would lead to. @param {Element} parked */
function addresses({ attributes }) {
  const urls = [...attributes].flatMap(({ name, value }) => {
    if (name.endsWith("srcset")) return value.split(/,\s|\s+[\d.]+[wx],?|\s+/);
    if (name === "content") return value.replace(/^[\s\d.;,]*(url\s*=)?\s*["']?/i, "");
    return name.startsWith("data-assent-") ? value : [];
  });
  return urls.filter(Boolean);
}

/** Forgets what was fetched under the wider choice: the scripts of service workers, and pages that they keep. */
export async function forget() {
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((worker) => worker.unregister()));
  for (const name of (await self.caches?.keys()) ?? []) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const type = (await cache.match(request))?.headers.get("content-type");
      if (type?.includes("html")) await cache.delete(request);
    }
  }
}

/** @param {any} field @returns {boolean} Whether the visitor has changed it. */
export function isEdited(field) {
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.defaultChecked !== field.checked || ("defaultValue" in field && field.defaultValue !== field.value);
}
