"""Closing a listening socket without turning anybody away who is already connected.

Whoever the kernel has connected waits to be accepted, and would be reset if the socket were just closed. So
on Linux new handshakes are first kept out, those under way end, all that wait are accepted, and only then
is the socket closed: nobody can come in between.
"""

import ctypes
import socket
import struct
import sys
from contextlib import suppress

_SO_ATTACH_FILTER = 26

# Classic BPF (Linux, Documentation/networking/filter.rst); a packet begins with the header of TCP, whose
# flags are in octet 13. What has SYN and not ACK is dropped: the client tries again after a second.
_NO_SYN = b"".join(
    struct.pack("=HBBI", *instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # load the flags
        (0x54, 0, 0, 0x12),  # of these SYN and ACK
        (0x15, 0, 1, 0x02),  # SYN alone?
        (0x06, 0, 0, 0),  # drop it
        (0x06, 0, 0, 0xFFFFFFFF),  # pass everything else
    )
)


def keep_out(listener: socket.socket) -> None:
    """Let no new handshake begin; those who share the socket take none either."""
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(_NO_SYN, len(_NO_SYN))
    told = struct.pack("HP", len(_NO_SYN) // 8, ctypes.addressof(program))
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, told)


def close(listener: socket.socket) -> list[socket.socket]:
    """Close a listening socket; return the connections that nobody had accepted."""
    found: list[socket.socket] = []
    with listener, suppress(OSError):
        listener.setblocking(False)
        while True:
            found.append(listener.accept()[0])
    return found
