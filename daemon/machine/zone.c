/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/zone.h"

#include <errno.h>
#include <string.h>

#define ZONE_BITS 4U
#define ZONE_MASK ((1U << ZONE_BITS) - 1)

static const char *const zone_names[_ZONE_MAX] = {
        [ZONE_DMA] = "DMA",         [ZONE_DMA32] = "DMA32",     [ZONE_NORMAL] = "Normal",
        [ZONE_HIGHMEM] = "HighMem", [ZONE_MOVABLE] = "Movable", [ZONE_DEVICE] = "Device",
};

const char *zone_name(enum zone zone)
{
        return zone_names[zone];
}

enum zone zone_list_get(zone_list_t zones, unsigned int index)
{
        if (index >= sizeof(zones) * 8 / ZONE_BITS)
                return ZONE_NONE;
        return (enum zone)(zones >> index * ZONE_BITS & ZONE_MASK);
}

bool zone_list_contains(zone_list_t zones, enum zone zone)
{
        for (; zones; zones >>= ZONE_BITS)
                if ((zones & ZONE_MASK) == zone)
                        return true;
        return false;
}

void zone_list_format(zone_list_t zones, char separator, char *text, size_t size)
{
        size_t length = 0;
        enum zone zone;

        text[0] = '\0';
        for (unsigned int i = 0; (zone = zone_list_get(zones, i)) != ZONE_NONE; i++) {
                size_t n = strlen(zone_names[zone]);

                if (length + 1 + n >= size)
                        return;
                if (length > 0)
                        text[length++] = separator;
                memcpy(text + length, zone_names[zone], n + 1);
                length += n;
        }
}

enum zone zone_by_name(const char *name, size_t length)
{
        for (int zone = ZONE_NONE + 1; zone < _ZONE_MAX; zone++)
                if (strlen(zone_names[zone]) == length && memcmp(zone_names[zone], name, length) == 0)
                        return (enum zone) zone;
        return ZONE_NONE;
}

int zone_list_parse(const char *text, zone_list_t *ret)
{
        zone_list_t zones = 0;
        unsigned int n = 0;

        if (strcmp(text, "none") == 0) {
                *ret = 0;
                return 0;
        }
        while (*text) {
                size_t length = strcspn(text, " ");
                enum zone zone = zone_by_name(text, length);

                if (zone == ZONE_NONE || zone_list_contains(zones, zone))
                        return -EINVAL;
                zones |= (zone_list_t) zone << n++ * ZONE_BITS;
                text += length;
                text += strspn(text, " ");
        }

        *ret = zones;
        return 0;
}
