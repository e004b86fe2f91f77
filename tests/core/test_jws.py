import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet, OKPKey

from assent.core.jws import BadSignature, Keys, PublicKey, decoded, derived, encoded

OLD, NEW = "old-secret-" + "o" * 32, "new-secret-" + "n" * 32
TYPE = "a-test"

# RFC 8037, appendix A.
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
TOKEN = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


def test_the_rfc_8037_key_has_the_rfcs_thumbprint_and_checks_its_signature() -> None:
    key = PublicKey(X)
    signed, _, signature = TOKEN.rpartition(".")
    assert key.kid == THUMBPRINT
    assert key.signed(decoded(signature), signed.encode())
    assert not key.signed(decoded(signature), signed.encode() + b"x")
    assert encoded(Ed25519PrivateKey.from_private_bytes(decoded(D)).sign(signed.encode())) == signature


@given(st.binary(max_size=80))
def test_what_was_signed_is_what_is_read_and_an_independent_library_agrees(payload: bytes) -> None:
    keys = Keys([NEW, OLD])
    token = keys.sign(payload, TYPE)
    assert keys.verify(token, TYPE) == payload
    found = jws.deserialize_compact(token, KeySet.import_key_set(keys.jwks), algorithms=["Ed25519"])  # type: ignore[arg-type]
    assert found.payload == payload
    assert found.headers() == {"alg": "Ed25519", "kid": next(iter(keys.public)), "typ": TYPE}


def test_the_newest_key_signs_and_all_verify_also_those_that_are_only_known_publicly() -> None:
    before = Keys([OLD])
    token = before.sign(b"x", TYPE)
    assert Keys([NEW, OLD]).verify(token, TYPE) == b"x"
    assert Keys([NEW], retired=[key.x for key in before.public.values()]).verify(token, TYPE) == b"x"
    assert Keys.of_jwks(json.dumps(before.jwks)).verify(token, TYPE) == b"x"
    with pytest.raises(BadSignature, match="not among those known"):
        Keys([NEW]).verify(token, TYPE)
    with pytest.raises(BadSignature, match="not among those known"):
        before.verify(Keys([NEW, OLD]).sign(b"x", TYPE), TYPE)


def test_the_deprecated_name_of_the_algorithm_is_read() -> None:
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": X, "d": D})
    header = {"alg": "EdDSA", "kid": THUMBPRINT, "typ": TYPE}
    with pytest.warns(SecurityWarning, match="deprecated"):
        token = jws.serialize_compact(header, b"x", key, algorithms=["EdDSA"])
    assert Keys(retired=[X]).verify(token, TYPE) == b"x"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"alg": "none", "typ": TYPE}, "signed with 'none'"),
        ({"alg": "HS256", "typ": TYPE}, "signed with 'HS256'"),
        ({"alg": "Ed25519", "kid": THUMBPRINT, "typ": "other"}, "of the type 'other'"),
        ({"alg": "Ed25519", "kid": THUMBPRINT, "typ": TYPE, "crit": ["exp"]}, "of the type"),
        ({"alg": "Ed25519", "typ": TYPE}, "the key None"),
        ({"alg": "Ed25519", "kid": THUMBPRINT, "typ": TYPE}, "signature is wrong"),
    ],
)
def test_a_token_of_another_kind_is_refused_with_words(header: dict[str, object], says: str) -> None:
    token = f"{encoded(json.dumps(header).encode())}.{encoded(b'x')}.{encoded(bytes(64))}"
    with pytest.raises(BadSignature, match=says):
        Keys(retired=[X]).verify(token, TYPE)


@given(st.integers(0, 200), st.integers(1, 127))
def test_one_changed_character_is_always_noticed(place: int, flip: int) -> None:
    keys = Keys([NEW])
    token = keys.sign(b"the payload", TYPE)
    place %= len(token)
    changed = token[:place] + chr(ord(token[place]) ^ flip) + token[place + 1 :]
    with pytest.raises(BadSignature):
        keys.verify(changed, TYPE)


@given(st.text(max_size=30))
def test_anything_else_is_no_token(text: str) -> None:
    with pytest.raises(BadSignature, match="no compact JWS"):
        Keys([NEW]).verify(text, TYPE)


@pytest.mark.parametrize("x", ["", "AAAA", X + "=", X[:-1] + "p", "é" * 43])
def test_what_is_no_public_key_is_refused(x: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|32 bytes"):
        PublicKey(x)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"keys": [1]}', '{"keys": [{"crv": "Ed25519"}]}'])
def test_what_is_no_key_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="JWK set"):
        Keys.of_jwks(text)


def test_the_signing_key_of_a_secret_never_changes() -> None:
    # Else a new version could not check what an older one signed.
    assert (
        encoded(derived(OLD).public_key().public_bytes_raw()) == "Vd0CTFugneTBh1hnb9i9Odt8uws1O3otZJC9bwwBs5w"
    )


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="no key to sign with"):
        Keys(retired=[X]).sign(b"x", TYPE)
