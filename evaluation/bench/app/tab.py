"""``Tab``: a session of the app as its server sees one, without the browser's own work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from openbox.errors import InputError

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from tornado.websocket import WebSocketClientConnection

MAP = b'class="cost"'  # what a panel ends with, once its map is there
LARGEST = 100 * 2**20  # bytes of a message


class Tab:
    """It runs the page, and its fragments as often as they ask for it; ``open_tab`` makes one."""

    def __init__(self, socket: "WebSocketClientConnection", query: str) -> None:
        self._socket = socket
        self._query = query
        self._again: dict[str, asyncio.Task[None]] = {}

    async def ask(self, fragment: str = "") -> None:
        """Run the page, or one fragment of it."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        await self._socket.write_message(message.SerializeToString(), binary=True)

    async def shown(self) -> None:
        """Wait for a map. Raises ``InputError`` for an exception on the page, or if the server hangs up."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        while True:
            data = await self._socket.read_message()
            if not isinstance(data, bytes):
                raise InputError("bench crowd: the server hung up")
            message = ForwardMsg.FromString(data)
            self._keep_looking(message)
            if message.delta.new_element.WhichOneof("type") == "exception":
                raise InputError(f"bench crowd: {message.delta.new_element.exception.message}")
            if MAP in data:
                return

    def _keep_looking(self, message: "ForwardMsg") -> None:
        if message.WhichOneof("type") == "auto_rerun":
            name, every = message.auto_rerun.fragment_id, message.auto_rerun.interval
            if name in self._again:
                self._again[name].cancel()
            self._again[name] = asyncio.create_task(self._look(name, every))

    async def _look(self, fragment: str, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            await self.ask(fragment)

    def rest(self) -> None:
        """Run no fragment any more."""
        for task in self._again.values():
            task.cancel()
        self._again.clear()


@asynccontextmanager
async def open_tab(address: str, query: str) -> AsyncIterator[Tab]:
    """A tab in which the page of the link was asked for."""
    from tornado.websocket import websocket_connect

    place = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    socket = await websocket_connect(place, subprotocols=["streamlit"], max_message_size=LARGEST)
    tab = Tab(socket, query)
    try:
        await tab.ask()
        yield tab
    finally:
        tab.rest()
        socket.close()
