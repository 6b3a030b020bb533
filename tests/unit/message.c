/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message.h"

#include "tree.h"

#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

struct nl_msg *message_new(int command)
{
        struct nl_msg *m = nlmsg_alloc_size(65536);

        assert_non_null(m);
        assert_non_null(genlmsg_put(m, 0, 1, 0x20, 0, NLM_F_MULTI, (uint8_t) command, 1));
        return m;
}

struct nlmsghdr *message_copy(struct nl_msg *m, size_t size)
{
        struct nlmsghdr *from = nlmsg_hdr(m), *header;

        if (size == 0)
                size = from->nlmsg_len;
        assert_true(size >= sizeof(*from) && size <= from->nlmsg_len);
        header = malloc(size);
        assert_non_null(header);
        memcpy(header, from, size);
        header->nlmsg_len = (uint32_t) size;
        return header;
}

void message_spoil(struct nlmsghdr *header)
{
        unsigned char *bytes = (unsigned char *) header;
        size_t size = header->nlmsg_len - sizeof(*header);

        for (int i = 0; i < 3; i++)
                bytes[sizeof(*header) + (size_t) random() % size] = (unsigned char) random();
}
