/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/survey_rows.h"

#include "daemon/bus/value/strings.h"
#include "daemon/plan/advice.h"

int bus_append_unknown(sd_bus_message *m, uint32_t unknown)
{
        char *names[MEMCTL_CLASS_MAX + 1];
        size_t n = 0;

        for (unsigned int class = MEMCTL_CLASS_UNSPEC + 1; class <= MEMCTL_CLASS_MAX; class ++)
                if (unknown & 1U << class)
                        names[n++] = (char *) memory_class_name(class);
        return bus_append_strings_entry(m, "unknown", names, n);
}

int bus_append_classes(sd_bus_message *m, enum survey_source source)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "(ssy)");
        for (int class = MEMCTL_CLASS_UNSPEC + 1; r >= 0 && class <= MEMCTL_CLASS_MAX; class ++)
                r = sd_bus_message_append(m, "(ssy)", memory_class_name((unsigned int) class),
                                          class_kind_name(source, (enum memctl_class) class),
                                          (int) class_movability(source, (enum memctl_class) class));
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static void fill_block(void *column, size_t i, const struct survey_count *row)
{
        ((uint32_t *) column)[i] = row->block;
}

static void fill_class(void *column, size_t i, const struct survey_count *row)
{
        ((uint8_t *) column)[i] = (uint8_t) (row->class - 1);
}

static void fill_owner(void *column, size_t i, const struct survey_count *row)
{
        ((uint16_t *) column)[i] = row->owner;
}

static void fill_order(void *column, size_t i, const struct survey_count *row)
{
        ((uint8_t *) column)[i] = row->order;
}

static void fill_pages(void *column, size_t i, const struct survey_count *row)
{
        ((uint64_t *) column)[i] = row->pages;
}

int bus_append_counts(sd_bus_message *m, const struct survey *survey)
{
        static const struct {
                char type;
                size_t size;
                void (*fill)(void *column, size_t i, const struct survey_count *row);
        } columns[] = {
                { 'u', sizeof(uint32_t), fill_block }, { 'y', sizeof(uint8_t), fill_class },
                { 'q', sizeof(uint16_t), fill_owner }, { 'y', sizeof(uint8_t), fill_order },
                { 't', sizeof(uint64_t), fill_pages },
        };

        for (size_t i = 0; i < ELEMENTSOF(columns); i++) {
                void *space = NULL;
                int r;

                r = sd_bus_message_append_array_space(m, columns[i].type, survey->n_counts * columns[i].size,
                                                      &space);
                if (r < 0)
                        return r;
                for (size_t j = 0; j < survey->n_counts; j++)
                        columns[i].fill(space, j, &survey->counts[j]);
        }
        return 0;
}
