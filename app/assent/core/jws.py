"""Signatures that anybody can check: compact JWS (RFC 7515) with Ed25519 (RFC 8037, RFC 9864).

The signing keys are derived from the deployment's secret keys, so one rotation covers cookies and signatures.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assent.core import canonical

ALG = "Ed25519"
_ACCEPTED = (ALG, "EdDSA")
"""RFC 9864 deprecates the second name, which older software still writes."""

_PURPOSE = b"assent ledger Ed25519 1"


class BadSignature(ValueError):
    """A token that is not signed by one of the known keys, or no token at all; the message says why."""


class PublicKey:
    """A key that checks signatures; ``x`` is its 32 octets in base64url (RFC 8037 §2)."""

    def __init__(self, x: str) -> None:
        """Raise ValueError for anything that is not such a key."""
        self._key = Ed25519PublicKey.from_public_bytes(decoded(x))
        self.x = x
        # RFC 7638 §3: the members that the key type requires, in canonical form.
        required = canonical.text({"crv": "Ed25519", "kty": "OKP", "x": x}).encode()
        self.kid = encoded(hashlib.sha256(required).digest())

    @property
    def jwk(self) -> dict[str, str]:
        """The key as a JWK (RFC 7517)."""
        return {"alg": ALG, "crv": "Ed25519", "kid": self.kid, "kty": "OKP", "use": "sig", "x": self.x}

    def signed(self, signature: bytes, data: bytes) -> bool:
        """Tell whether the signature is this key's."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class Keys:
    """Public keys by their id; with secrets, also the key that signs: that of the first, the newest."""

    def __init__(self, secrets: Sequence[str] = (), retired: Sequence[str] = ()) -> None:
        """Derive the keys of ``secrets``; ``retired`` are public keys whose secrets are gone."""
        private = [derived(secret) for secret in secrets]
        self._signing = private[0] if private else None
        current = [PublicKey(encoded(key.public_key().public_bytes_raw())) for key in private]
        self.public = {key.kid: key for key in [*current, *map(PublicKey, retired)]}
        self._kid = current[0].kid if current else ""

    @classmethod
    def of_jwks(cls, text: str) -> "Keys":
        """Read a JWK set (RFC 7517 §5), as ``jwks`` writes it; raises ValueError."""
        try:
            found = [key["x"] for key in json.loads(text)["keys"] if key["crv"] == "Ed25519"]
        except (ValueError, LookupError, TypeError):
            raise ValueError("not a JWK set with Ed25519 keys") from None
        return cls(retired=found)

    @property
    def signs(self) -> bool:
        """Whether there is a key to sign with."""
        return self._signing is not None

    @property
    def jwks(self) -> dict[str, object]:
        """The public keys as a JWK set."""
        return {"keys": [key.jwk for key in self.public.values()]}

    def sign(self, payload: bytes, typ: str) -> str:
        """Return the compact JWS of a payload; ``typ`` keeps one kind of token from passing for another."""
        if self._signing is None:
            raise ValueError("there is no key to sign with")
        header = canonical.text({"alg": ALG, "kid": self._kid, "typ": typ}).encode()
        signed = f"{encoded(header)}.{encoded(payload)}"
        return f"{signed}.{encoded(self._signing.sign(signed.encode()))}"

    def verify(self, token: str, typ: str) -> bytes:
        """Return the payload of a compact JWS; raises BadSignature."""
        header, payload, signature = _parts(token)
        if header.get("alg") not in _ACCEPTED:
            raise BadSignature(f"it is signed with {header.get('alg')!r}, not with {ALG}")
        # RFC 7515 §4.1.11: an extension that is called critical and is not understood.
        if header.get("typ") != typ or "crit" in header:
            raise BadSignature(f"it is of the type {header.get('typ')!r}, not {typ}")
        key = self.public.get(str(header.get("kid")))
        if key is None:
            raise BadSignature(
                f"it is signed with the key {header.get('kid')}, which is not among those known"
            )
        if not key.signed(signature, token.rpartition(".")[0].encode()):
            raise BadSignature("its signature is wrong: it was changed, or another key made it")
        return payload


def derived(secret: str) -> Ed25519PrivateKey:
    """Return the signing key of a secret key, by HKDF (RFC 5869)."""
    seed = HKDF(hashes.SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def encoded(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read base64url without padding, in the one spelling that ``encoded`` writes; raises ValueError."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError(f"not base64url: {error}") from None
    if encoded(data) != text:
        raise ValueError("not base64url as RFC 7515 writes it")
    return data


def _parts(token: str) -> tuple[dict[str, object], bytes, bytes]:
    pieces = token.strip().split(".")
    try:
        first, payload, signature = map(decoded, pieces)
        header = canonical.members(first, "a JWS header")
    except ValueError as error:
        raise BadSignature(f"it is no compact JWS (RFC 7515 §7.1): {error}") from None
    return header, payload, signature
