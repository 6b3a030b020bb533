/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/advice.h"

#include "basic/cleanup.h"

#include <string.h>

static const struct {
        const char *code, *text;
} sentences[] = {
        { "stop_process", "stop the process that holds the pages, or have it let go of them" },
        { "unlock", "have the process unlock its memory (munlock), or stop it" },
        { "release_buffer",
          "a pipe or a device holds pages of a process: read the pipe empty, or close what "
          "holds them" },
        { "swap_off", "turn off the swap or the compressed memory (swapoff) that uses the pages" },
        { "unload_driver", "unload the driver, or unbind its device" },
        { "free_huge_pages", "free huge pages of the pool (vm.nr_hugepages), or stop who uses them" },
        { "use_memctl", "the driver's pages would move if it registered them with memctl.ko" },
        { "reclaim",
          "have the kernel drop what it only keeps for speed: echo 2 > /proc/sys/vm/drop_caches" },
        { "load_module", "load memctl.ko, which can tell more: modprobe memctl" },
        { "kernel_zone",
          "this is the kernel's own memory: it leaves with a reboot that puts this range into zone "
          "Movable (movable_node, or onlined as movable)" },
        { "wait_for_driver", "the driver has the pages in use (DMA, scan-out): wait, or stop the job" },
        { "cma_area",
          "this is a CMA area, which stays where it is until the next boot: choose other blocks, or "
          "reserve less, or elsewhere (cma= on the kernel's command line)" },
        { "shrink_device",
          "have the hypervisor shrink the virtio-mem device: its driver then takes the blocks out itself" },
        { "online_policy",
          "this memory was plugged in and put online in a zone of the kernel's own: next time have it come "
          "online "
          "as movable (/sys/devices/system/memory/auto_online_blocks: online_movable, or at boot "
          "memhp_default_state=online_movable)" },
        { "retry", "try again later: what holds the pages may have let go of them by then" },
};

const char *advice_text(const char *code)
{
        for (size_t i = 0; i < ELEMENTSOF(sentences); i++)
                if (strcmp(sentences[i].code, code) == 0)
                        return sentences[i].text;
        return code;
}
