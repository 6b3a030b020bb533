/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma_areas.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "basic/printable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct cma_area *cma_find(const struct cma_areas *areas, const char *name)
{
        for (size_t i = 0; i < areas->n; i++)
                if (strcmp(areas->areas[i].name, name) == 0)
                        return &areas->areas[i];
        return NULL;
}

struct cma_area *cma_get(struct cma_areas *areas, const char *name)
{
        struct cma_area *area, *list;
        char fit[MODULE_CMA_NAME_SIZE];

        /* it goes over the bus, where text is UTF-8, and to terminals */
        printable_copy(fit, sizeof(fit), name, strlen(name));
        area = cma_find(areas, fit);
        if (area || areas->n == MODULE_CMA_AREAS_MAX)
                return area;
        list = reallocarray(areas->areas, areas->n + 1, sizeof(*list));
        if (!list)
                return NULL;
        areas->areas = list;
        cma_area_init(&list[areas->n], fit);
        return &list[areas->n++];
}

int cma_no_such_area(const struct cma_areas *areas, const char *name, char **message)
{
        _cleanup_free_ char *names = NULL;
        size_t size = 0;
        FILE *f;

        if (areas->n == 0)
                return fail(message, -ENOENT, "%.64s: no such CMA area: %s", name,
                            areas->n_notes > 0 && areas->all.total_bytes == 0 ? areas->notes[0]
                            : areas->all.total_bytes == CMA_NOT_TOLD
                                    ? "this kernel has none"
                                    : "nobody here tells of one by its name");
        f = open_memstream(&names, &size);
        if (!f)
                return -ENOMEM;
        for (size_t i = 0; i < areas->n && ftell(f) < 1024; i++)
                (void) fprintf(f, "%s%s", i ? ", " : "", areas->areas[i].name);
        if (fclose(f) != 0)
                return -ENOMEM;
        return fail(message, -ENOENT, "%.64s: no such CMA area; there are: %s", name, names);
}

void cma_note(struct cma_areas *areas, char *text)
{
        if (text && areas->n_notes < CMA_NOTES_MAX)
                areas->notes[areas->n_notes++] = text;
        else
                free(text);
}

void cma_clear_notes(struct cma_areas *areas)
{
        for (size_t i = 0; i < areas->n_notes; i++)
                free(areas->notes[i]);
        areas->n_notes = 0;
}

void cma_clear(struct cma_areas *areas)
{
        cma_clear_notes(areas);
        free(areas->areas);
        *areas = (struct cma_areas){ 0 };
}
