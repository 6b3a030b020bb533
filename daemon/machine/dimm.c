/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/dimm.h"

#include "daemon/machine/edac.h"
#include "daemon/machine/smbios.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define ACPI_DEVICES "sys/bus/acpi/devices"

/* _HID of a memory device, ACPI 6.5, 9.11 */
#define MEMORY_DEVICE "PNP0C80:"

/* Instance numbers are two hex digits, and more where there are more than 256. */
#define INSTANCE_MAX 8

bool dimm_name_is_valid(const char *name)
{
        size_t n;

        if (strncmp(name, MEMORY_DEVICE, strlen(MEMORY_DEVICE)) != 0)
                return false;
        name += strlen(MEMORY_DEVICE);
        n = strlen(name);
        if (n < 1 || n > INSTANCE_MAX)
                return false;
        while (*name)
                if (!isxdigit((unsigned char) *name++))
                        return false;
        return true;
}

char *dimm_eject_path(const struct dimm *dimm)
{
        char *path;

        return asprintf(&path, ACPI_DEVICES "/%s/eject", dimm->name) < 0 ? NULL : path;
}

/* Saves a look-up a block on machines where no memory device is in the ACPI namespace. */
static bool may_have_dimms(struct tree *tree)
{
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        int fd;

        fd = openat(tree->root_fd, ACPI_DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return true; /* a tree of sys/devices/system/memory alone still has the links */
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return true;
        }
        while ((entry = readdir(dir)))
                if (dimm_name_is_valid(entry->d_name))
                        return true;
        return false;
}

/* The ACPI device behind a block, from the text of its link: what it points to need not be there. */
static bool read_dimm_name(struct tree *tree, uint32_t number, char name[static PATH_MAX])
{
        char path[48], target[PATH_MAX];
        const char *base;
        ssize_t n;

        (void) snprintf(path, sizeof(path), "memory%u/firmware_node", number);
        n = readlinkat(tree->memory_fd, path, target, sizeof(target) - 1);
        if (n <= 0)
                return false;
        target[n] = '\0';

        base = strrchr(target, '/');
        base = base ? base + 1 : target;
        if (!dimm_name_is_valid(base))
                return false;
        strcpy(name, base);
        return true;
}

static int find_or_add(struct snapshot *snapshot, const char *name, uint32_t *ret)
{
        struct dimm *dimms;

        /* neighbours belong together */
        for (size_t i = snapshot->n_dimms; i > 0; i--)
                if (strcmp(snapshot->dimms[i - 1].name, name) == 0) {
                        *ret = (uint32_t) (i - 1);
                        return 0;
                }

        dimms = reallocarray(snapshot->dimms, snapshot->n_dimms + 1, sizeof(*dimms));
        if (!dimms)
                return -ENOMEM;
        snapshot->dimms = dimms;
        dimms[snapshot->n_dimms] = (struct dimm){
                .name = strdup(name),
                .node = NODE_NONE,
                .start = UINT64_MAX,
                .corrected_errors = -1,
                .uncorrected_errors = -1,
        };
        if (!dimms[snapshot->n_dimms].name)
                return -ENOMEM;
        *ret = (uint32_t) snapshot->n_dimms++;
        return 0;
}

static int add_block(struct snapshot *snapshot, struct dimm *dimm, const struct memory_block *block)
{
        uint64_t start = block->number * snapshot->block_size;
        uint32_t *blocks;

        blocks = reallocarray(dimm->blocks, dimm->n_blocks + 1, sizeof(*blocks));
        if (!blocks)
                return -ENOMEM;
        dimm->blocks = blocks;
        dimm->blocks[dimm->n_blocks++] = block->number;

        if (dimm->node == NODE_NONE)
                dimm->node = block->node;
        if (start < dimm->start)
                dimm->start = start;
        if (start + snapshot->block_size - 1 > dimm->end)
                dimm->end = start + snapshot->block_size - 1;
        dimm->size += snapshot->block_size;
        return 0;
}

int dimm_compare_names(const char *first, const char *second)
{
        size_t length = strlen(first), other = strlen(second);

        /* instance numbers are hexadecimal, and of two digits where that is enough */
        return length != other ? (length < other ? -1 : 1) : strcmp(first, second);
}

static int compare_dimms(const void *a, const void *b)
{
        const struct dimm *x = a, *y = b;

        return dimm_compare_names(x->name, y->name);
}

/* Sorting moved the DIMMs: their own lists of blocks say who belongs where. */
static void sort_dimms(struct snapshot *snapshot)
{
        if (snapshot->n_dimms > 1)
                qsort(snapshot->dimms, snapshot->n_dimms, sizeof(*snapshot->dimms), compare_dimms);
        for (uint32_t i = 0; i < snapshot->n_dimms; i++)
                for (size_t j = 0; j < snapshot->dimms[i].n_blocks; j++)
                        snapshot_find_block(snapshot, snapshot->dimms[i].blocks[j])->dimm = i;
}

static int read_labels(struct tree *tree, struct snapshot *snapshot)
{
        _cleanup_(smbios_freep) struct smbios *smbios = NULL;
        struct edac edac;
        int r;

        if (snapshot->n_dimms == 0)
                return 0;
        smbios = smbios_read(tree->root_fd);
        for (size_t i = 0; i < snapshot->n_dimms; i++) {
                struct dimm *dimm = &snapshot->dimms[i];
                _cleanup_free_ char *path = dimm_eject_path(dimm);

                dimm->ejectable = path && faccessat(tree->root_fd, path, F_OK, 0) == 0;
                if (smbios)
                        dimm->label = smbios_locator(smbios, dimm->start, dimm->end);
        }
        r = edac_read(tree->root_fd, &edac);
        if (r < 0)
                return r;
        dimms_take_errors(snapshot, &edac);
        edac_clear(&edac);
        return 0;
}

int dimms_read_all(struct tree *tree, struct snapshot *snapshot)
{
        snapshot_clear_dimms(snapshot);
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                snapshot->blocks[i].dimm = DIMM_NONE;
        if (!may_have_dimms(tree))
                return 0;

        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                struct memory_block *block = &snapshot->blocks[i];
                char name[PATH_MAX];
                uint32_t dimm;
                int r;

                if (!read_dimm_name(tree, block->number, name))
                        continue;
                r = find_or_add(snapshot, name, &dimm);
                if (r < 0)
                        return r;
                r = add_block(snapshot, &snapshot->dimms[dimm], block);
                if (r < 0)
                        return r;
        }

        sort_dimms(snapshot);
        dimms_count(snapshot);
        return read_labels(tree, snapshot);
}

void dimms_count(struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_dimms; i++)
                snapshot->dimms[i].online_bytes = snapshot->dimms[i].offline_bytes = 0;
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                const struct memory_block *block = &snapshot->blocks[i];

                if (block->dimm == DIMM_NONE)
                        continue;
                if (block->state == BLOCK_ONLINE)
                        snapshot->dimms[block->dimm].online_bytes += snapshot->block_size;
                else if (block->state == BLOCK_OFFLINE)
                        snapshot->dimms[block->dimm].offline_bytes += snapshot->block_size;
        }
}

static uint64_t *bytes_in(struct dimm *dimm, enum block_state state)
{
        return state == BLOCK_ONLINE    ? &dimm->online_bytes
               : state == BLOCK_OFFLINE ? &dimm->offline_bytes
                                        : NULL;
}

void dimm_count_block(struct snapshot *snapshot, const struct memory_block *block, enum block_state from,
                      enum block_state to)
{
        uint64_t *bytes;

        if (block->dimm == DIMM_NONE || from == to)
                return;
        bytes = bytes_in(&snapshot->dimms[block->dimm], from);
        if (bytes)
                *bytes -= snapshot->block_size;
        bytes = bytes_in(&snapshot->dimms[block->dimm], to);
        if (bytes)
                *bytes += snapshot->block_size;
}

void dimm_leave(struct snapshot *snapshot, struct memory_block *block)
{
        struct dimm *dimm;
        size_t kept = 0;

        if (block->dimm == DIMM_NONE)
                return;
        dimm_count_block(snapshot, block, (enum block_state) block->state, BLOCK_UNKNOWN);
        dimm = &snapshot->dimms[block->dimm];
        for (size_t i = 0; i < dimm->n_blocks; i++)
                if (dimm->blocks[i] != block->number)
                        dimm->blocks[kept++] = dimm->blocks[i];
        dimm->n_blocks = kept;
        dimm->size -= snapshot->block_size;
        block->dimm = DIMM_NONE;
}

void dimms_take_errors(struct snapshot *snapshot, struct edac *edac)
{
        for (size_t i = 0; i < snapshot->n_dimms; i++) {
                struct dimm *dimm = &snapshot->dimms[i];

                if (dimm->label)
                        edac_find(edac, dimm->label, &dimm->corrected_errors, &dimm->uncorrected_errors);
        }
}
