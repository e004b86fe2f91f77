"""The text on the console when the demo is up: where it is and what to try."""

from assent.demo.counter import EMAIL, PASSWORD

_TEXT = """\
Fernweh Tea, a shop that sets every kind of cookie, is open behind Assent:

    {address}

Five things to try:

 1. Open it and choose nothing yet. The shop set seven cookies with this one page; in the developer
    tools, Application > Cookies lists the two that it needs. Its scripts tried to set two more,
    its third party others; {address}/journal/pouring shows what stands in
    the place of a film that was not agreed to.
 2. Choose "Reject All", then log in at {address}/login
    as {email} with the password {password}. Basket and log-in work: they are necessary.
 3. Choose "Customize", switch on Analytics alone and save. {address}/seen.html
    lists what the shop itself received: _ga is there, _fbp is not.
 4. Open {address}/nowhere (a 404) and {address}/go/spring (a redirect).
    Both set a cookie by header, before any script could step in. Neither arrives.
 5. Switch JavaScript off and do it all again: the choice is a plain form, and the answer the same.

Or ask from a second terminal what is left of a request that carries three cookies:

    curl -s {address}/seen -H 'Cookie: shop_session=mine; _ga=GA1.1.7.7; _fbp=fb.1.7.7'

Ctrl+C stops the shop.
"""


def welcome(address: str) -> str:
    """Return the greeting for a demo that is reached at this address, such as ``http://127.0.0.1:8000``."""
    return _TEXT.format(address=address.rstrip("/"), email=EMAIL, password=PASSWORD)
