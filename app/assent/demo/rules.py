"""What the shop's owner declares, in the form of the configuration file: its cookies and its third party."""

from typing import Final
from urllib.parse import urlsplit

SHOP = "Fernweh Tea"
METRICS = "Steepmetrics"


def _cookie(name: str, category: str, provider: str, duration: str, description: str) -> dict[str, str]:
    return {
        "name": name,
        "category": category,
        "provider": provider,
        "duration": duration,
        "description": description,
    }


DECLARED: Final = [
    _cookie("shop_session", "necessary", SHOP, "session", "Keeps your basket and your log-in together."),
    _cookie("shop_csrf", "necessary", SHOP, "session", "Proves that a form was sent from this shop."),
    _cookie("shop_lang", "functional", SHOP, "1 year", "Remembers the language you read the shop in."),
    _cookie("shop_recent", "functional", SHOP, "30 days", "Lists the teas that you looked at last."),
    _cookie(
        "_ga", "analytics", "Google Analytics", "2 years", "Tells one visitor from another in our counts."
    ),
    _cookie("_ga_DEMO", "analytics", METRICS, "2 years", "Counts the pages of a visit."),
    _cookie("shop_visit", "analytics", SHOP, "30 days", "Shows us which visitors come back."),
    _cookie("tp_id", "analytics", METRICS, "1 year", "Recognises your browser when a page is counted."),
    _cookie("tp_video", "analytics", METRICS, "1 year", "Counts how often a film is watched."),
    _cookie("shop_rum", "performance", SHOP, "session", "Marks a visit whose loading times are measured."),
    _cookie("shop_timing", "performance", SHOP, "1 day", "Holds how long the last page took to load."),
    _cookie("_fbp", "advertisement", "Meta", "90 days", "Lets our advertisements recognise your browser."),
    _cookie("shop_campaign", "advertisement", SHOP, "30 days", "Notes which advertisement brought you here."),
    _cookie(
        "shop_retarget", "advertisement", SHOP, "90 days", "Shows you our advertisements after you have left."
    ),
    _cookie(
        "shop_upsell", "advertisement", SHOP, "7 days", "Notes that the basket suggested another tea to you."
    ),
]
"""Every cookie of the shop and its third party, as ``[[cookies]]`` entries."""


def declared(shop: str, third_party: str) -> dict[str, object]:
    """Return what the shop's configuration file says; shop and third party are given by their origins."""
    return {
        "site": {"name": SHOP},
        "gateway": {"upstream": shop},
        "cookies": DECLARED,
        "hosts": [{"host": urlsplit(third_party).netloc, "category": "analytics"}],
    }
