/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/names.h"

#include "basic/attr.h"
#include "basic/cleanup.h"
#include "basic/number.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#define MEMORY     "sys/devices/system/memory"
#define NODES      "sys/devices/system/node"
#define AREAS      "sys/kernel/mm/cma"
#define ACPI       "sys/bus/acpi/devices"
#define DIMM_NAME  "PNP0C80:"
#define DIGITS     10
#define NUMBER_MAX 11

/* Where a tree has no ACPI devices, so many blocks are asked for theirs. */
#define LINKS_MAX 1024

static DIR *open_directory(const char *root, const char *path)
{
        _cleanup_free_ char *whole = NULL;
        int fd;

        if (asprintf(&whole, "%s/%s", root ? root : "", path) < 0)
                return NULL;
        fd = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
        return fd < 0 ? NULL : fdopendir(fd);
}

/* The numbers behind the prefix that begin as typed, so far. */
struct numbers {
        uint32_t first[NAMES_MAX];
        size_t n;             /* of all, also those for which there is no room */
        size_t begun[DIGITS]; /* by the digit that comes next */
        bool whole;           /* what was typed is one of them */
};

static int compare_numbers(const void *a, const void *b)
{
        const uint32_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

static void take_number(struct numbers *numbers, const char *typed, const char *text)
{
        size_t n = strlen(typed);
        uint32_t number;

        if (strncmp(text, typed, n) != 0 || parse_u32(text, 10, &number) < 0)
                return;
        if (numbers->n < NAMES_MAX)
                numbers->first[numbers->n] = number;
        numbers->n++;
        if (text[n])
                numbers->begun[text[n] - '0']++;
        else
                numbers->whole = true;
}

/* Nobody reads 98,304 numbers: the next digits are enough to go on typing. */
static void offer_digits(const struct offer *offer, const struct numbers *numbers)
{
        char text[2 * NUMBER_MAX], about[32];
        int next = 0;

        if (numbers->whole)
                (void) offer_word(offer, offer->typed, NULL);
        for (; next < DIGITS; next++) {
                if (numbers->begun[next] == 0)
                        continue;
                (void) snprintf(text, sizeof(text), "%.*s%d", NUMBER_MAX, offer->typed, next);
                (void) snprintf(about, sizeof(about), "%zu begin so", numbers->begun[next]);
                (void) offer_word(offer, text, about);
        }
        offer_ask(OFFER_NO_SPACE);
}

static void offer_numbers(const struct offer *offer, const char *root, const char *path, const char *prefix)
{
        _cleanup_closedir_ DIR *directory = open_directory(root, path);
        struct numbers numbers = { 0 };
        const struct dirent *entry;
        char text[NUMBER_MAX];

        while (directory && (entry = readdir(directory)))
                if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
                        take_number(&numbers, offer->typed, entry->d_name + strlen(prefix));
        if (numbers.n > NAMES_MAX) {
                offer_digits(offer, &numbers);
                return;
        }
        qsort(numbers.first, numbers.n, sizeof(numbers.first[0]), compare_numbers);
        for (size_t i = 0; i < numbers.n; i++) {
                (void) snprintf(text, sizeof(text), "%u", numbers.first[i]);
                (void) offer_word(offer, text, NULL);
        }
}

void names_of_blocks(const struct offer *offer, const char *root)
{
        offer_numbers(offer, root, MEMORY, "memory");
}

void names_of_nodes(const struct offer *offer, const char *root)
{
        offer_numbers(offer, root, NODES, "node");
}

/* Texts, sorted, each once. */
struct texts {
        char *items[NAMES_MAX];
        size_t n;
};

static void take_text(struct texts *texts, const char *text)
{
        size_t at = texts->n;

        for (size_t i = 0; i < texts->n; i++) {
                int order = strverscmp(texts->items[i], text);

                if (order == 0)
                        return;
                if (order > 0) {
                        at = i;
                        break;
                }
        }
        if (texts->n == NAMES_MAX)
                return;
        memmove(texts->items + at + 1, texts->items + at, (texts->n - at) * sizeof(texts->items[0]));
        texts->items[at] = strdup(text);
        texts->n += texts->items[at] != NULL;
}

static void offer_texts(const struct offer *offer, struct texts *texts)
{
        for (size_t i = 0; i < texts->n; i++) {
                (void) offer_word(offer, texts->items[i], NULL);
                free(texts->items[i]);
        }
}

/* The slot of a DIMM has a device also while it is empty: its status is 0 then. */
static bool is_there(DIR *devices, const char *name)
{
        char path[NAME_MAX + 16], status[32];

        (void) snprintf(path, sizeof(path), "%s/status", name);
        return attr_read(dirfd(devices), path, status, sizeof(status)) < 0 || strcmp(status, "0") != 0;
}

static void take_links(struct texts *texts, DIR *memory)
{
        const struct dirent *entry;
        size_t links = 0;

        while (links < LINKS_MAX && (entry = readdir(memory))) {
                char path[NAME_MAX + 16], target[PATH_MAX];
                const char *base;
                ssize_t n;

                if (strncmp(entry->d_name, "memory", strlen("memory")) != 0)
                        continue;
                links++;
                (void) snprintf(path, sizeof(path), "%s/firmware_node", entry->d_name);
                n = readlinkat(dirfd(memory), path, target, sizeof(target) - 1);
                if (n <= 0)
                        continue;
                target[n] = '\0';
                base = strrchr(target, '/');
                base = base ? base + 1 : target;
                if (strncmp(base, DIMM_NAME, strlen(DIMM_NAME)) == 0)
                        take_text(texts, base);
        }
}

void names_of_dimms(const struct offer *offer, const char *root)
{
        _cleanup_closedir_ DIR *devices = open_directory(root, ACPI), *memory = NULL;
        const struct dirent *entry;
        struct texts texts = { 0 };

        while (devices && (entry = readdir(devices)))
                if (strncmp(entry->d_name, DIMM_NAME, strlen(DIMM_NAME)) == 0 &&
                    is_there(devices, entry->d_name))
                        take_text(&texts, entry->d_name);
        memory = devices ? NULL : open_directory(root, MEMORY);
        if (memory)
                take_links(&texts, memory);
        offer_texts(offer, &texts);
}

void names_of_areas(const struct offer *offer, const char *root)
{
        _cleanup_closedir_ DIR *directory = open_directory(root, AREAS);
        const struct dirent *entry;
        struct texts texts = { 0 };

        while (directory && (entry = readdir(directory)))
                if (entry->d_name[0] != '.')
                        take_text(&texts, entry->d_name);
        offer_texts(offer, &texts);
}
