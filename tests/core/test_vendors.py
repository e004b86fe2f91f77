"""Which vendors a site has, by what it declares."""

import pytest

from assent.core.vendors import MARKS, declared


@pytest.mark.parametrize(
    ("cookies", "hosts", "found"),
    [
        ([], [], set()),
        (["sessionid", "gallery"], ["notgoogle-analytics.com", "clarity.ms.example"], set()),
        (["_ga"], [], {"google"}),
        (["_ga_*"], [], {"google"}),
        ([], ["*.googletagmanager.com"], {"google"}),
        ([], ["region1.google-analytics.com:443"], {"google"}),
        ([], ["www.clarity.ms"], {"microsoft"}),
        ([], ["*.bing.com", "*.facebook.net"], {"microsoft", "meta"}),
        ([], ["bing.com", "*.ing.com", "*.ads.doubleclick.example"], set()),
        (["_uetsid"], ["connect.facebook.net"], {"microsoft", "meta"}),
        (["_pk_id.*", "wordpress_*"], [], {"matomo", "wordpress"}),
    ],
)
def test_a_vendor_is_known_by_what_is_declared(cookies: list[str], hosts: list[str], found: set[str]) -> None:
    assert declared(cookies, hosts) == found


def test_every_vendor_has_marks_of_its_own() -> None:
    every = [mark for marks in MARKS.values() for mark in (*marks.domains, *marks.cookies)]
    assert len(every) == len(set(every))
