/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/bundle/files.h"

#include "basic/cleanup.h"

#define MEMORY "sys/devices/system/memory"
#define NODE   "sys/devices/system/node"
#define EDAC   "sys/devices/system/edac/mc/mc*"
#define HUGE   "hugepages/hugepages-*kB"

#define ATTR 4096U
#define TEXT (1U << 20)

/* Flags of 1 TiB of memory, with pages of 4 KiB. */
#define KPAGEFLAGS ((size_t) 2 << 30)

const struct bundle_file bundle_files[] = {
        { MEMORY "/block_size_bytes", BUNDLE_COPY, ATTR },
        { MEMORY "/crash_hotplug", BUNDLE_COPY, ATTR },
        { MEMORY "/memory*/state", BUNDLE_COPY, ATTR },
        { MEMORY "/memory*/valid_zones", BUNDLE_COPY, ATTR },
        { MEMORY "/memory*/removable", BUNDLE_COPY, ATTR },
        { MEMORY "/memory*/firmware_node", BUNDLE_LINK, ATTR },
        { MEMORY "/memory*/node*", BUNDLE_LINK, ATTR },
        { NODE "/online", BUNDLE_COPY, ATTR },
        { NODE "/possible", BUNDLE_COPY, ATTR },
        { NODE "/node*/meminfo", BUNDLE_COPY, 4 * ATTR },
        { NODE "/node*/memory*", BUNDLE_LINK, ATTR },
        { NODE "/node*/" HUGE "/*_hugepages", BUNDLE_COPY, ATTR },
        { "sys/kernel/mm/" HUGE "/*_hugepages", BUNDLE_COPY, ATTR },
        { "sys/bus/acpi/devices/PNP0C80:*/eject", BUNDLE_EMPTY, 0 },
        { EDAC "/dimm*/dimm_*", BUNDLE_COPY, ATTR },
        { EDAC "/rank*/dimm_*", BUNDLE_COPY, ATTR },
        { EDAC "/csrow*/ue_count", BUNDLE_COPY, ATTR },
        { EDAC "/csrow*/ch*_ce_count", BUNDLE_COPY, ATTR },
        { EDAC "/csrow*/ch*_dimm_label", BUNDLE_COPY, ATTR },
        { "sys/kernel/mm/cma/*/*_pages*", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/base_pfn", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/count", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/maxchunk", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/order_per_bit", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/used", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/bitmap", BUNDLE_COPY, 16 * TEXT },
        { "sys/kernel/debug/cma/*/ranges/*/base_pfn", BUNDLE_COPY, ATTR },
        { "sys/kernel/debug/cma/*/ranges/*/bitmap", BUNDLE_COPY, 16 * TEXT },
        { "sys/module/memory_hotplug/parameters/memmap_on_memory", BUNDLE_COPY, ATTR },
        { "sys/kernel/mm/lru_gen/enabled", BUNDLE_COPY, ATTR },
        { "sys/block/zram*/mm_stat", BUNDLE_COPY, ATTR },
        { "sys/firmware/dmi/tables/DMI", BUNDLE_SMBIOS, TEXT },
        { "proc/meminfo", BUNDLE_COPY, TEXT },
        { "proc/zoneinfo", BUNDLE_COPY, 16 * TEXT },
        { "proc/buddyinfo", BUNDLE_COPY, TEXT },
        { "proc/pagetypeinfo", BUNDLE_COPY, 4 * TEXT },
        { "proc/vmstat", BUNDLE_COPY, TEXT },
        { "proc/iomem", BUNDLE_IOMEM, 4 * TEXT },
        { "proc/cmdline", BUNDLE_WORDS, 16 * ATTR },
        { "proc/swaps", BUNDLE_SWAPS, TEXT },
        { "proc/allocinfo", BUNDLE_COPY, 16 * TEXT },
        { "proc/uptime", BUNDLE_COPY, ATTR },
        { "proc/config.gz", BUNDLE_COPY, TEXT },
        { "proc/pressure/memory", BUNDLE_COPY, ATTR },
        { "proc/sys/kernel/osrelease", BUNDLE_COPY, ATTR },
        { "proc/sys/kernel/arch", BUNDLE_COPY, ATTR },
        { "proc/sys/kernel/random/boot_id", BUNDLE_IDS, ATTR },
        { "proc/sys/vm/compaction_proactiveness", BUNDLE_COPY, ATTR },
        { "proc/sys/vm/defrag_mode", BUNDLE_COPY, ATTR },
        { "etc/memctl/memctl.conf", BUNDLE_CONF, TEXT },
        { "etc/memctl/memctl.conf.d/*.conf", BUNDLE_CONF, TEXT },
        { "var/lib/memctl/history", BUNDLE_COPY, TEXT },
        { "var/lib/memctl/cma-history", BUNDLE_IDS, TEXT },
        { "var/lib/memctl/matrix-*.json", BUNDLE_COPY, 4 * TEXT },
        { "proc/kpageflags", BUNDLE_COPY, KPAGEFLAGS },
};

const size_t n_bundle_files = ELEMENTSOF(bundle_files);
