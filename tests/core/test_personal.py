import hashlib

import pytest

from assent.core.personal import Personal, truncated


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.99", "192.0.2.0"),
        ("2001:db8:1:2:3::4", "2001:db8:1::"),
        ("::ffff:192.0.2.99", "192.0.2.0"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", None),
        ("", None),
    ],
)
def test_an_address_is_cut_to_its_network(address: str, kept: str | None) -> None:
    assert truncated(address) == kept


def test_a_commitment_is_a_salted_hash_of_the_canonical_data() -> None:
    found = Personal(b"salt", {"b": "2", "address": "192.0.2.0"}).commitment
    assert found == hashlib.sha256(b'salt{"address":"192.0.2.0","b":"2"}').hexdigest()
    assert found != Personal(b"other", {"b": "2", "address": "192.0.2.0"}).commitment
