"""The cookie declaration as JSON, for policy pages and tools."""

from assent.web.contexts import CookieRow, Declaration


def declared(declaration: Declaration) -> dict[str, object]:
    """Return the declaration; texts as the site's rules have them, empty where they say nothing."""
    return {
        "site": declaration.frame.site_name,
        "controller": declaration.frame.controller,
        "privacy_policy": declaration.frame.privacy_policy,
        "categories": [
            {
                "category": section.value,
                "always": section.always,
                "cookies": [_facts(cookie) for cookie in section.cookies],
            }
            for section in declaration.sections
        ],
        "third_parties": [
            {"domain": party.domain, "category": party.category, "learned": party.learned}
            for party in declaration.third_parties
        ],
    }


def _facts(cookie: CookieRow) -> dict[str, object]:
    return {name: value for name, value in vars(cookie).items() if name not in ("catalogued", "new")}
