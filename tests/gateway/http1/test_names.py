"""Which fields decide about framing, and which names are none."""

import pytest

from assent.gateway.http1.names import CODING, CONNECTION, INVALID, LENGTH, PLAIN, ROLES, role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (b"Content-Length", LENGTH),
        (b"CONTENT-length", LENGTH),
        (b"transfer-encoding", CODING),
        (b"Connection", CONNECTION),
        (b"X-Content-Length", PLAIN),
        (b"!#$%&'*+-.^_`|~09azAZ", PLAIN),
        (b"", INVALID),
        (b"content-length ", INVALID),
        (b"content-length:", INVALID),
        (b"x\r\ncontent-length", INVALID),
        (b"caf\xe9", INVALID),
    ],
)
def test_role_of_a_name(name: bytes, role: int) -> None:
    assert role_of(name) == ROLES[name] == role
