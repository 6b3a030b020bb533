# SPDX-License-Identifier: LGPL-2.1-or-later
"""A shell on the guest's second serial port, and the terminal of who uses it.

The port is a socket in the file system, so that others can attach to it: terminal.attach(path).
"""

import os
import select
import socket
import termios
import threading
import tty
from pathlib import Path

LEAVE = 0x1d        # Ctrl-], as telnet has it
DAYS = 10 * 24 * 3600

# In a session of its own, as the agent runs it: what it opens first is its terminal. What a shell has started with "&"
# ignores SIGINT, and so would all that this one starts; busybox' env cannot undo that.
PROGRAMS = ("env",)
SHELL = "exec 0<>/dev/ttyS1 >&0 2>&1; stty sane {size}; exec /usr/bin/env --default-signal TERM={term} PS1='guest# ' sh -i"


def arguments(path: Path) -> list[str]:
    """QEMU's, for the port."""
    return ["-chardev", f"socket,id=shell,path={path},server=on,wait=off", "-serial", "chardev:shell"]


def interact(machine, path: Path) -> int:
    """A shell in the guest, for this terminal, until it ends: its exit status. Whoever leaves it gets 0."""
    ended = []
    columns, rows = os.get_terminal_size(0)
    script = SHELL.format(size=f"rows {rows} columns {columns}" if rows else "", term=os.environ.get("TERM", "linux"))
    thread = threading.Thread(daemon=True,
                              target=lambda: ended.append(machine.run(script, check=False, timeout=DAYS).status))
    thread.start()
    attach(path, thread.is_alive)
    return ended[0] if ended else 0


def offer(machine):
    """A shell for whoever attaches, and another when it ends."""
    script = SHELL.format(size="", term="linux")
    machine.run(f"while :; do setsid sh -c \"{script}\"; sleep 1; done >/dev/null 2>&1 &")


def attach(path: Path, goes_on=None):
    """This terminal is the port's, until Ctrl-], the guest's end, or goes_on() says no. Without goes_on() the shell is
    there already, and is asked for its prompt."""
    before = termios.tcgetattr(0) if os.isatty(0) else None
    with socket.socket(socket.AF_UNIX) as port:
        port.connect(str(path))
        try:
            if before:
                tty.setraw(0, termios.TCSADRAIN)     # what was typed already stays
            if not goes_on:
                port.sendall(b"\r")
            _relay(port, goes_on)
        finally:
            if before:
                termios.tcsetattr(0, termios.TCSADRAIN, before)


def _relay(port: socket.socket, goes_on):
    sources = [0, port]
    while not goes_on or goes_on():
        ready = select.select(sources, [], [], 0.2)[0]
        if port in ready:
            data = port.recv(4096)
            if not data:
                return
            os.write(1, data)
        if 0 in ready:
            data = os.read(0, 4096)
            if LEAVE in data:
                return
            port.sendall(data)
            if not data:
                sources = [port]
