// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "dmabuf/quota.h"

/* One who has buffers. */
struct memctl_user {
	struct list_head node;
	kuid_t uid;
	u64 bytes;
};

static ulong memctl_user_max;
module_param_named(user_max, memctl_user_max, ulong, 0644);
MODULE_PARM_DESC(user_max, "bytes of buffers that a user may have at a time; 0 (default): any number");

/* Guards all here. */
static DEFINE_MUTEX(memctl_users_lock);
static LIST_HEAD(memctl_users);
static struct memctl_quota memctl_all;

static struct memctl_user *memctl_user_find(kuid_t uid)
{
	struct memctl_user *user;

	list_for_each_entry(user, &memctl_users, node) {
		if (uid_eq(user->uid, uid))
			return user;
	}
	user = kzalloc(sizeof(*user), GFP_KERNEL);
	if (!user)
		return NULL;
	user->uid = uid;
	list_add(&user->node, &memctl_users);
	return user;
}

static void memctl_user_add(struct memctl_user *user, size_t bytes)
{
	user->bytes += bytes;
	memctl_all.bytes += bytes;
	memctl_all.buffers++;
}

/* Who has none is forgotten. */
static void memctl_user_check(struct memctl_user *user)
{
	if (user->bytes)
		return;
	list_del(&user->node);
	kfree(user);
}

static bool memctl_user_may(const struct memctl_user *user, size_t bytes)
{
	unsigned long max = READ_ONCE(memctl_user_max);

	return !max || (bytes <= max && user->bytes <= max - bytes) || capable(CAP_SYS_RESOURCE);
}

struct memctl_user *memctl_quota_take(size_t bytes)
{
	struct memctl_user *user;

	mutex_lock(&memctl_users_lock);
	user = memctl_user_find(current_uid());
	if (!user) {
		user = ERR_PTR(-ENOMEM);
	} else if (memctl_user_may(user, bytes)) {
		memctl_user_add(user, bytes);
	} else {
		memctl_user_check(user);
		user = ERR_PTR(-EDQUOT);
	}
	mutex_unlock(&memctl_users_lock);
	return user;
}

void memctl_quota_return(struct memctl_user *user, size_t bytes)
{
	mutex_lock(&memctl_users_lock);
	user->bytes -= bytes;
	memctl_all.bytes -= bytes;
	memctl_all.buffers--;
	memctl_user_check(user);
	mutex_unlock(&memctl_users_lock);
}

struct memctl_quota memctl_quota_total(void)
{
	struct memctl_quota all;

	mutex_lock(&memctl_users_lock);
	all = memctl_all;
	mutex_unlock(&memctl_users_lock);
	return all;
}
