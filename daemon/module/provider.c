/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/provider.h"

#include "daemon/module/module.h"
#include "daemon/module/wire.h"
#include "uapi/memctl.h"
#include "basic/message.h"
#include "basic/quote.h"

#include <errno.h>
#include <string.h>

static const struct wire_format message_format = {
        .what = "answer about a provider",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_PROVIDER] = WIRE_NEST },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_PROVIDER] = "provider" },
        .max = MEMCTL_A_MAX,
};

static const struct nla_policy provider_policy[MEMCTL_P_MAX + 1] = {
        [MEMCTL_P_NAME] = WIRE_STRING(PROVIDER_NAME_MAX + 1),
        [MEMCTL_P_PAGES] = WIRE_U64,
        [MEMCTL_P_ISOLATED] = WIRE_U64,
        [MEMCTL_P_MIGRATED] = WIRE_U64,
        [MEMCTL_P_RETRIED] = WIRE_U64,
        [MEMCTL_P_REFUSED] = WIRE_U64,
        [MEMCTL_P_FAILED] = WIRE_U64,
        [MEMCTL_P_FAILURE] = WIRE_NEST,
        [MEMCTL_P_BATCHES] = WIRE_U64,
        [MEMCTL_P_BYTES] = WIRE_U64,
        [MEMCTL_P_LONGEST_PAUSE] = WIRE_U64,
};

static const char *const provider_names[MEMCTL_P_MAX + 1] = {
        [MEMCTL_P_NAME] = "name",
        [MEMCTL_P_PAGES] = "pages",
        [MEMCTL_P_ISOLATED] = "isolated",
        [MEMCTL_P_MIGRATED] = "migrated",
        [MEMCTL_P_RETRIED] = "retried",
        [MEMCTL_P_REFUSED] = "refused",
        [MEMCTL_P_FAILED] = "failed",
        [MEMCTL_P_FAILURE] = "failure",
        [MEMCTL_P_BATCHES] = "batches",
        [MEMCTL_P_BYTES] = "bytes",
        [MEMCTL_P_LONGEST_PAUSE] = "longest pause",
};

static const struct wire_format provider_format = {
        .what = "provider",
        .policy = provider_policy,
        .names = provider_names,
        .max = MEMCTL_P_MAX,
        .repeated = WIRE_BIT(MEMCTL_P_FAILURE),
};

static const struct wire_format failure_format = {
        .what = "failure",
        .policy =
                (const struct nla_policy[MEMCTL_F_MAX + 1]){
                        [MEMCTL_F_ERRNO] = WIRE_U32, [MEMCTL_F_COUNT] = WIRE_U64 },
        .names =
                (const char *const[MEMCTL_F_MAX + 1]){
                        [MEMCTL_F_ERRNO] = "errno", [MEMCTL_F_COUNT] = "count" },
        .max = MEMCTL_F_MAX,
};

bool provider_name_is_valid(const char *name)
{
        size_t length = strnlen(name, PROVIDER_NAME_MAX + 1);

        return length > 0 && length <= PROVIDER_NAME_MAX &&
               strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

static int read_failures(struct nlattr *nest, struct provider *provider, char **message)
{
        struct nlattr *attributes[MEMCTL_F_MAX + 1], *failure = NULL;
        int r;

        while ((failure = wire_next(nest, MEMCTL_P_FAILURE, failure))) {
                uint32_t error;

                if (provider->n_failures == PROVIDER_FAILURES_MAX)
                        return fail(message, -EBADMSG, "memctl.ko: %s: more kinds of failure than %d",
                                    provider->name, PROVIDER_FAILURES_MAX);
                r = wire_read_nest(&failure_format, failure, attributes, message);
                if (r < 0)
                        return r;
                error = nla_get_u32(attributes[MEMCTL_F_ERRNO]);
                if (error > 4095)
                        return fail(message, -EBADMSG, "memctl.ko: %s: %u is no error number",
                                    provider->name, error);
                provider->failures[provider->n_failures++] = (struct provider_failure){
                        .error = (int) error,
                        .count = nla_get_u64(attributes[MEMCTL_F_COUNT]),
                };
        }
        return 0;
}

int provider_parse(struct nlmsghdr *header, struct provider *ret, char **message)
{
        struct nlattr *answer[MEMCTL_A_MAX + 1], *attributes[MEMCTL_P_MAX + 1];
        struct provider provider = { 0 };
        char quoted[QUOTE_MAX];
        int r;

        r = wire_read_message(&message_format, header, answer, message);
        if (r < 0)
                return r;
        r = wire_read_nest(&provider_format, answer[MEMCTL_A_PROVIDER], attributes, message);
        if (r < 0)
                return r;
        r = wire_copy_string(provider.name, sizeof(provider.name), attributes[MEMCTL_P_NAME],
                             "name of a provider", message);
        if (r < 0)
                return r;
        if (!provider_name_is_valid(provider.name))
                return fail(message, -EBADMSG, "memctl.ko: %s is no name for a provider",
                            quote(provider.name, quoted));
        r = read_failures(answer[MEMCTL_A_PROVIDER], &provider, message);
        if (r < 0)
                return r;

        provider.pages = nla_get_u64(attributes[MEMCTL_P_PAGES]);
        provider.isolated = nla_get_u64(attributes[MEMCTL_P_ISOLATED]);
        provider.migrated = nla_get_u64(attributes[MEMCTL_P_MIGRATED]);
        provider.retried = nla_get_u64(attributes[MEMCTL_P_RETRIED]);
        provider.refused = nla_get_u64(attributes[MEMCTL_P_REFUSED]);
        provider.failed = nla_get_u64(attributes[MEMCTL_P_FAILED]);
        provider.batches = nla_get_u64(attributes[MEMCTL_P_BATCHES]);
        provider.bytes = nla_get_u64(attributes[MEMCTL_P_BYTES]);
        provider.longest_pause_nsecs = nla_get_u64(attributes[MEMCTL_P_LONGEST_PAUSE]);
        *ret = provider;
        return 0;
}

static int add(struct provider_list *list, const struct provider *provider, char **message)
{
        if (provider_list_find(list, provider->name))
                return fail(message, -EBADMSG, "memctl.ko names the provider %s twice", provider->name);
        if (list->n_providers == PROVIDERS_MAX)
                return fail(message, -EBADMSG, "memctl.ko names more providers than %d", PROVIDERS_MAX);
        if (list->n_providers == list->size) {
                size_t size = list->size ? list->size * 2 : 16;
                struct provider *providers = reallocarray(list->providers, size, sizeof(*providers));

                if (!providers)
                        return -ENOMEM;
                list->providers = providers;
                list->size = size;
        }
        list->providers[list->n_providers++] = *provider;
        return 0;
}

static int on_provider(struct nlmsghdr *header, void *userdata, char **message)
{
        struct provider provider;
        int r;

        r = provider_parse(header, &provider, message);
        return r < 0 ? r : add(userdata, &provider, message);
}

static void empty(void *list)
{
        provider_list_clear(list);
}

int provider_list_read(const struct tree *tree, struct provider_list *ret, char **message)
{
        const struct netlink_question question = {
                .command = MEMCTL_C_PROVIDER,
                .dump = true,
                .answer = on_provider,
                .answer_userdata = ret,
        };

        return module_ask_list(tree, &question, empty, ret, message);
}

void provider_list_clear(struct provider_list *list)
{
        free(list->providers);
        *list = (struct provider_list){ 0 };
}

const struct provider *provider_list_find(const struct provider_list *list, const char *name)
{
        for (size_t i = 0; i < list->n_providers; i++)
                if (strcmp(list->providers[i].name, name) == 0)
                        return &list->providers[i];
        return NULL;
}
