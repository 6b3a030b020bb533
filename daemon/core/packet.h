/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Data put into bytes in one process and taken out in another. Both are the same program: numbers and
 * structs go as they lie in memory.
 */
#ifndef MEMCTL_CORE_PACKET_H
#define MEMCTL_CORE_PACKET_H

#include "basic/cleanup.h"

#include <stddef.h>
#include <stdint.h>

/* Zeroed to begin with. After an error nothing more is put in. */
struct packet {
        uint8_t *data;
        size_t size, capacity; /* bytes */
        int error;             /* 0 or -ENOMEM */
};

void packet_clear(struct packet *packet);
void packet_put(struct packet *packet, const void *data, size_t size);
void packet_put_u64(struct packet *packet, uint64_t value);
void packet_put_string(struct packet *packet, const char *text); /* NULL is told apart from "" */
void packet_put_array(struct packet *packet, const void *items, size_t n, size_t item_size);

/* What is left of a packet. After an error all that is taken out is zero, NULL or empty. */
struct packet_reader {
        const uint8_t *data;
        size_t size;
        int error; /* 0, -EBADMSG (there is less in it than was asked for), -ENOMEM */
};

void packet_get(struct packet_reader *reader, void *data, size_t size);
uint64_t packet_get_u64(struct packet_reader *reader);

/* The caller's to free; NULL where NULL was put in, and after an error. */
char *packet_get_string(struct packet_reader *reader);

/* The caller's to free, never NULL without an error. */
void *packet_get_array(struct packet_reader *reader, size_t item_size, size_t *ret_n);

#endif
