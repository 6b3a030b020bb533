/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/udev_rules.h"

#include "basic/cleanup.h"
#include "daemon/onlining/udev_line.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum truth { NO, MAYBE, YES };

/* Alternatives, with "|" between them. */
static bool is_like(const char *patterns, const char *name)
{
        _cleanup_free_ char *copy = strdup(patterns);
        char *rest = copy, *pattern;

        if (!copy)
                return false;
        while ((pattern = strsep(&rest, "|")))
                if (fnmatch(pattern, name, 0) == 0)
                        return true;
        return false;
}

/* What a new block has of that key; NULL: it is not known. */
static const char *block_value(const struct udev_part *part)
{
        static const struct {
                const char *key, *attribute, *value;
        } known[] = {
                { "SUBSYSTEM", "", "memory" },   { "SUBSYSTEMS", "", "memory" },
                { "ACTION", "", "add" },         { "ATTR", "state", "offline" },
                { "ATTRS", "state", "offline" }, { "DRIVER", "", "" },
                { "KERNEL", "", "memory32" },    { "DEVPATH", "", "/devices/system/memory/memory32" },
        };

        for (size_t i = 0; i < ELEMENTSOF(known); i++)
                if (strcmp(part->key, known[i].key) == 0 && strcmp(part->attribute, known[i].attribute) == 0)
                        return known[i].value;
        return NULL;
}

/* ATTR{[dmi/id]sys_vendor}: an attribute of another device. */
static enum truth judge_other_device(const struct udev_part *part, const struct udev_machine *machine)
{
        const char *end = strchr(part->attribute, ']');
        char path[128], value[256];
        bool same;

        if (!end || snprintf(path, sizeof(path), "%.*s/%s", (int) (end - part->attribute - 1),
                             part->attribute + 1, end + 1) >= (int) sizeof(path))
                return MAYBE;
        same = machine->read(machine->userdata, path, value, sizeof(value)) && is_like(part->value, value);
        return same == (part->operator== UDEV_MATCH) ? YES : NO;
}

/* Of a part that is to match; all others are true. */
static enum truth judge_part(const struct udev_part *part, const struct udev_machine *machine)
{
        bool match = part->operator== UDEV_MATCH || part->operator== UDEV_NO_MATCH;
        const char *value;

        if (strcmp(part->key, "PROGRAM") == 0 || strcmp(part->key, "IMPORT") == 0)
                return MAYBE; /* its exit status counts, with any operator */
        if (!match)
                return YES;
        if (strcmp(part->key, "ATTR") == 0 && part->attribute[0] == '[')
                return judge_other_device(part, machine);
        value = block_value(part);
        if (!value)
                return MAYBE;
        return is_like(part->value, value) == (part->operator== UDEV_MATCH) ? YES : NO;
}

static enum truth judge(const struct udev_line *line, const struct udev_machine *machine)
{
        enum truth all = YES;

        for (size_t i = 0; i < line->n; i++) {
                enum truth one = judge_part(&line->parts[i], machine);

                if (one < all)
                        all = one;
        }
        return all;
}

/* "$env{...}", or what a program said: it may be anything. */
static bool is_online(const char *value)
{
        return strncmp(value, "online", strlen("online")) == 0 || strpbrk(value, "$%");
}

/* echo online > /sys$devpath/state */
static bool runs_online(const struct udev_part *part)
{
        return strcmp(part->key, "RUN") == 0 && strstr(part->value, "/state") &&
               strstr(part->value, "online");
}

static bool brings_online(const struct udev_line *line, const char **ret_sets)
{
        for (size_t i = 0; i < line->n; i++) {
                const struct udev_part *part = &line->parts[i];
                bool sets = part->operator== UDEV_ASSIGN && strcmp(part->key, "ATTR") == 0 &&
                            strcmp(part->attribute, "state") == 0 && is_online(part->value);

                if (!sets && !runs_online(part))
                        continue;
                *ret_sets = sets ? part->value : "online";
                return true;
        }
        return false;
}

static bool is_label(const struct udev_line *line, const char *label)
{
        const struct udev_part *part = udev_line_find(line, "LABEL");

        return part && strcmp(part->value, label) == 0;
}

/* A rule's end: where it goes to, or what it does. True: that is to bring memory online. */
static bool take_line(const struct udev_line *line, const struct udev_machine *machine, char *label,
                      size_t label_size, const char **ret_sets)
{
        const struct udev_part *part = udev_line_find(line, "GOTO");
        enum truth truth = judge(line, machine);

        if (part && truth == YES && snprintf(label, label_size, "%s", part->value) >= (int) label_size)
                *label = '\0';
        return truth != NO && brings_online(line, ret_sets);
}

bool udev_rules_online(const char *text, size_t size, const struct udev_machine *machine,
                       struct udev_rule_found *ret)
{
        _cleanup_free_ char *copy = strndup(text, size);
        _cleanup_free_ struct udev_line *line = malloc(sizeof(*line));
        char *at = copy, *one, label[128] = "";
        unsigned int number = 0, begin;
        const char *sets;

        while (copy && line && (one = udev_text_line(&at, &number, &begin))) {
                if (!udev_line_split(one, line))
                        continue; /* udev passes it over, too */
                if (label[0] && !is_label(line, label))
                        continue;
                label[0] = '\0';
                if (!take_line(line, machine, label, sizeof(label), &sets))
                        continue;
                ret->line = begin;
                (void) snprintf(ret->sets, sizeof(ret->sets), "%s", sets);
                return true;
        }
        return false;
}
