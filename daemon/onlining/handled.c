/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/handled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Behind the first try that failed; the last one comes two and a half minutes later. */
#define WAIT_USEC (5 * UINT64_C(1000000))

const char *handled_state_name(enum handled_state state)
{
        static const char *const names[_HANDLED_MAX] = {
                [HANDLED_RUNNING] = "running", [HANDLED_WAITING] = "waiting", [HANDLED_DONE] = "done",
                [HANDLED_THERE] = "there",     [HANDLED_LEFT] = "left",       [HANDLED_FAILED] = "failed",
                [HANDLED_GONE] = "gone",
        };

        return names[state];
}

static void clear(struct handled *handled)
{
        free(handled->blocks);
        *handled = (struct handled){ 0 };
}

void handled_list_clear(struct handled_list *list)
{
        for (size_t i = 0; i < list->n; i++)
                clear(&list->items[i]);
        list->n = 0;
}

bool handled_is_over(const struct handled *handled)
{
        return handled->state != HANDLED_RUNNING && handled->state != HANDLED_WAITING;
}

struct handled *handled_find(struct handled_list *list, const char *name)
{
        for (size_t i = 0; i < list->n; i++)
                if (strcmp(list->items[i].name, name) == 0)
                        return &list->items[i];
        return NULL;
}

struct handled *handled_find_job(struct handled_list *list, uint32_t job)
{
        for (size_t i = 0; i < list->n; i++)
                if (list->items[i].state == HANDLED_RUNNING && list->items[i].job == job)
                        return &list->items[i];
        return NULL;
}

static void move_to_end(struct handled_list *list, struct handled *handled)
{
        struct handled moved = *handled;
        size_t at = (size_t) (handled - list->items);

        memmove(handled, handled + 1, (list->n - at - 1) * sizeof(*handled));
        list->items[list->n - 1] = moved;
}

/* The oldest that is over goes. False: there is none. */
static bool make_room(struct handled_list *list)
{
        for (size_t i = 0; i < list->n; i++)
                if (handled_is_over(&list->items[i])) {
                        move_to_end(list, &list->items[i]);
                        clear(&list->items[--list->n]);
                        return true;
                }
        return false;
}

struct handled *handled_take(struct handled_list *list, const struct newcomer *newcomer)
{
        const struct new_memory *memory = &newcomer->memory;
        struct handled *handled = handled_find(list, newcomer->name);
        unsigned int tries = 0;

        if (handled) {
                move_to_end(list, handled);
                handled = &list->items[list->n - 1];
                if (handled->state == HANDLED_WAITING)
                        tries = handled->tries;
                clear(handled);
        } else {
                if (list->n == HANDLED_MAX && !make_room(list))
                        return NULL;
                handled = &list->items[list->n++];
                *handled = (struct handled){ 0 };
        }
        handled->tries = tries;
        handled->node = memory->node;
        handled->device_bytes = memory->device_bytes;
        handled->bytes = memory->new_bytes;
        (void) snprintf(handled->name, sizeof(handled->name), "%s", newcomer->name);
        (void) snprintf(handled->text, sizeof(handled->text), "%s", newcomer->text);
        (void) snprintf(handled->driver, sizeof(handled->driver), "%s", new_memory_driver(memory));
        return handled;
}

void handled_fail(struct handled *handled, uint64_t now_usec)
{
        handled->tries++;
        handled->state = handled->tries < HANDLED_TRIES_MAX ? HANDLED_WAITING : HANDLED_FAILED;
        handled->wait_until = now_usec + (WAIT_USEC << (handled->tries - 1));
}
