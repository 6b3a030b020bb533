/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/block.h"

#include "daemon/machine/node.h"
#include "daemon/machine/zone.h"
#include "basic/attr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* "memory4294967295/valid_zones" and its NUL */
#define BLOCK_PATH_MAX 48

/* What snprintf() would do, at a tenth of the price: a large machine has 300,000 of these. */
static char *block_path(char path[static BLOCK_PATH_MAX], uint32_t number, const char *attribute)
{
        char digits[10];
        size_t n = 0, length = strlen("memory");

        do
                digits[n++] = (char) ('0' + number % 10);
        while (number /= 10);

        strcpy(path, "memory");
        while (n > 0)
                path[length++] = digits[--n];
        path[length++] = '/';
        strcpy(path + length, attribute);
        return path;
}

static bool block_is_gone(struct tree *tree, uint32_t number)
{
        char path[BLOCK_PATH_MAX];
        struct stat st;

        return fstatat(tree->memory_fd, block_path(path, number, ""), &st, 0) < 0;
}

static int parse_state(const char *text)
{
        for (int state = BLOCK_UNKNOWN + 1; state < _BLOCK_STATE_MAX; state++)
                if (strcmp(text, block_state_name((enum block_state) state)) == 0)
                        return state;
        return -EINVAL;
}

static ssize_t read_attribute(struct tree *tree, uint32_t number, const char *attribute, char *text)
{
        char path[BLOCK_PATH_MAX];

        return attr_read(tree->memory_fd, block_path(path, number, attribute), text, ATTR_MAX);
}

static void note(struct block_problem *problem, const char *attribute, int error)
{
        if (!problem->attribute)
                *problem = (struct block_problem){ .attribute = attribute, .error = error };
}

static int read_state(struct tree *tree, uint32_t number, struct block_problem *problem)
{
        char text[ATTR_MAX];
        ssize_t n;
        int state;

        n = read_attribute(tree, number, "state", text);
        /* ENODEV: the file was open when the block went away */
        if ((n == -ENOENT || n == -ENODEV || n == -ENOTDIR) && block_is_gone(tree, number))
                return -ENOENT;
        state = n < 0 ? (int) n : parse_state(text);
        if (state < 0) {
                note(problem, "state", state);
                return BLOCK_UNKNOWN;
        }
        return state;
}

/*
 * Whether it is safe to read valid_zones. A block that is just being added is in sysfs, offline and without
 * a node, for a moment; Linux 6.1 to at least 6.12 then looks up node -1 for valid_zones and dies of a NULL
 * pointer (valid_zones_show() -> zone_for_pfn_range()). The kernel sets the node before it makes the links
 * that node.h reads.
 */
static bool zones_are_safe(struct tree *tree, const struct memory_block *block)
{
        struct memory_block placed = { .number = block->number, .node = NODE_NONE };

        return block->state == BLOCK_ONLINE || block->node != NODE_NONE || !tree->has_nodes ||
               (node_read_of_block(tree, &placed) >= 0 && placed.node != NODE_NONE);
}

static void read_zones(struct tree *tree, struct memory_block *block, struct block_problem *problem)
{
        char text[ATTR_MAX];
        ssize_t n;
        int r;

        block->zones = 0;
        if (!zones_are_safe(tree, block))
                return;
        n = read_attribute(tree, block->number, "valid_zones", text);
        if (n == -ENOENT || n == -ENODEV)
                return; /* kernels before 3.18 have no such attribute; or the block is just going */
        r = n < 0 ? (int) n : zone_list_parse(text, &block->zones);
        if (r < 0)
                note(problem, "valid_zones", r);
}

static bool read_removable(struct tree *tree, uint32_t number, struct block_problem *problem)
{
        char text[ATTR_MAX];
        ssize_t n;

        n = read_attribute(tree, number, "removable", text);
        if (n == -ENOENT || n == -ENODEV)
                return false; /* the kernel cannot offline memory */
        if (n < 0 || (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)) {
                note(problem, "removable", n < 0 ? (int) n : -EINVAL);
                return false;
        }
        return text[0] == '1';
}

int block_read_quietly(struct tree *tree, const bool *removable, struct memory_block *block,
                       struct block_problem *problem)
{
        int state;

        *problem = (struct block_problem){ 0 };
        state = read_state(tree, block->number, problem);
        if (state < 0)
                return state;

        block->state = (uint8_t) state;
        read_zones(tree, block, problem);
        /* of an offline block it says nothing: shown as false, as lsmem does */
        block->removable = state == BLOCK_ONLINE &&
                           (removable ? *removable : read_removable(tree, block->number, problem));
        return 0;
}

void block_report(struct snapshot *snapshot, uint32_t number, const struct block_problem *problem)
{
        const char *accepted = "online, offline, going-offline";

        if (!problem->attribute)
                return;
        if (strcmp(problem->attribute, "valid_zones") == 0)
                accepted = "none, or zones by name: DMA, DMA32, Normal, HighMem, Movable, Device";
        else if (strcmp(problem->attribute, "removable") == 0)
                accepted = "0 or 1";

        snapshot_problem(snapshot, "sys/devices/system/memory/memory%u/%s: %s; accepted: %s", number,
                         problem->attribute,
                         problem->error == -EINVAL ? "holds another text" : attr_strerror(problem->error),
                         accepted);
}

int block_read(struct tree *tree, struct snapshot *snapshot, struct memory_block *block)
{
        struct block_problem problem;
        int r;

        r = block_read_quietly(tree, NULL, block, &problem);
        if (r >= 0 && snapshot)
                block_report(snapshot, block->number, &problem);
        return r;
}

int block_read_state(struct tree *tree, uint32_t number)
{
        struct block_problem problem = { 0 };

        return read_state(tree, number, &problem);
}

uint64_t block_identity(struct tree *tree, uint32_t number)
{
        struct stat status;
        char name[32];

        (void) snprintf(name, sizeof(name), "memory%u", number);
        return fstatat(tree->memory_fd, name, &status, 0) < 0 ? 0 : (uint64_t) status.st_ino;
}
