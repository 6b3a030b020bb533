/* SPDX-License-Identifier: GPL-2.0 */
/* Doubly linked lists, as the kernel's; a deleted entry is poisoned. */
#ifndef SHIM_LINUX_LIST_H
#define SHIM_LINUX_LIST_H

#include <linux/kernel.h>

struct list_head {
        struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)
#define LIST_POISON ((struct list_head *) 0x100)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
        list->next = list->prev = list;
}

static inline void shim_list_insert(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
        run_check(prev->next == next && next->prev == prev && entry != prev && entry != next);
        entry->next = next;
        entry->prev = prev;
        next->prev = entry;
        prev->next = entry;
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
        shim_list_insert(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
        shim_list_insert(entry, head->prev, head);
}

static inline void shim_list_unlink(struct list_head *entry)
{
        run_check(entry->next->prev == entry && entry->prev->next == entry);
        entry->next->prev = entry->prev;
        entry->prev->next = entry->next;
}

static inline void list_del(struct list_head *entry)
{
        run_check(entry->next != LIST_POISON);
        shim_list_unlink(entry);
        entry->next = entry->prev = LIST_POISON;
}

static inline void list_del_init(struct list_head *entry)
{
        shim_list_unlink(entry);
        INIT_LIST_HEAD(entry);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
        shim_list_unlink(entry);
        list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
        return head->next == head;
}

static inline bool list_empty_careful(const struct list_head *head)
{
        run_point();
        return run_peek(&head->next, sizeof(head->next)) == (unsigned long) head;
}

static inline void list_splice(struct list_head *list, struct list_head *head)
{
        if (list_empty(list))
                return;
        list->prev->next = head->next;
        head->next->prev = list->prev;
        head->next = list->next;
        list->next->prev = head;
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
        list_splice(list, head);
        INIT_LIST_HEAD(list);
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_next_entry(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_first_entry_or_null(head, type, member) \
        (list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_for_each_entry(pos, head, member)                                             \
        for ((pos) = list_first_entry(head, __typeof__(*(pos)), member); &(pos)->member != (head); \
             (pos) = list_next_entry(pos, member))
#define list_for_each_entry_safe(pos, n, head, member)                                     \
        for ((pos) = list_first_entry(head, __typeof__(*(pos)), member),                   \
            (n) = list_next_entry(pos, member);                                            \
             &(pos)->member != (head); (pos) = (n), (n) = list_next_entry(n, member))

#endif /* SHIM_LINUX_LIST_H */
