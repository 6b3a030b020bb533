/* SPDX-License-Identifier: GPL-2.0 */
/* Memory is malloc's, so that AddressSanitizer sees what is used after it was freed. */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include <linux/kernel.h>

#define GFP_ATOMIC 1u
#define GFP_KERNEL 2u /* may wait */
#define __GFP_NOWARN 4u
#define __GFP_NORETRY 8u

/* A test's wish: this many more allocations succeed. Below 0: all do. */
extern int shim_memory_left;
void *shim_zalloc(size_t size);

struct kmem_cache {
        size_t size;
};

#define kzalloc(size, gfp) ((void) (gfp), shim_zalloc(size))
#define kmalloc(size, gfp) ((void) (gfp), shim_zalloc(size))
#define kvmalloc(size, gfp) ((void) (gfp), shim_zalloc(size))
#define kvcalloc(n, size, gfp) ((void) (gfp), shim_zalloc((n) * (size)))
#define kfree(ptr) free(ptr)
#define kvfree(ptr) free(ptr)

static inline struct kmem_cache *shim_cache(size_t size)
{
        struct kmem_cache *cache = calloc(1, sizeof(*cache));

        if (cache)
                cache->size = size;
        return cache;
}
#define KMEM_CACHE(name, flags) shim_cache(sizeof(struct name))
#define kmem_cache_destroy(cache) free(cache)
#define kmem_cache_zalloc(cache, gfp) ((void) (gfp), shim_zalloc((cache)->size))
#define kmem_cache_free(cache, ptr) ((void) (cache), free(ptr))

#endif /* SHIM_LINUX_SLAB_H */
