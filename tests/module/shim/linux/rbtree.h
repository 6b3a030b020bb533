/* SPDX-License-Identifier: GPL-2.0 */
/* Trees that nobody balances: a test's are small. */
#ifndef SHIM_LINUX_RBTREE_H
#define SHIM_LINUX_RBTREE_H

#include <linux/kernel.h>

struct rb_node {
        struct rb_node *parent, *rb_left, *rb_right;
};

struct rb_root {
        struct rb_node *rb_node;
};

#define RB_ROOT (struct rb_root){ NULL }
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_insert_color(node, root) ((void) (node), (void) (root))

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
        *node = (struct rb_node){ .parent = parent };
        *link = node;
}

static inline struct rb_node *rb_next(const struct rb_node *node)
{
        struct rb_node *next = node->rb_right;

        if (next) {
                while (next->rb_left)
                        next = next->rb_left;
                return next;
        }
        while ((next = node->parent) && next->rb_right == node)
                node = next;
        return next;
}

/* What hung from where `old` is hangs `new`, which may be NULL. */
static inline void shim_rb_replace(struct rb_root *root, struct rb_node *old, struct rb_node *new)
{
        if (!old->parent)
                root->rb_node = new;
        else if (old->parent->rb_left == old)
                old->parent->rb_left = new;
        else
                old->parent->rb_right = new;
        if (new)
                new->parent = old->parent;
}

static inline void rb_erase(struct rb_node *node, struct rb_root *root)
{
        struct rb_node *next;

        if (!node->rb_left || !node->rb_right) {
                shim_rb_replace(root, node, node->rb_left ? node->rb_left : node->rb_right);
                return;
        }
        next = rb_next(node);
        if (next->parent != node) {
                shim_rb_replace(root, next, next->rb_right);
                next->rb_right = node->rb_right;
                next->rb_right->parent = next;
        }
        shim_rb_replace(root, node, next);
        next->rb_left = node->rb_left;
        next->rb_left->parent = next;
}

#endif /* SHIM_LINUX_RBTREE_H */
