/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the configuration stands: /etc/memctl/memctl.conf, and over it drop-ins, *.conf in memctl.conf.d
 * below /usr/lib/memctl and /etc/memctl, all in the order of their names; one in /etc takes the place of one
 * of the same name in /usr/lib. memctld writes one of them, for memctl compact policy set and memctl policy
 * online set. For a helper.
 */
#ifndef MEMCTL_POLICY_FILES_H
#define MEMCTL_POLICY_FILES_H

#include "daemon/policy/kind.h"

/* The one that memctld writes. */
#define POLICY_FILES_OWN "etc/memctl/memctl.conf.d/50-memctl-set.conf"

/*
 * Reads what they say of one kind, below root_fd, into its configuration. 0; what is wrong with the first
 * file that has a fault: -EINVAL or another -errno, with *message set, and config is as it was.
 */
int policy_files_read(int root_fd, const struct policy_kind *kind, void *config, char **message);

/* A value to be set in a section. value is NULL: what was set before is taken back. */
struct policy_value {
        const char *section, *key, *value;
};

/*
 * Sets them in the file that is memctld's, if all files are right then; config is what they say. Errors as
 * above, and nothing is changed.
 */
int policy_files_set(int root_fd, const struct policy_kind *kind, const struct policy_value *values,
                     size_t n, void *config, char **message);

#endif
