# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host's end of the in-guest agent: scripts go in, output and exit status come out."""

import base64
import json
import socket
import time
from dataclasses import dataclass

GRACE = 30      # seconds that the agent itself has to kill a script that ran too long


class AgentSilent(Exception):
    """The guest does not answer, or is gone."""


@dataclass(frozen=True)
class Result:
    status: int             # 128 + N when signal N ended the script
    stdout_bytes: bytes
    stderr_bytes: bytes
    timed_out: bool = False

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode(errors="replace")

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode(errors="replace")

    @property
    def output(self) -> str:
        """What went to stdout, then what went to stderr."""
        return self.stdout + self.stderr

    def json(self):
        return json.loads(self.stdout)


class Agent:
    def __init__(self, sock: socket.socket):
        self._sock = sock
        self._buffer = b""

    def wait_ready(self, timeout: float):
        line = self._line(time.monotonic() + timeout)
        if line != b"ready":
            raise AgentSilent(f"the agent says {line!r}")

    def run(self, script: str, timeout: float) -> Result:
        self.post(script, timeout)
        return self.answer(timeout)

    def answer(self, timeout: float) -> Result:
        """What came of the script that was posted last."""
        deadline = time.monotonic() + timeout + GRACE
        status, timed_out, out, err = map(int, self._line(deadline).split())
        return Result(status, self._exactly(out, deadline), self._exactly(err, deadline), bool(timed_out))

    def post(self, script: str, timeout: float):
        """Send a script and do not wait for its answer."""
        request = b"%d %s\n" % (max(1, round(timeout)), base64.b64encode(script.encode()))
        try:
            self._sock.settimeout(GRACE)
            self._sock.sendall(request)
        except OSError as error:
            raise AgentSilent(f"the guest takes no command: {error}") from error

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            self._receive(deadline)
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _exactly(self, length: int, deadline: float) -> bytes:
        pieces = [self._buffer]
        missing = length - len(self._buffer)
        while missing > 0:
            self._buffer = b""
            self._receive(deadline)
            pieces.append(self._buffer)
            missing -= len(self._buffer)
        data = b"".join(pieces)
        self._buffer = data[length:]
        return data[:length]

    def _receive(self, deadline: float):
        try:
            self._sock.settimeout(max(deadline - time.monotonic(), 0.001))
            data = self._sock.recv(1 << 20)
        except TimeoutError:
            raise AgentSilent("the guest does not answer") from None
        except ConnectionError:
            data = b""
        if not data:
            raise AgentSilent("the guest is gone")
        self._buffer += data
