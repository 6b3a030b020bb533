/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/packet.h"

#include <errno.h>
#include <string.h>

#define SIZE_FIRST 4096

/* Of a string that is NULL. */
#define LENGTH_NULL UINT64_MAX

void packet_clear(struct packet *packet)
{
        free(packet->data);
        *packet = (struct packet){ 0 };
}

void packet_put(struct packet *packet, const void *data, size_t size)
{
        if (packet->error < 0 || size == 0)
                return;
        if (size > packet->capacity - packet->size) {
                size_t capacity = packet->capacity ? packet->capacity : SIZE_FIRST;
                uint8_t *bigger;

                while (capacity - packet->size < size && capacity <= SIZE_MAX / 2)
                        capacity *= 2;
                bigger = capacity - packet->size < size ? NULL : realloc(packet->data, capacity);
                if (!bigger) {
                        packet->error = -ENOMEM;
                        return;
                }
                packet->data = bigger;
                packet->capacity = capacity;
        }
        memcpy(packet->data + packet->size, data, size);
        packet->size += size;
}

void packet_put_u64(struct packet *packet, uint64_t value)
{
        packet_put(packet, &value, sizeof(value));
}

void packet_put_string(struct packet *packet, const char *text)
{
        packet_put_u64(packet, text ? strlen(text) : LENGTH_NULL);
        if (text)
                packet_put(packet, text, strlen(text));
}

void packet_put_array(struct packet *packet, const void *items, size_t n, size_t item_size)
{
        packet_put_u64(packet, n);
        packet_put(packet, items, n * item_size);
}

/* NULL, and an error, when there is less. */
static const uint8_t *take(struct packet_reader *reader, uint64_t size)
{
        const uint8_t *data = reader->data;

        if (reader->error < 0)
                return NULL;
        if (size > reader->size) {
                reader->error = -EBADMSG;
                return NULL;
        }
        reader->data += size;
        reader->size -= (size_t) size;
        return data;
}

void packet_get(struct packet_reader *reader, void *data, size_t size)
{
        const uint8_t *from = take(reader, size);

        if (from)
                memcpy(data, from, size);
        else
                memset(data, 0, size);
}

uint64_t packet_get_u64(struct packet_reader *reader)
{
        uint64_t value;

        packet_get(reader, &value, sizeof(value));
        return value;
}

char *packet_get_string(struct packet_reader *reader)
{
        uint64_t length = packet_get_u64(reader);
        const uint8_t *from;
        char *text;

        if (reader->error < 0 || length == LENGTH_NULL)
                return NULL;
        from = take(reader, length);
        if (!from)
                return NULL;
        text = malloc((size_t) length + 1);
        if (!text) {
                reader->error = -ENOMEM;
                return NULL;
        }
        memcpy(text, from, (size_t) length);
        text[length] = '\0';
        return text;
}

void *packet_get_array(struct packet_reader *reader, size_t item_size, size_t *ret_n)
{
        uint64_t n = packet_get_u64(reader), size = 0;
        const uint8_t *from;
        void *items;

        *ret_n = 0;
        if (__builtin_mul_overflow(n, (uint64_t) item_size, &size))
                size = UINT64_MAX;
        from = take(reader, size);
        if (!from)
                return NULL;
        items = malloc(size ? (size_t) size : 1);
        if (!items) {
                reader->error = -ENOMEM;
                return NULL;
        }
        memcpy(items, from, (size_t) size);
        *ret_n = (size_t) n;
        return items;
}
