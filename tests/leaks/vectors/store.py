"""Storage by script: every kind, from every realm."""

from tests.leaks.vector import UNDECLARED, Effect, Reply, Vector, alternately

FRAME = "const f = document.createElement('iframe'); document.body.append(f); const w = f.contentWindow;"
WORKER = "<script>new Worker('$OWN/x')</script>"


def script(name: str, code: str, category: str = "analytics", **options: bool) -> Vector:
    body = f"<script type=module>{code}</script>"
    return Vector(f"store.{name}", Effect.STORAGE, category, body=body, **options)  # type: ignore[arg-type]


def markup(name: str, body: str, answer: str, kind: str = "text/javascript") -> Vector:
    return Vector(f"store.{name}", Effect.STORAGE, body=body, replies={"x": Reply(answer, kind)})


VECTORS = alternately(
    [
        script("local", "localStorage.setItem('$NAME', '1')"),
        script("local-property", "localStorage.$NAME = '1'"),
        script("local-bracket", "localStorage['$NAME'] = '1'"),
        script("local-prototype", "Storage.prototype.setItem.call(localStorage, '$NAME', '1')"),
        script("local-define", "Object.defineProperty(localStorage, '$NAME', {value: '1'})"),
        script("local-reflect", "Reflect.set(localStorage, '$NAME', '1')"),
        script("local-assign", "Object.assign(localStorage, {$NAME: '1'})"),
        script("local-object-key", "localStorage.setItem({toString: () => '$NAME'}, '1')"),
        script("local-frame", f"{FRAME} w.localStorage.setItem('$NAME', '1')"),
        script("local-frame-property", f"{FRAME} w.localStorage.$NAME = '1'"),
        script("local-foreign", f"{FRAME} w.Storage.prototype.setItem.call(localStorage, '$NAME', '1')"),
        script("local-index", f"{FRAME} window[window.length - 1].localStorage.setItem('$NAME', '1')"),
        script("local-late", "setTimeout(() => localStorage.setItem('$NAME', '1'), 200)"),
        script("local-undeclared", "localStorage.setItem('$NAME', '1')", UNDECLARED),
        script("local-functional", "localStorage.setItem('$NAME', '1')", "functional"),
        script("local-necessary", "localStorage.setItem('$NAME', '1')", "necessary"),
        script("local-necessary-property", "localStorage.$NAME = '1'", "necessary"),
        markup(
            "local-own-frame",
            "<iframe src='$OWN/x'></iframe>",
            "<script>localStorage.$NAME = '1'</script>",
            "text/html",
        ),
        Vector(
            "store.local-srcdoc",
            Effect.STORAGE,
            body="<iframe srcdoc=\"<script>localStorage.setItem('$NAME', '1')</script>\"></iframe>",
        ),
        Vector(
            "store.local-popup",
            Effect.STORAGE,
            click=True,
            body="<button id='$ID' onclick=\"window.open('').localStorage.setItem('$NAME', '1')\">x</button>",
        ),
        script("session", "sessionStorage.setItem('$NAME', '1')"),
        script("session-property", "sessionStorage.$NAME = '1'"),
        script("session-prototype", "Storage.prototype.setItem.call(sessionStorage, '$NAME', '1')"),
        script("session-frame", f"{FRAME} w.sessionStorage.setItem('$NAME', '1')"),
        script("session-necessary", "sessionStorage.setItem('$NAME', '1')", "necessary"),
        script("indexed-db", "indexedDB.open('$NAME')"),
        script("indexed-db-prototype", "IDBFactory.prototype.open.call(indexedDB, '$NAME')"),
        script("indexed-db-frame", f"{FRAME} w.indexedDB.open('$NAME')"),
        script("indexed-db-foreign", f"{FRAME} w.IDBFactory.prototype.open.call(indexedDB, '$NAME')"),
        script("indexed-db-necessary", "indexedDB.open('$NAME')", "necessary"),
        markup("indexed-db-worker", WORKER, "indexedDB.open('$NAME')"),
        markup(
            "indexed-db-shared-worker",
            "<script>new SharedWorker('$OWN/x')</script>",
            "indexedDB.open('$NAME')",
        ),
        markup(
            "indexed-db-nested-worker",
            WORKER,
            "new Worker(URL.createObjectURL(new Blob([`indexedDB.open('$NAME')`])))",
        ),
        script(
            "indexed-db-blob-worker", "new Worker(URL.createObjectURL(new Blob([`indexedDB.open('$NAME')`])))"
        ),
        markup(
            "indexed-db-service-worker",
            "<script>navigator.serviceWorker.register('$OWN/x')</script>",
            "oninstall = () => indexedDB.open('$NAME')",
        ),
        script("cache", "caches.open('$NAME')"),
        script("cache-prototype", "CacheStorage.prototype.open.call(caches, '$NAME')"),
        script("cache-frame", f"{FRAME} w.caches.open('$NAME')"),
        script("cache-necessary", "caches.open('$NAME')", "necessary"),
        markup("cache-worker", WORKER, "caches.open('$NAME')"),
        script("opfs", "(await navigator.storage.getDirectory()).getFileHandle('$NAME', {create: true})"),
        script(
            "opfs-directory",
            "(await navigator.storage.getDirectory()).getDirectoryHandle('$NAME', {create: true})",
        ),
        script(
            "opfs-frame",
            f"{FRAME} (await w.navigator.storage.getDirectory()).getFileHandle('$NAME', {{create: true}})",
        ),
        markup(
            "opfs-worker",
            WORKER,
            "navigator.storage.getDirectory().then(d => d.getFileHandle('$NAME', {create: true}))",
        ),
        script("bucket", "navigator.storageBuckets.open('$NAME')"),
        script(
            "bucket-indexed-db", "(await navigator.storageBuckets.open('n_bucket')).indexedDB.open('$NAME')"
        ),
        script("bucket-cache", "(await navigator.storageBuckets.open('n_bucket')).caches.open('$NAME')"),
        script("bucket-frame", f"{FRAME} w.navigator.storageBuckets.open('$NAME')"),
    ]
)
