"""Reading a posted form: its size, its encoding and its CSRF token."""

import secrets
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from assent.demo.cookies import CSRF

LARGEST_FORM = 16_384
MOST_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a urlencoded form whose token matches the browser's token cookie.

    Raises HTTPException 413 when the body is too large, 400 when it is no form, 403 when the tokens differ.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, "This form is larger than any form of this shop.")
    try:
        fields = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "This form could not be read. Go back and send it again.") from error
    _check_token(request.cookies.get(CSRF.name, ""), fields.get("csrf", ""))
    return fields


def _check_token(sent: str, written: str) -> None:
    if not sent:
        raise HTTPException(
            403, "Your browser sent no shop_csrf cookie. Allow it, load the form again and send it."
        )
    if not secrets.compare_digest(sent.encode(), written.encode()):
        raise HTTPException(
            403, "This form did not come from this shop, or is too old. Load it again and send it."
        )
