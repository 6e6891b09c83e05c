"""``Ticket``: what a page holds while its job is made elsewhere."""

import threading
import time
from typing import Any

from openbox.errors import OpenBoxError
from work.job import Job


class GivenUpError(OpenBoxError):
    """A job that nobody made to its end; the message says why."""


class Ticket:
    """``share`` and ``text`` say how far the job is; ``started`` is None while it waits in its line.

    ``sessions`` want its answer; without any it is given up after a while. ``owner`` asked first, and the
    ticket waits in that session's turn.
    """

    def __init__(self, job: Job, session: str) -> None:
        self.job = job
        self.share, self.text = 0.0, ""
        self.started: float | None = None
        self.owner, self.sessions = session, {session}
        self.left_at = time.monotonic()  # when the last session left
        self.reason = ""  # why it is given up, if it is
        self._ended = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None

    @property
    def done(self) -> bool:
        """Whether there is an answer, or an error."""
        return self._ended.is_set()

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return self._error is not None

    @property
    def seconds(self) -> float:
        """How long it has been under way, 0 while it waits."""
        return 0.0 if self.started is None else time.monotonic() - self.started

    def wait(self, seconds: float) -> bool:
        """Until it is done, or the time is over; whether it is done."""
        return self._ended.wait(seconds)

    def answer(self) -> Any:
        """Raises what the job raised."""
        if self._error is not None:
            raise self._error
        return self._value

    def tell(self, share: float, text: str) -> None:
        """Note how far it is."""
        self.share, self.text = share, text

    def finish(self, value: Any) -> None:
        """Note the answer."""
        self._value = value
        self._ended.set()

    def fail(self, error: BaseException) -> None:
        """Note what was raised."""
        self._error = error
        self._ended.set()
