#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memctl --complete offers, by its own tables and by what is there; and bash, zsh and fish on a terminal with it."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import unittest
from pathlib import Path

from test_cli import MEMCTL, MEMORY, SOURCE, Case
from testbus import BusCase

sys.path.insert(0, str(SOURCE / "tests/bench"))
import mktree  # noqa: E402  pylint: disable=wrong-import-position

OBJECTS = "org.freedesktop.DBus.ObjectManager.GetManagedObjects"
JOBS = OBJECTS + """=({objectpath '/org/memctl1/job/3': {'org.memctl1.Job': {'Id': <uint32 3>, 'Verb': <'dimm-offline'>,
'Target': <'PNP0C80:00'>, 'State': <'running'>, 'Result': <''>}}, '/org/memctl1/job/4': {'org.memctl1.Job':
{'Id': <uint32 4>, 'Verb': <'block-online'>, 'Target': <'32\\n-39'>, 'State': <'finished'>, 'Result': <'done'>}},
'/org/memctl1/node/0': {'org.memctl1.Node': {'Id': <0>}}},)"""
COMPLETIONS = SOURCE / "cli/completions"


class Offers:
    """Of a case that has self.environment."""

    def lines(self, *words):
        done = subprocess.run([MEMCTL, "--complete", *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout.splitlines()

    def offered(self, *words):
        """Words, and what the shell is asked for with a tab before."""
        return [line if line.startswith("\t") else line.split("\t")[0] for line in self.lines(*words)]


class Tables(Offers, Case):
    def verbs(self):
        """(words, options with their values) of each verb, as help has them."""
        text = self.memctl("--help").stdout
        for words in re.findall(r"^  ((?:[a-z-]+ )?[a-z-]+)(?: .*)?$", text[text.index("Verbs:"):text.index("A RANGE")], re.MULTILINE):
            for verb in (words.split(), words.split()[:1]):
                page = subprocess.run([MEMCTL, "help", *verb], env=self.environment, capture_output=True, text=True, check=False)
                if page.returncode == 0 and "\nExample:" in page.stdout:
                    break
            else:
                continue
            if verb[0] != "help":
                yield verb, re.findall(r"^ +(?:-\w, )?(--[a-z-]+)(\S* ?\S*)", page.stdout, re.MULTILINE)

    def test_each_verb_and_each_of_its_options(self):
        n = 0
        for verb, options in self.verbs():
            n += 1
            self.assertIn(verb[-1], self.offered(*verb[:-1], ""), verb)
            self.assertIn(verb[-1], self.offered("help", *verb[:-1], verb[-1][:2]), verb)
            self.assertEqual(sorted(self.offered(*verb, "--")), sorted(name for name, _ in options), verb)
            for name, value in options:
                self.assertIn(name, self.offered(*verb, name))
                if "|" in value:
                    words = sorted(re.split(r"[|\[\]= ]+", value.strip("[]= ")))
                    self.assertEqual(sorted(self.offered(*verb, f"{name}=")), [f"{name}={word}" for word in words])
        self.assertGreater(n, 38)

    def test_what_stands_where(self):
        root = self.tree()
        for words, expected in (
                (["dimm", "off"], ["offline"]), (["di"], ["dimm"]), (["--root", root, "--json", "dimm", "on"], ["online"]),
                (["-o", "BLOCK", "block", "li"], ["list"]), (["-qJ", "stat"], ["status"]), (["frob", ""], []),
                (["block", "frob", ""], []), (["block", "frob", "--"], []), (["status", ""], []), (["help", "status", ""], []),
                (["help", "h"], ["hugepages"]), (["dimm", "offline", "--cache", "d"], ["drop"]),
                (["dimm", "offline", "--eject", "--ej"], []), (["--json=sh"], ["--json=short"]), (["--json", "pro"], ["provider"]),
                (["--frob=x"], []), (["block", "online", "--zone=k"], ["--zone=kernel"]),
                (["compact", "policy", "s"], ["show", "set"]), (["compact", "policy", "set", "E"], ["Enabled=", "\tnospace"]),
                (["compact", "policy", "set", "Enabled=yes", "Or"], ["Order=", "\tnospace"]), (["compact", "policy", "show", ""], []),
                (["cma", "warm", ""], ["off"]), (["cma", "warm", "off", ""], []), (["map", "--svg", "x"], ["\tfiles"]),
                (["map", "--svg=x"], ["\tfiles"]), (["--root", ""], ["\tdirectories"]), (["cma", "reserve", "--from="], ["\tdirectories"]),
                (["-H", "a"], ["\thosts"]), (["block", "list", "-o", "BLOCK,ST"], ["BLOCK,START", "BLOCK,STATE"]),
                (["block", "list", "--output=+DRI"], ["--output=+DRIVER"]), (["block", "list", "-odimm"], ["-odimm"]),
                (["cma", "list", "-o", "LARG"], []), (["cma", "list", "-o", "larg"], ["largest_free"]), (["status", "-o", ""], []),
                (["lru-cache", "hold", ""], ["--"]), (["lru-cache", "hold", "--timeout", "5", "--", "l"], ["\tcommand 5"]),
                (["lru-cache", "hold", "--", "ls", "--"], ["\tcommand 3"]), (["cma", "reserve", "1M", "--", "ls", "-"], ["\tcommand 4"]),
                (["-"], self.offered("--")), (["\xe4"], []), (["--name", ""], [])):
            self.assertEqual(self.offered(*words), expected, words)
        self.assertEqual(self.lines("comp"), ["compact\trun, policy"])

    def test_keys_of_the_policy(self):
        source = (SOURCE / "daemon/policy/config.c").read_text("utf-8")
        keys = re.findall(r'^        \{ "(\w+)", "', source[source.index("} keys[]"):], re.MULTILINE)
        self.assertEqual(self.offered("compact", "policy", "set", "")[:-1], [f"{key}=" for key in keys])


class Machine(Offers, Case):
    def test_names_of_a_tree(self):
        root = self.tree()
        (root / "sys/devices/system/node/node0").mkdir(parents=True)
        (root / "sys/devices/system/node/node17").mkdir()
        for name in ("reserved", "linux,cma", "$(touch x)", "a b", "\x1b[31m", "\udcff"):
            (root / "sys/kernel/mm/cma" / name).mkdir(parents=True)
        blocks = [str(number) for number in range(8)]
        for verb, expected in (
                (["block", "show"], blocks), (["block", "offline"], blocks), (["why"], ["PNP0C80:00", *blocks]),
                (["dimm", "offline"], ["PNP0C80:00"]), (["dimm", "show", "PNP0C80:00"], []), (["node", "plan"], ["0", "17"]),
                (["block", "offline", "--node"], ["0", "17"]), (["dimm", "plan", "--to-node"], ["0", "17"]),
                (["cma", "show"], ["linux,cma", "reserved"]), (["cma", "reserve"], ["linux,cma", "reserved"]),
                (["cma", "reserve", "64M"], []), (["job", "show"], []), (["provider", "show"], []), (["cma", "release"], [])):
            self.assertEqual(self.offered("--root", root, *verb, ""), expected, verb)
            self.assertEqual(self.offered(f"--root={root}", *verb, ""), expected, verb)
            if verb[-1] != "--node" and verb[-1] != "--to-node":
                self.assertEqual(self.offered(*verb, "--root", root, ""), expected, verb)
        self.assertEqual(self.offered("--root", root, "dimm", "plan", "PNP0C80:"), ["PNP0C80:00"])
        self.assertEqual(self.offered("--root", root, "block", "show", "3-"), [f"3-{number}" for number in blocks])
        self.assertEqual(self.offered("--root", root, "block", "show", "3,5"), ["3,5"])
        self.assertEqual(self.offered("--root", root, "block", "show", "0x"), [])
        self.assertEqual(self.offered("--root", root, "-H", "nowhere", "dimm", "show", ""), [])
        self.assertEqual(self.offered("--root", "/nonexistent", "dimm", "show", ""), [])

    def test_slots_that_are_empty(self):
        root = self.tree()
        for name, status in (("PNP0C80:00", "15"), ("PNP0C80:01", "0"), ("PNP0C80:0a", None), ("PNP0A08:00", "15")):
            device = root / "sys/bus/acpi/devices" / name
            device.mkdir(parents=True)
            if status:
                (device / "status").write_text(f"{status}\n", encoding="ascii")
        self.assertEqual(self.offered("--root", root, "dimm", "show", ""), ["PNP0C80:00", "PNP0C80:0a"])

    def test_a_large_machine(self):
        """Not all its blocks are told, but how to go on."""
        root = self.directory / "large"
        for number in range(32768, 32768 + 3000):
            (root / MEMORY / f"memory{number}").mkdir(parents=True)
        self.assertEqual(self.lines("--root", root, "block", "show", ""), ["3\t3000 begin so", "\tnospace"])
        self.assertEqual(self.offered("--root", root, "block", "show", "3"), ["32", "33", "34", "35", "\tnospace"])
        self.assertEqual(self.offered("--root", root, "block", "show", "333"), [str(number) for number in range(33300, 33400)])
        self.assertEqual(self.offered("--root", root, "block", "show", "9"), [])
        (root / MEMORY / "memory3").mkdir()
        self.assertEqual(self.offered("--root", root, "block", "show", "3"), ["3", "32", "33", "34", "35", "\tnospace"])

    def test_98304_blocks_cost_few_calls(self):
        """Their folder is read once, and nothing in it is looked at."""
        root = self.directory / "large"
        mktree.main(str(root), 2000)
        shutil.rmtree(root / "sys/bus")
        if not shutil.which("strace"):
            self.skipTest("strace is missing")
        log = self.directory / "strace"
        subprocess.run(["strace", "-f", "-o", log, "-e", "trace=openat,readlinkat,newfstatat,execve,clone3,clone,connect", MEMCTL,
                        "--complete", "--root", root, "block", "show", ""], env={**self.environment, "ASAN_OPTIONS": "detect_leaks=0"},
                       check=True, stdout=subprocess.DEVNULL)
        calls = [line for line in log.read_text("utf-8").splitlines() if str(root) in line]
        self.assertEqual(len(calls), 2, calls)      # execve, and the folder

    def test_nobody_on_the_bus(self):
        for verb in (["job", "wait"], ["provider", "show"], ["cma", "release"]):
            self.assertEqual(self.offered(*verb, ""), [])
        self.start_bus()
        for verb in (["job", "wait"], ["provider", "show"], ["cma", "release"]):
            self.assertEqual(self.offered(*verb, ""), [])

    def test_a_bus_that_does_not_answer(self):
        """It ends by itself: by its own deadline, for nobody ends it."""
        silent = self.directory / "silent"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(silent))
            server.listen()
            self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={silent}"
            self.assertEqual(self.offered("job", "wait", ""), [])


class Served(Offers, BusCase):
    def test_names_that_memctld_knows(self):
        self.fake(JOBS, "org.memctl1.Manager.ListProviders=([{'Name': <'heap'>}, {'Name': <'edu'>}],)",
                  "org.memctl1.Manager.ListReservations=([{'id': <uint64 7>}, {'id': <uint64 8>, 'name': <'camera'>}],)",
                  "org.memctl1.Manager.ListCmaAreas=([{'name': <''>}, {'name': <'linux,cma'>}, {'name': <'$(reboot)'>}],)")
        self.assertEqual(sorted(self.lines("job", "show", "")),
                         ["3\tdimm-offline PNP0C80:00: running", "4\tblock-online 32?-39: done"])
        for verb, expected in ((["job", "cancel"], ["3"]), (["job", "wait"], ["3"]), (["job", "wait", "3"], []),
                               (["provider", "show"], ["heap", "edu"]), (["provider", "show", "heap"], ["edu"]),
                               (["cma", "release"], ["camera"]), (["cma", "show"], ["linux,cma"]),
                               (["cma", "reserve"], ["linux,cma"])):
            self.assertEqual(self.offered(*verb, ""), expected, verb)
            self.assertEqual(self.offered("--root", "/nonexistent", *verb, ""), [], verb)
            self.assertEqual(self.offered("-H", "nowhere", *verb, ""), [], verb)

    def test_a_memctld_that_does_not_answer(self):
        """It ends by itself: by its own deadline, for nobody ends it."""
        self.fake("--silent", JOBS)
        self.environment["SYSTEMD_BUS_TIMEOUT"] = "600"      # sd-bus would not end it while the test waits
        self.assertEqual(self.offered("job", "wait", ""), [])

    def test_answers_of_another_form(self):
        for answer in ("(1,)", "({'x': 1},)", "([1, 2],)", "([{'Name': <7>}],)"):
            fake = self.fake(f"org.memctl1.Manager.ListProviders={answer}", f"{OBJECTS}={answer}")
            for verb in ("provider", "job"):
                self.assertEqual(self.offered(verb, "show", ""), [])
            self.end(fake)

    def test_who_may_not_know_is_not_asked(self):
        """polkit would have somebody type a password; it is not told that anybody is there for that."""
        self.serve(self.tree())
        polkit = self.polkit(inspect="challenge")
        for verb in (["provider", "show"], ["cma", "release"]):
            done = self.run_it(MEMCTL, "--complete", *verb, "", **self.as_nobody())
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertIsNone(polkit.poll())


class Shell:
    """A shell on a terminal; what is typed is completed, and printed by echo."""

    def __init__(self, argv, environment, begin):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 250, 0, 0))
        self.seen = ""
        self.type(begin + "; echo rea''dy\r")
        self.read_until("ready")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern):
        while True:
            found = re.search(pattern, self.seen, re.MULTILINE)
            if found:
                self.seen = self.seen[found.end():]
                return found
            if not select.select([self.terminal], [], [], 60)[0]:
                raise AssertionError(f"waited for {pattern} in vain: {self.seen!r}")
            more = os.read(self.terminal, 65536).decode(errors="replace")
            self.seen += re.sub(r"\x1b\].*?(?:\x07|\x1b\\)|\x1b[\[\]()=>?][0-9;?]*[a-zA-Z]?|[\r\x07\x0f]", "", more)

    def completed(self, typed):
        self.type(f"{typed}\t")
        # the beginning and the end of the line
        self.type("\x01echo '<<''<' \x05 '>>''>'\r")
        return self.read_until(r"<<< (.*?) >>>")[1]

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


class Shells(Case):
    def shell(self, name):
        home, binaries = self.directory / "home", self.directory / "bin"
        for directory in (home, binaries):
            directory.mkdir()
        (binaries / "memctl").symlink_to(MEMCTL)
        (home / "picture.svg").touch()
        (home / "pictures").mkdir()
        environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(home), "TERM": "dumb" if name != "fish" else "xterm",
                       "LC_ALL": "C.UTF-8", "COLUMNS": "200", "LINES": "50",
                       "DBUS_SYSTEM_BUS_ADDRESS": self.environment["DBUS_SYSTEM_BUS_ADDRESS"],
                       **{key: os.environ[key] for key in ("LSAN_OPTIONS", "ASAN_OPTIONS") if key in os.environ}}
        argv, begin = {
            "bash": (["bash", "--norc", "--noprofile", "-i"],
                     f"PS1=; bind 'set enable-bracketed-paste off'; . /usr/share/bash-completion/bash_completion; . {COMPLETIONS}/memctl.bash"),
            "zsh": (["zsh", "-f", "-i"], f"PS1=; unsetopt zle_bracketed_paste; fpath=({COMPLETIONS} $fpath); autoload -Uz compinit; compinit -u"),
            "fish": (["fish", "--no-config", "-i"], f"function fish_prompt; end; set fish_greeting; source {COMPLETIONS}/memctl.fish"),
        }[name]
        if not shutil.which(name):
            self.skipTest(f"{name} is missing")
        shell = Shell(argv, environment, f"{begin}; cd {home}")
        self.addCleanup(shell.close)
        return shell

    def in_shell(self, name):
        root = self.tree()
        (root / "sys/devices/system/node/node0").mkdir(parents=True)
        shell = self.shell(name)
        for typed, expected in (
                ("memctl mov", "memctl movability"), ("memctl dimm off", "memctl dimm offline"), ("memctl hug", "memctl hugepages"),
                ("memctl dimm offline --cac", "memctl dimm offline --cache"),
                ("memctl dimm offline --cache dr", "memctl dimm offline --cache drop"),
                ("memctl dimm offline --cache=dr", "memctl dimm offline --cache=drop"),
                (f"memctl --root {root} dimm plan PN", f"memctl --root {root} dimm plan PNP0C80:00"),
                (f"memctl --root {root} dimm plan PNP0C80:", f"memctl --root {root} dimm plan PNP0C80:00"),
                (f"memctl --root={root} why PNP0C80:0", f"memctl --root={root} why PNP0C80:00"),
                (f"memctl --root {root} node show ", f"memctl --root {root} node show 0"),
                (f"memctl --root {root} block show 7", f"memctl --root {root} block show 7"),
                ("memctl block list -o STA", "memctl block list -o STA"),
                ("memctl block list -o ZO", "memctl block list -o ZONES"),
                ("memctl compact policy set Ena", "memctl compact policy set Enabled="),
                ("memctl map --svg pictures/../picture.s", "memctl map --svg pictures/../picture.svg"),
                ("memctl map --svg=picture.s", "memctl map --svg=picture.svg"),
                ("memctl cma reserve --from pictu", "memctl cma reserve --from pictures"),
                ("memctl lru-cache hold -- memctl movabil", "memctl lru-cache hold -- memctl movability"),
                ("memctl frob l", "memctl frob l")):
            self.assertEqual(shell.completed(typed).rstrip(" /"), expected, name)

    def test_bash(self):
        self.in_shell("bash")

    def test_zsh(self):
        self.in_shell("zsh")

    def test_fish(self):
        self.in_shell("fish")


if __name__ == "__main__":
    unittest.main()
