/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/reserve_file.h"

#include "basic/cleanup.h"
#include "basic/conf.h"
#include "basic/message.h"
#include "basic/reservation_name.h"
#include "cli/ask/argument.h"

#include <errno.h>
#include <string.h>

struct section;

struct parser {
        const struct section *section; /* NULL: none has begun */
        unsigned int given;            /* bits, by key */
        struct reserve_file file;
};

static bool take_name(const char *value, struct reserve_file *file)
{
        if (!reservation_name_is_valid(value))
                return false;
        (void) snprintf(file->name, sizeof(file->name), "%s", value);
        return true;
}

static bool take_area(const char *value, struct reserve_file *file)
{
        for (size_t i = 0; value[i]; i++)
                if (value[i] < ' ' || value[i] > '~')
                        return false;
        if (strlen(value) >= sizeof(file->area) || !value[0])
                return false;
        (void) snprintf(file->area, sizeof(file->area), "%s", value);
        return true;
}

static bool take_size(const char *value, struct reserve_file *file)
{
        return argument_size(value, &file->size);
}

static bool take_align(const char *value, struct reserve_file *file)
{
        uint64_t align;

        if (!argument_size(value, &align) || (align & (align - 1)) != 0)
                return false;
        file->align = align;
        return true;
}

static bool take_node(const char *value, struct reserve_file *file)
{
        return argument_node(value, &file->node);
}

static bool take_movable(const char *value, struct reserve_file *file)
{
        file->movable = strcmp(value, "yes") == 0;
        return file->movable || strcmp(value, "no") == 0;
}

enum key { KEY_NAME, KEY_SIZE, KEY_ALIGN, KEY_NODE, KEY_AREA, KEY_MOVABLE, _KEY_MAX };

static const struct {
        const char *name, *accepted;
        bool (*take)(const char *value, struct reserve_file *file);
} keys[_KEY_MAX] = {
        [KEY_NAME] = { "Name", RESERVATION_NAME_ACCEPTED, take_name },
        [KEY_SIZE] = { "Size", "an amount of memory above 0, like 64M, 512MiB or 1073741824", take_size },
        [KEY_ALIGN] = { "Align", "an amount of memory, a power of two, like 64K or 2M", take_align },
        [KEY_NODE] = { "Node", "the number of a NUMA node", take_node },
        [KEY_AREA] = { "Area", "the name of a CMA area, as cma list shows it", take_area },
        [KEY_MOVABLE] = { "Movable", "yes or no", take_movable },
};

#define BIT(key) (1U << (key))

static const struct section {
        const char *name, *accepted;
        unsigned int keys, needed; /* bits, by key */
        bool warm;
} sections[] = {
        { "Reservation", "Name, Size, Align, Node, Area and Movable", BIT(_KEY_MAX) - 1,
          BIT(KEY_NAME) | BIT(KEY_SIZE), false },
        { "Warm", "Size and Node", BIT(KEY_SIZE) | BIT(KEY_NODE), BIT(KEY_SIZE), true },
};

static int on_value(void *userdata, const struct conf_place *place, const char *name, const char *value,
                    char **message)
{
        struct parser *parser = userdata;

        if (!parser->section)
                return conf_bad(place, name, "[Reservation] or [Warm] before all else", message);
        for (enum key key = 0; key < _KEY_MAX; key++) {
                if (strcmp(keys[key].name, name) != 0 || !(parser->section->keys & BIT(key)))
                        continue;
                if (parser->given & BIT(key))
                        return fail(message, -EINVAL, "%s:%u: %s is there twice", place->path, place->line,
                                    name);
                parser->given |= BIT(key);
                return keys[key].take(value, &parser->file)
                               ? 0
                               : conf_bad(place, value, keys[key].accepted, message);
        }
        return conf_bad(place, name, parser->section->accepted, message);
}

static int on_section(void *userdata, const struct conf_place *place, const char *name, char **message)
{
        struct parser *parser = userdata;

        for (size_t i = 0; !parser->section && i < ELEMENTSOF(sections); i++)
                if (strcmp(sections[i].name, name) == 0) {
                        parser->section = &sections[i];
                        parser->file.warm = sections[i].warm;
                        return 0;
                }
        return conf_bad(place, name, parser->section ? "one section in a file" : "[Reservation] or [Warm]",
                        message);
}

static int check_all(const struct parser *parser, const char *path, unsigned int lines, char **message)
{
        const struct section *section = parser->section ? parser->section : &sections[0];

        for (enum key key = 0; key < _KEY_MAX; key++)
                if (section->needed & BIT(key) && !(parser->given & BIT(key)))
                        return fail(message, -EINVAL, "%s:%u: %s= is missing", path, lines > 0 ? lines : 1,
                                    keys[key].name);
        return 0;
}

int reserve_file_parse(const char *path, const char *text, size_t size, struct reserve_file *ret,
                       char **message)
{
        static const struct conf_reader reader = { on_section, on_value };
        struct parser parser = { .file = { .node = -1 } };
        unsigned int lines = 0;
        int r = conf_read(path, text, size, &reader, &parser, &lines, message);

        if (r >= 0)
                r = check_all(&parser, path, lines, message);
        if (r >= 0)
                *ret = parser.file;
        return r;
}
