# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs in a guest that keep a netlink socket to memctl.ko open, and what it tells everybody."""


class Sessions:
    def session(self, name, *lines):
        """A genl that takes lines on one socket; what it says to these."""
        self.guest.run(f"mkfifo /run/{name}.in; > /run/{name}; "
                       f"genl session <> /run/{name}.in >> /run/{name} 2>&1 & echo $! > /run/{name}.pid")
        return self.ask(name, *lines)

    def ask(self, name, *lines):
        """What the session says to these lines."""
        answers = f"grep -c -e ^ok -e ^error /run/{name}"
        length, before = self.guest.run(f"wc -c < /run/{name}; {answers}", check=False).stdout.split()
        if lines:
            words = " ".join(f"'{line}'" for line in lines)
            self.guest.run(f"printf '%s\\n' {words} > /run/{name}.in; "
                           f"until [ $({answers}) -ge {int(before) + len(lines)} ]; do sleep 0.1; done", timeout=120)
        return self.guest.run(f"tail -c +{int(length) + 1} /run/{name}").stdout

    def kill(self, name, signal="KILL"):
        self.guest.run(f"p=$(cat /run/{name}.pid); kill -{signal} $p; while [ -e /proc/$p ]; do sleep 0.1; done")

    def assert_refused(self, said, errno, text=""):
        self.assertTrue(said.startswith(f"error {errno}"), said)
        self.assertIn(text, said)

    def listen(self):
        self.guest.run("rm -f /run/events; genl listen 300 > /run/events & echo $! > /run/listen.pid; "
                       "until grep -q listening /run/events; do sleep 0.1; done")
