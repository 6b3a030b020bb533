/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's news of families: memctl.ko's are told from all others. */
#include "daemon/module/netlink.h"

#include "uapi/memctl.h"
#include "message.h"
#include "tree.h"

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

/* Of a message with that attribute, but so many bytes too few; name NULL: without the attribute. */
static bool tells(uint16_t type, uint8_t command, const char *name, size_t missing, bool *ret_came)
{
        struct nl_msg *m = message_new(command);
        struct nlmsghdr *header;
        bool told;

        if (name)
                assert_false(nla_put(m, CTRL_ATTR_FAMILY_NAME, (int) strlen(name) + 1, name));
        header = message_copy(m, nlmsg_hdr(m)->nlmsg_len - missing);
        header->nlmsg_type = type;
        told = netlink_tells_of_module(header, ret_came);
        free(header);
        nlmsg_free(m);
        return told;
}

static void test_family(void **state)
{
        bool came = false;

        (void) state;

        assert_true(tells(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, MEMCTL_GENL_NAME, 0, &came));
        assert_true(came);
        assert_true(tells(GENL_ID_CTRL, CTRL_CMD_DELFAMILY, MEMCTL_GENL_NAME, 0, &came));
        assert_false(came);
}

static void test_others(void **state)
{
        bool came;

        (void) state;

        assert_false(tells(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, "memctl2", 0, &came));
        assert_false(tells(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, "memct", 0, &came));
        assert_false(tells(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, "", 0, &came));
        assert_false(tells(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, NULL, 0, &came));
        assert_false(tells(GENL_ID_CTRL, CTRL_CMD_NEWMCAST_GRP, MEMCTL_GENL_NAME, 0, &came));
        assert_false(tells(GENL_ID_CTRL + 1, CTRL_CMD_NEWFAMILY, MEMCTL_GENL_NAME, 0, &came));
        for (size_t missing = 2; missing <= NLA_HDRLEN + GENL_HDRLEN + sizeof(MEMCTL_GENL_NAME); missing++)
                assert_false(tells(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, MEMCTL_GENL_NAME, missing, &came));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_family),
                cmocka_unit_test(test_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
