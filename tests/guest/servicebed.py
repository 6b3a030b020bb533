# SPDX-License-Identifier: LGPL-2.1-or-later
"""memctld as a service in a guest without systemd: a bus of its own, on which whoever is root may do anything."""

import tempfile
from pathlib import Path

CONFIG = "/etc/bus.conf"
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


class Service:
    """Of a case, or a bench, whose guest has memctl and memctld."""

    def service_options(self):
        """What its guest needs besides: (binaries, files)."""
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (directory / "bus.conf").write_text(BUS, encoding="ascii")
        return ["dbus-daemon"], {CONFIG: directory / "bus.conf"}

    def start_service(self, memctld):
        self.guest.run("mkdir -p /run/dbus /run/memctl; rm -f /run/bus; "
                       f"dbus-daemon --nofork --config-file={CONFIG} --print-address > /run/bus & until [ -s /run/bus ]; do sleep 0.1; done; "
                       f"{memctld} > /run/memctld.log 2>&1 & echo $! > /run/memctld.pid; "
                       "until memctl --json compact policy show | grep -q '\"running\":true'; do sleep 0.1; done", timeout=120)
