"""Which pages to visit: the first, what it links to, what the sitemap lists, within what robots may."""

import re
from collections.abc import Callable, Iterable
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx

AGENT = "assent-scan"
SECONDS = 10.0
LARGEST = 2_000_000
"""Octets of a sitemap or robots.txt that are read."""

MOST_SITEMAPS = 5
MOST_LINKS = 4

_LOCATION = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>", re.IGNORECASE)
_LEAVES = re.compile(
    r"log-?out|sign-?out|log_?off|abmelden|deconnexion|unsubscribe|delete|remove|cancel|add[-_]to[-_]cart",
    re.IGNORECASE,
)
"""What a visitor who only reads does not follow."""

_FILES = re.compile(
    r"\.(?:pdf|zip|gz|tgz|jpe?g|png|gif|webp|avif|svg|ico|mp[34]|webm|ogg|wav|css|m?js|json|xml|rss|atom|txt|csv"
    r"|docx?|xlsx?|pptx?|exe|dmg|deb|woff2?|ics)\Z",
    re.IGNORECASE,
)

NOWHERE = "/assent-scan-nothing-is-here"
"""An address that no site has: error pages set cookies, too."""

Allowed = Callable[[str], bool]


class Frontier:
    """The pages to visit, in the order in which they were found; one for each path."""

    def __init__(self, start: str, limit: int, allowed: Allowed) -> None:
        self._origin = origin(start)
        self._limit = limit
        self._allowed = allowed
        self._paths: set[str] = {urlsplit(start).path}
        self._pages = [start]

    def add(self, links: Iterable[str]) -> None:
        """Take in links, as far as they stay on the site and there is room."""
        for link in links:
            url = urldefrag(link).url
            path = urlsplit(url).path or "/"
            if len(self._pages) >= self._limit:
                return
            if origin(url) != self._origin or path in self._paths:
                continue
            if _FILES.search(path) or _LEAVES.search(url) or not self._allowed(url):
                continue
            self._paths.add(path)
            self._pages.append(url)

    def __len__(self) -> int:
        return len(self._pages)

    def __getitem__(self, place: int) -> str:
        return self._pages[place]


def origin(url: str) -> str:
    """Return scheme and authority of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def locations(sitemap: str) -> list[str]:
    """Return the addresses that a sitemap or an index of sitemaps lists."""
    return [unescape(found) for found in _LOCATION.findall(sitemap)]


class Outside:
    """What a site says to crawlers, asked for without the visitor's cookies."""

    def __init__(self, start: str, client: httpx.AsyncClient) -> None:
        self._start = start
        self._client = client

    async def robots(self) -> RobotFileParser:
        """Return the site's robots.txt; one that cannot be had allows everything (RFC 9309, 2.3.1.3)."""
        parser = RobotFileParser()
        parser.parse((await self._text("/robots.txt") or "").splitlines())
        return parser

    async def sitemap(self, robots: RobotFileParser) -> list[str]:
        """Return the addresses of the site's sitemap, of an index those of the first few."""
        places = [*(robots.site_maps() or ()), "/sitemap.xml"]
        pages: list[str] = []
        for _ in range(MOST_SITEMAPS):
            if not places:
                break
            text = await self._text(places.pop(0)) or ""
            if "<sitemapindex" in text:
                places += locations(text)
            else:
                pages += locations(text)
        return pages

    async def json(self, path: str) -> object:
        """Return a JSON file of the site, or None."""
        try:
            response = await self._client.get(urljoin(self._start, path))
            return response.json() if response.is_success else None
        except (httpx.HTTPError, ValueError):
            return None

    async def texts(self, links: Iterable[str]) -> str:
        """Return the words of what a banner links to, of the first few."""
        pages = [await self._text(link) or "" for link in sorted(set(links))[:MOST_LINKS]]
        return "\n".join(pages)

    async def _text(self, path: str) -> str | None:
        try:
            async with self._client.stream("GET", urljoin(self._start, path)) as response:
                if not response.is_success:
                    return None
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        break
                return body.decode("utf-8", "replace")
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
