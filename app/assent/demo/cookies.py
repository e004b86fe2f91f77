"""Which cookies the shop sets by header field, with their attributes and values."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

DAY = 86400


@dataclass(frozen=True, slots=True)
class ShopCookie:
    """One cookie of the shop; ``max_age`` in seconds, None for the browser session."""

    name: str
    value: Callable[[], str]
    max_age: int | None = None
    path: str = "/"
    httponly: bool = False

    def put(self, response: Response, value: str | None = None) -> None:
        """Add the Set-Cookie field to the response, with a fresh value unless one is given."""
        response.set_cookie(
            self.name,
            self.value() if value is None else value,
            max_age=self.max_age,
            path=self.path,
            httponly=self.httponly,
        )

    def delete(self, response: Response) -> None:
        """Tell the browser to drop the cookie."""
        response.delete_cookie(self.name, path=self.path, httponly=self.httponly)


def _random() -> str:
    return secrets.token_hex(8)


def _analytics_id() -> str:
    return f"GA1.1.{secrets.randbelow(2**31)}.{int(time.time())}"


def _pixel_id() -> str:
    return f"fb.1.{int(time.time() * 1000)}.{secrets.randbelow(2**31)}"


SESSION = ShopCookie("shop_session", _random, httponly=True)
CSRF = ShopCookie("shop_csrf", lambda: secrets.token_urlsafe(18))

ON_EVERY_PAGE = (
    ShopCookie("shop_lang", lambda: "en", max_age=365 * DAY),
    ShopCookie("_ga", _analytics_id, max_age=730 * DAY),
    ShopCookie("shop_visit", _random, max_age=30 * DAY, httponly=True),
    ShopCookie("shop_rum", lambda: f"on.{_random()}"),
    ShopCookie("_fbp", _pixel_id, max_age=90 * DAY),
)
ON_THE_CAMPAIGN_REDIRECT = ShopCookie("shop_campaign", lambda: "spring", max_age=30 * DAY)
ON_NOT_FOUND = ShopCookie("shop_retarget", _random, max_age=90 * DAY)
ON_THE_BASKET = ShopCookie("shop_upsell", lambda: "shown", max_age=7 * DAY, path="/basket")

BY_HEADER = (SESSION, CSRF, *ON_EVERY_PAGE, ON_THE_CAMPAIGN_REDIRECT, ON_NOT_FOUND, ON_THE_BASKET)
"""Every cookie that a response of the shop can set."""


def put_missing(request: Request, response: Response, cookies: Iterable[ShopCookie]) -> None:
    """Set those of the cookies that the browser did not send."""
    for cookie in cookies:
        if cookie.name not in request.cookies:
            cookie.put(response)
