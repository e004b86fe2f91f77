"""The gateway that the settings ask for."""

from assent.config import Settings
from assent.errors import ConfigError
from assent.gateway import Gateway, Limits, Timeouts, Transport


def gateway_of(settings: Settings) -> Gateway:
    """Return the gateway before ``gateway.upstream``; raises ConfigError when there is none to reach."""
    wanted = settings.gateway
    if wanted.upstream is None:
        raise ConfigError(
            "gateway.upstream is missing: name the site that Assent stands in front of, "
            "as in --upstream http://127.0.0.1:9000, ASSENT_UPSTREAM or assent.toml"
        )
    transport = Transport(
        wanted.upstream,
        timeouts=Timeouts(
            connect=wanted.connect_seconds,
            write=wanted.write_seconds,
            first_byte=wanted.first_byte_seconds,
            idle=wanted.idle_seconds,
            keepalive=wanted.keepalive_seconds,
            queue=wanted.queue_seconds,
        ),
        limits=Limits(connections=wanted.max_connections, waiting=wanted.max_waiting),
        ca_file=wanted.ca_file,
        server_name=wanted.server_name,
        http2=wanted.protocol == "http/2",
        proxy=wanted.proxy,
    )
    return Gateway(
        transport,
        trusted_proxies=wanted.trusted_proxies,
        preserve_host=wanted.preserve_host,
        via=wanted.via,
        max_message=wanted.max_message_bytes,
    )
