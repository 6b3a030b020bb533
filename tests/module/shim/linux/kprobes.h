/* SPDX-License-Identifier: GPL-2.0 */
/* What the tested file finds the kernel's functions by: the test says what is there. */
#ifndef SHIM_LINUX_KPROBES_H
#define SHIM_LINUX_KPROBES_H

#include <linux/kernel.h>

struct kprobe {
        const char *symbol_name;
        void *addr;
};

int register_kprobe(struct kprobe *probe);
void unregister_kprobe(struct kprobe *probe);

#endif /* SHIM_LINUX_KPROBES_H */
