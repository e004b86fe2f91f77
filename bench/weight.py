"""What a first view loads, in brotli bytes: banner, logic and guard, which all stand in the page."""

import asyncio
import re
import tempfile
from pathlib import Path

import brotli
import httpx
from starlette.responses import HTMLResponse

from assent import ConsentMiddleware, Settings

PAGE = '<!doctype html><html lang="en"><head><title>Teas</title></head><body><p>Fine teas</p></body></html>'
PIECES = {
    "guard": rb'<script[^>]* data-assent="guard".*?</script>',
    "its rules": rb"(?<=\"tables\":)'.*?'(?=\},\{exits:)",
    "logic": rb'<script[^>]* data-assent="script".*?</script>',
    "styles": rb'<style[^>]* data-assent="styles".*?</style>',
    "banner": rb'<div id="assent".*?role="status"[^>]*></p></div>',
}


async def first_view(folder: Path) -> bytes:
    """Return a page as a visitor from elsewhere gets it before a choice."""
    values = {"data_dir": folder, "gateway": {"trusted_proxies": ["127.0.0.1/32"]}}
    app = ConsentMiddleware(HTMLResponse(PAGE), settings=Settings.model_validate(values))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
        answer = await client.get("/", headers={"accept": "text/html", "sec-fetch-dest": "document"})
    await app.close()
    return answer.content


def main() -> None:
    """Print the weight of all and of each piece."""
    with tempfile.TemporaryDirectory() as folder:
        page = asyncio.run(first_view(Path(folder)))
    added = len(brotli.compress(page)) - len(brotli.compress(PAGE.encode()))
    print(f"all of it: {added} B; `make bench-first-view` puts it beside others")
    for name, pattern in PIECES.items():
        found = re.search(pattern, page, re.DOTALL)
        assert found, name
        print(f"  {name}: {len(brotli.compress(found[0]))} B by itself")


if __name__ == "__main__":
    main()
