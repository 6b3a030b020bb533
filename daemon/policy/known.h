/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings that are known to go wrong on some kernels. A release number is all there is to go by: a
 * distribution's kernel that has the fix under an older number is refused, too. Pure.
 */
#ifndef MEMCTL_POLICY_KNOWN_H
#define MEMCTL_POLICY_KNOWN_H

#include "daemon/policy/config.h"

/*
 * What goes wrong with that setting at that value on a kernel of that release ("7.2.12-amd64"), with the
 * commits that mend it; NULL: nothing that is known. Static.
 */
const char *known_trouble(const char *release, enum vm_setting setting, int value);

#endif
