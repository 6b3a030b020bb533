// SPDX-License-Identifier: GPL-2.0
#include <linux/xarray.h>

void xa_init(struct xarray *xa)
{
        memset(xa, 0, sizeof(*xa));
        pthread_mutex_init(&xa->inner, NULL);
}

void xa_destroy(struct xarray *xa)
{
        pthread_mutex_destroy(&xa->inner);
        xa->nr = 0;
}

/* The place of an index, or where it would be. */
static size_t xa_place(struct xarray *xa, unsigned long index)
{
        size_t i = 0;

        while (i < xa->nr && xa->slots[i].index < index)
                i++;
        return i;
}

static bool xa_has(struct xarray *xa, size_t i, unsigned long index)
{
        return i < xa->nr && xa->slots[i].index == index;
}

bool xa_empty(struct xarray *xa)
{
        bool empty;

        pthread_mutex_lock(&xa->inner);
        empty = !xa->nr;
        pthread_mutex_unlock(&xa->inner);
        return empty;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
        void *entry;
        size_t i;

        run_point();
        pthread_mutex_lock(&xa->inner);
        i = xa_place(xa, index);
        entry = xa_has(xa, i, index) ? xa->slots[i].entry : NULL;
        pthread_mutex_unlock(&xa->inner);
        return entry;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, int filter)
{
        void *entry = NULL;

        (void) filter;
        run_point();
        pthread_mutex_lock(&xa->inner);
        for (size_t i = xa_place(xa, *index); i < xa->nr && xa->slots[i].index <= max && !entry; i++) {
                entry = xa->slots[i].entry;
                if (entry)
                        *index = xa->slots[i].index;
        }
        pthread_mutex_unlock(&xa->inner);
        return entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, int filter)
{
        ++*index;
        return xa_find(xa, index, max, filter);
}

static void *xa_put(struct xarray *xa, unsigned long index, void *entry)
{
        size_t i = xa_place(xa, index);
        void *old = NULL;

        if (xa_has(xa, i, index)) {
                old = xa->slots[i].entry;
        } else {
                run_check(xa->nr < sizeof(xa->slots) / sizeof(xa->slots[0]));
                memmove(&xa->slots[i + 1], &xa->slots[i], (xa->nr++ - i) * sizeof(xa->slots[0]));
        }
        xa->slots[i] = (struct shim_slot){ .index = index, .entry = entry };
        return old;
}

static void *xa_drop(struct xarray *xa, size_t i)
{
        void *old = xa->slots[i].entry;

        memmove(&xa->slots[i], &xa->slots[i + 1], (--xa->nr - i) * sizeof(xa->slots[0]));
        return old;
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
        int err = 0;

        (void) gfp;
        pthread_mutex_lock(&xa->inner);
        if (xa_has(xa, xa_place(xa, index), index))
                err = -EBUSY;
        else
                xa_put(xa, index, entry);
        pthread_mutex_unlock(&xa->inner);
        return err;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
        void *old;

        pthread_mutex_lock(&xa->inner);
        run_check(gfp || xa_has(xa, xa_place(xa, index), index));
        old = xa_put(xa, index, entry);
        pthread_mutex_unlock(&xa->inner);
        return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
        void *old = NULL;
        size_t i;

        pthread_mutex_lock(&xa->inner);
        i = xa_place(xa, index);
        if (xa_has(xa, i, index))
                old = xa_drop(xa, i);
        pthread_mutex_unlock(&xa->inner);
        return old;
}

/* Sleeps for its memory: others go on meanwhile. */
int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp)
{
        (void) gfp;
        run_point();
        pthread_mutex_lock(&xa->inner);
        if (!xa_has(xa, xa_place(xa, index), index))
                xa_put(xa, index, NULL);
        pthread_mutex_unlock(&xa->inner);
        return 0;
}

void xa_release(struct xarray *xa, unsigned long index)
{
        size_t i;

        pthread_mutex_lock(&xa->inner);
        i = xa_place(xa, index);
        if (xa_has(xa, i, index) && !xa->slots[i].entry)
                xa_drop(xa, i);
        pthread_mutex_unlock(&xa->inner);
}
