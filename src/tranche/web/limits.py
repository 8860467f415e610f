"""How often one account may be tried from one address: a sliding window in the memory of the process."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

KEYS_MAX: Final = 10_000  # the oldest are forgotten, so that guessing names fills no memory
SIGN_INS_A_MINUTE: Final = 5


class Window:
    """At most `count` events in `seconds` for each key; instants come from the caller, in seconds."""

    def __init__(self, count: int, seconds: int) -> None:
        self._count, self._seconds = count, seconds
        self._events: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, now_s: float) -> bool:
        """Whether one more event is allowed now; an allowed one is counted."""
        with self._lock:
            recent = [at for at in self._events.pop(key, []) if now_s - at < self._seconds]
            allowed = len(recent) < self._count
            self._events[key] = [*recent, now_s] if allowed else recent
            while len(self._events) > KEYS_MAX:
                self._events.popitem(last=False)
            return allowed

    def forget(self, key: str) -> None:
        """Start anew for this key, as after a success."""
        with self._lock:
            self._events.pop(key, None)

    def clear(self) -> None:
        """Forget everything, as at the start of the process."""
        with self._lock:
            self._events.clear()


UPLOAD_TRIES_A_MINUTE: Final = 10
UPLOAD_LOOKS_A_MINUTE: Final = 60

sign_ins = Window(SIGN_INS_A_MINUTE, 60)

password_tries = Window(5, 60)
"""How often somebody signed in may mistype the password that is asked for again."""
upload_tries = Window(UPLOAD_TRIES_A_MINUTE, 60)
upload_looks = Window(UPLOAD_LOOKS_A_MINUTE, 60)
