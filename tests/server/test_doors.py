"""Closing a listening socket: who is connected is served, who comes later is not, and nobody is reset."""

import socket
import sys
import threading

import pytest

from assent.server import doors


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request: pytest.FixtureRequest) -> socket.socket:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    return socket.create_server((request.param, 0), family=family)


def test_those_who_wait_are_handed_over_and_the_port_is_closed(listener: socket.socket) -> None:
    address = listener.getsockname()[:2]
    clients = [socket.create_connection(address) for _ in range(3)]
    taken = doors.close(listener)
    assert {client.getsockname() for client in clients} == {one.getpeername() for one in taken}
    for client, one in zip(clients, sorted(taken, key=lambda one: _place(clients, one)), strict=True):
        client.sendall(b"hello")
        assert one.recv(5) == b"hello"
        client.close()
        one.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def _place(clients: list[socket.socket], taken: socket.socket) -> int:
    return [client.getsockname() for client in clients].index(taken.getpeername())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no such filter")
def test_kept_out_is_who_begins_and_not_who_is_connected(listener: socket.socket) -> None:
    address = listener.getsockname()[:2]
    before = socket.create_connection(address)
    before.sendall(b"hello")
    doors.keep_out(listener)
    with pytest.raises(TimeoutError):
        socket.create_connection(address, timeout=0.3)
    (taken,) = doors.close(listener)
    assert taken.recv(5) == b"hello"
    before.close()
    taken.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no such filter")
def test_no_client_that_got_a_connection_is_ever_reset(listener: socket.socket) -> None:
    address = listener.getsockname()[:2]
    served = 0
    connected: list[socket.socket] = []

    def come() -> None:
        while True:
            try:
                client = socket.create_connection(address, timeout=0.3)
            except OSError:
                return
            client.settimeout(30)
            connected.append(client)

    crowd = [threading.Thread(target=come) for _ in range(4)]
    for thread in crowd:
        thread.start()
    while served < 40:
        served += _serve(listener.accept()[0])
    doors.keep_out(listener)
    served += sum(map(_serve, doors.close(listener)))
    for thread in crowd:
        thread.join()
    assert [client.recv(2) for client in connected] == [b"ok"] * len(connected)
    assert served == len(connected)
    for client in connected:
        client.close()


def _serve(taken: socket.socket) -> int:
    with taken:
        taken.sendall(b"ok")
    return 1
