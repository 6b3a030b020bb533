#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Something that answers as memctld on the system bus: fake_memctld.py [OPTION] [PATH:]INTERFACE.METHOD[(TYPES)]=ANSWER...

PATH is /org/memctl1 if it is left out, TYPES those of the arguments with commas between. An answer is a tuple, as
GVariant's text. Each line on stdin is a signal to be sent: PATH INTERFACE.MEMBER TUPLE; it says "sent" to each, and
"ready" before. It ends with its stdin. --silent: it takes calls, and answers none. --finish=before, --finish=after: the
job whose path it answers is finished before or after that.
"""

import sys

from gi.repository import Gio, GLib

NAME, PATH = "org.memctl1", "/org/memctl1"


def argument(kind, direction):
    return f'<arg type="{kind}" direction="{direction}"/>'


def description(interface, methods):
    text = "".join(f'<method name="{name}">' + "".join(argument(kind, "in") for kind in taken.split(",") if kind)
                   + "".join(argument(answer.get_child_value(i).get_type_string(), "out") for i in range(answer.n_children()))
                   + "</method>" for name, (taken, answer) in methods.items())
    return Gio.DBusNodeInfo.new_for_xml(f'<node><interface name="{interface}">{text}</interface></node>').interfaces[0]


def main(options, answers):
    bus, loop = Gio.bus_get_sync(Gio.BusType.SYSTEM), GLib.MainLoop()
    interfaces = {}
    for answer in answers:
        method, text = answer.split("=", 1)
        method, taken = method.rstrip(")").split("(") if "(" in method else (method, "")
        path, method = method.split(":") if ":" in method else (PATH, method)
        interface, name = method.rsplit(".", 1)
        interfaces.setdefault((path, interface), {})[name] = taken, GLib.Variant.parse(None, text)

    def finish(answer):
        bus.emit_signal(None, answer[0], f"{NAME}.Job", "Finished", GLib.Variant("(s)", ("done",)))

    def on_call(_bus, _sender, path, interface, method, _arguments, call):
        answer = interfaces[path, interface][method][1]
        if "--finish=before" in options:
            finish(answer)
        if "--silent" not in options:
            call.return_value(answer)
        if "--finish=after" in options:
            GLib.timeout_add(300, finish, answer)

    def on_line(_channel, _condition):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        path, member, text = line.split(" ", 2)
        interface, name = member.rsplit(".", 1)
        bus.emit_signal(None, path, interface, name, GLib.Variant.parse(None, text.strip()))
        bus.flush_sync()
        print("sent", flush=True)
        return True

    for (path, interface), methods in interfaces.items():
        bus.register_object(path, description(interface, methods), on_call, None, None)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready", flush=True), None)
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, on_line)
    loop.run()


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if word.startswith("--")], [word for word in sys.argv[1:] if not word.startswith("--")])
