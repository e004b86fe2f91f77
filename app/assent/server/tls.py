"""TLS at the front, from certificate files."""

import ssl
from pathlib import Path

from assent.errors import ConfigError

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption alone. Those of 1.3 are all of that kind."""


def context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the server's side of TLS 1.2 and 1.3; raises ConfigError."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(CIPHERS)
    made.options |= ssl.OP_NO_RENEGOTIATION
    made.set_alpn_protocols(["http/1.1"])
    load(made, certificate, key)
    return made


def load(into: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """Have connections from now on shown this certificate; raises ConfigError, and then nothing changes."""
    try:
        # A file that is half right would leave the context with a key that does not fit.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, _no_password)
        into.load_cert_chain(certificate, key, _no_password)
    except ssl.SSLError as error:
        raise ConfigError(
            f"server.tls_cert: {certificate} and {key} are no certificate and its key in PEM: "
            f"{error.reason or error}"
        ) from error
    except OSError as error:
        missing = key if certificate.is_file() else certificate
        raise ConfigError(f"server.tls_cert: {missing} cannot be read: {error.strerror}") from error


def _no_password() -> str:
    # Without this OpenSSL would ask for one on the terminal.
    raise ConfigError(
        "server.tls_key: is encrypted; write it without a password, readable by its owner alone"
    )
