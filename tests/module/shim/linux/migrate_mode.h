/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_MIGRATE_MODE_H
#define SHIM_LINUX_MIGRATE_MODE_H

enum migrate_mode {
        MIGRATE_ASYNC,
        MIGRATE_SYNC_LIGHT,
        MIGRATE_SYNC,
};

#endif /* SHIM_LINUX_MIGRATE_MODE_H */
