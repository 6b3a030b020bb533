# SPDX-License-Identifier: LGPL-2.1-or-later
"""A QMP client: commands, and events in the order in which they came."""

import json
import socket
import time

# Seconds to wait for what comes on any machine, however busy: a bound for what never does.
PATIENCE = 180


class QmpError(Exception):
    """QEMU refused a command, went away, or an expected event did not come."""


class Qmp:
    def __init__(self, sock: socket.socket):
        self.events: list[dict] = []        # all so far
        self._sock = sock
        self._buffer = b""
        self._read(time.monotonic() + 60)   # the greeting
        self.command("qmp_capabilities")

    def command(self, name: str, **arguments):
        """Run one command; its return value."""
        message = {"execute": name, "arguments": arguments}
        try:
            self._sock.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise QmpError(f"{name}: QEMU is gone") from error
        deadline = time.monotonic() + 60
        while True:
            answer = self._read(deadline)
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"{name} {arguments}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def poll(self) -> list[dict]:
        """All events so far, with those that have just come."""
        try:
            while True:
                self.events.append(self._read(time.monotonic()))
        except TimeoutError:
            return self.events

    def wait_event(self, name: str, timeout: float = PATIENCE, **data) -> dict:
        """The first event of that name with that data; it may have come earlier."""
        deadline = time.monotonic() + timeout
        seen = 0
        while True:
            for event in self.events[seen:]:
                if event["event"] == name and data.items() <= event.get("data", {}).items():
                    return event
            seen = len(self.events)
            try:
                self.events.append(self._read(deadline))
            except TimeoutError:
                raise QmpError(f"no {name} {data} in {timeout} s; came: {self.events}") from None

    def _read(self, deadline: float) -> dict:
        while b"\n" not in self._buffer:
            self._sock.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                data = self._sock.recv(1 << 16)
            except ConnectionError as error:
                raise QmpError("QEMU is gone") from error
            if not data:
                raise QmpError("QEMU is gone")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)
