"""A token bucket for each client, in a table that no number of clients can grow."""

from collections import OrderedDict

TABLE_SIZE = 10_000


class Buckets:
    """Lets each client take ``burst`` tokens at once, and ``rate`` more of them a second.

    Of a bucket only the moment is kept at which it is full again. The client that was last seen longest ago
    is forgotten first, which is the same as a full bucket.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._every = 1 / rate
        self._room = burst / rate
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Take a token and return 0, or return the seconds until there is one."""
        full_at = max(self._full_at.get(client, now), now) + self._every
        wait = full_at - now - self._room
        # Moments are sums of fractions; less than a millisecond is such a sum's error.
        if wait > 0.001:
            return wait
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > TABLE_SIZE:
            self._full_at.popitem(last=False)
        return 0.0
