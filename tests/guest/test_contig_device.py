# SPDX-License-Identifier: LGPL-2.1-or-later
"""/dev/memctl_contig: its own request, on every kernel; buffers as devices use them; and holders that are killed."""

from dmabufbed import DEVICE, EDQUOT, EFAULT, EINVAL, EMFILE, ENOMEM, ENOTTY, PARAMETER, BufferCase
from surveybed import MIB, PAGE

ATTACH = "/sys/kernel/debug/memctl_test_attach"
MAGIC = 0x6d656d63746c0000      # the first word of what is held
KILLED = 20
WRONG = {"empty": EINVAL, "huge": ENOMEM, "most": ENOMEM, "on_node_most": ENOMEM, "endless": EINVAL, "wraps": EINVAL, "fd": EINVAL,
         "fd_flags": EINVAL, "flags": EINVAL, "node_alone": EINVAL, "no_such_node": EINVAL, "minus_one": EINVAL,
         "far_node": EINVAL, "unknown": ENOTTY, "short": ENOTTY, "address": EFAULT, "kernel": EFAULT, "half": EFAULT,
         "read_only": EFAULT, "no_fd": EMFILE}


class ContigDevice(BufferCase):
    kernels = ("6.1",)
    every = ("6.1", "6.12", "7.3", "debug", "debug-7.3")

    def test_device(self):
        self.boot_buffers(files=["memctl_test_attach"])
        self.device = DEVICE
        self.guest.run("insmod /lib/modules/memctl_test_attach.ko")
        self.assertEqual(self.guest.run(f"stat -c %a:%U {DEVICE}").stdout, "600:root\n")
        before = self.free_pages()
        self.assertEqual(self.wrong(DEVICE, "wrong_contig"), WRONG)
        self.assert_buffers(0)
        self.over_quota()
        self.assertEqual(self.guest.run(f"timeout -s KILL 100 dmaheap {DEVICE} ticked 64", timeout=120).stdout, "0\n")
        self.nodes()
        self.a_device()
        self.killings()
        if self.debug_kernel:
            self.want_of_memory()
        self.assertGreater(self.free_pages(), before - MIB // PAGE)
        self.guest.run("rmmod memctl_test_attach; rmmod memctl")
        if not self.heaps:
            self.guest.run("rmmod memctl_dmabuf")

    def over_quota(self):
        """Nothing is taken for what is refused."""
        self.guest.run(f"chmod 666 {DEVICE}; echo {2 * MIB} > {PARAMETER}")
        self.assertEqual(self.count(1, 4), (2, EDQUOT))
        self.assertEqual(self.count(3, 4), (0, EDQUOT))
        self.guest.run(f"echo 0 > {PARAMETER}")
        self.assert_buffers(0)

    def attached(self, name):
        return int(self.guest.run(f"cat {ATTACH}/{name}").stdout)

    def attach(self):
        """(first pfn, runs, first word) of the memory that a device has been given."""
        self.end("HUP", "attached")
        return tuple(self.attached(name) for name in ("pfn", "pieces", "first"))

    def detach(self):
        self.guest.run(f"echo 1 > {ATTACH}/detach")

    def nodes(self):
        """Each on its own; QEMU gives node 0 the lower half of memory."""
        for node in (0, 1):
            self.hold(4, node=node)
            pfn, pieces, first = self.attach()
            self.assertEqual((pfn * PAGE >= 512 * MIB, pfn * PAGE % MIB, pieces, first), (bool(node), 0, 1, MAGIC))
            self.detach()
            self.killed()
        self.assert_buffers(0)

    def a_device(self):
        """It is attached while the CPU has its turn, and keeps what its process has closed."""
        self.hold(24)
        self.assertEqual(self.attach()[1:], (1, MAGIC))
        self.end("USR1", "ok")          # this begins and ends access by the CPU
        self.end("USR2", "closed")
        self.killed()
        self.assert_buffers(1, 24 * MIB)
        self.assertNotEqual(self.guest.run("rmmod memctl || rmmod memctl_dmabuf", check=False).status, 0)
        held = self.free_pages()
        self.detach()
        self.assert_buffers(0)
        self.assertGreater(self.free_pages(), held + 23 * MIB // PAGE)

    def killings(self):
        """Holders, and those that are just getting a buffer: all memory comes back, each time."""
        self.guest.run(f"""i=0; while [ $i -lt {200 if self.thorough and not self.debug_kernel else KILLED} ]; do
            dmaheap {DEVICE} hold 4 > /run/held & p=$!; until grep -q ready /run/held; do kill -0 $p || exit 1; sleep 0.02; done
            kill -9 $p; wait $p; rm /run/held
            dmaheap {DEVICE} churn 1000 & p=$!; sleep 0.$((i % 10))$((i / 10 % 10)); kill -9 $p; wait $p
            i=$((i + 1)); done""", timeout=600)
        self.assert_buffers(0)

    def want_of_memory(self):
        """Each allocation for a request may fail: what was taken before it is given back."""
        self.guest.run(f"""cd /sys/kernel/debug; for what in failslab fail_page_alloc; do
            echo 1 > $what/task-filter; echo N > $what/ignore-gfp-wait; echo 0 > $what/verbose; echo -1 > $what/times
            echo 10 > $what/probability; done; echo 0 > fail_page_alloc/min-order
            echo 10 > failslab/interval; echo 100 > fail_page_alloc/interval
            i=0; while [ $i -lt 100 ]; do
            sh -c 'echo 1 > /proc/self/make-it-fail; exec dmaheap {DEVICE} count 1 3' > /run/count.$i 2> /dev/null; i=$((i + 1)); done
            echo 0 > failslab/probability; echo 0 > fail_page_alloc/probability""", timeout=300)
        said = self.guest.run("cat /run/count.*").stdout.splitlines()
        self.assertTrue({"3 0", f"0 {ENOMEM}", f"1 {ENOMEM}"} <= set(said), said)
        self.assert_buffers(0)
