# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether somebody answers at a socket."""

import socket


def listens(path):
    """It is there a moment before it is listened to: until then whoever comes is refused."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True
