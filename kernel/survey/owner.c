// SPDX-License-Identifier: GPL-2.0
/*
 * The names of owners: a provider's own, or that of the module in which the function
 * lies that migrates a page. Each is looked up once a part.
 */
#include <linux/kallsyms.h>
#include <linux/string.h>

#include "provider/provider.h"
#include "survey/survey.h"

/* What the functions of drivers that are built in begin with. */
static const struct {
	const char *prefix, *name;
} memctl_builtin[] = {
	{ "virtballoon_", "virtio_balloon" },
	{ "vmballoon_", "vmw_balloon" },
	{ "zs_", "zsmalloc" },
	{ "z3fold_", "z3fold" },
	{ "cmm_", "cmm" },
};

static bool memctl_name_builtin(char *symbol, char *name)
{
	static const char * const endings[] = {
		"_migratepage", "_migrate_page", "_page_migrate", "_migrate",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memctl_builtin); i++) {
		if (!strncmp(symbol, memctl_builtin[i].prefix, strlen(memctl_builtin[i].prefix))) {
			strscpy(name, memctl_builtin[i].name, MEMCTL_OWNER_MAX + 1);
			return true;
		}
	}
	for (i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t length = strlen(symbol), ending = strlen(endings[i]);

		if (length > ending && !strcmp(symbol + length - ending, endings[i])) {
			symbol[length - ending] = 0;
			break;
		}
	}
	return strscpy(name, symbol, MEMCTL_OWNER_MAX + 1) > 0;
}

bool memctl_owner_symbol(const void *address, char *symbol, char *module)
{
	char text[KSYM_SYMBOL_LEN], *name, *end;	/* "function [module]", or "0x..." */

	sprint_symbol_no_offset(text, (unsigned long)address);
	if (!strncmp(text, "0x", 2))
		return false;
	module[0] = 0;
	name = strchr(text, ' ');
	if (name) {
		*name++ = 0;
		end = strchr(name, ']');
		if (*name != '[' || !end)
			return false;
		*end = 0;
		if (strscpy(module, name + 1, MEMCTL_OWNER_MAX + 1) <= 0)
			return false;
	}
	strscpy(symbol, text, MEMCTL_OWNER_MAX + 1);
	return true;
}

static bool memctl_name_driver(const void *function, char *name)
{
	char symbol[MEMCTL_OWNER_MAX + 1], module[MEMCTL_OWNER_MAX + 1];

	if (!memctl_owner_symbol(function, symbol, module))
		return false;
	return module[0] ? strscpy(name, module, MEMCTL_OWNER_MAX + 1) > 0 :
			   memctl_name_builtin(symbol, name);
}

bool memctl_owner_name(const struct memctl_look *look, char *name)
{
	switch (look->kind) {
	case MEMCTL_OWNER_TEXT:
		return strscpy(name, look->owner, MEMCTL_OWNER_MAX + 1) > 0;
	case MEMCTL_OWNER_PROVIDER:
		return memctl_provider_name(look->owner, name);
	case MEMCTL_OWNER_DRIVER:
		return memctl_name_driver(look->owner, name);
	default:
		return false;
	}
}

/* Two keys may have one name: functions of one driver. */
static u8 memctl_owner_add(struct memctl_survey *survey, const struct memctl_look *look)
{
	char name[MEMCTL_OWNER_MAX + 1];
	unsigned int i;

	if (!memctl_owner_name(look, name))
		return 0;
	for (i = 1; i < survey->nr_names; i++) {
		if (!strcmp(survey->names[i], name))
			return i;
	}
	if (i == MEMCTL_SURVEY_OWNERS)
		return 0;
	strscpy(survey->names[i], name, sizeof(survey->names[i]));
	survey->nr_names++;
	return i;
}

u8 memctl_owner_of(struct memctl_survey *survey, const struct memctl_look *look)
{
	struct memctl_owner_key *key = &survey->keys[survey->last_key];
	unsigned int i;

	if (look->kind == MEMCTL_OWNER_NONE)
		return 0;
	if (survey->nr_keys && key->key == look->owner && key->kind == look->kind)
		return key->owner;
	for (i = 0; i < survey->nr_keys; i++) {
		key = &survey->keys[i];
		if (key->key == look->owner && key->kind == look->kind) {
			survey->last_key = i;
			return key->owner;
		}
	}
	if (i == MEMCTL_SURVEY_KEYS)
		return 0;
	key = &survey->keys[i];
	key->key = look->owner;
	key->kind = look->kind;
	key->owner = memctl_owner_add(survey, look);
	survey->last_key = i;
	survey->nr_keys++;
	return key->owner;
}
