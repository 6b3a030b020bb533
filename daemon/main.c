/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctld: options, and the order in which the layers come up.
 */
#include "basic/number.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/server.h"
#include "daemon/bus/stop.h"
#include "daemon/core/aside.h"
#include "daemon/core/helper.h"
#include "daemon/core/lag.h"
#include "daemon/machine/machine.h"
#include "daemon/onlining/auto_online.h"
#include "daemon/policy/vm.h"
#include "daemon/query/damon.h"
#include "daemon/worker/worker.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

/* What helpers that were killed have begun is undone within that, or by the next memctld. */
#define GONE_USEC (2 * UINT64_C(1000000))

struct options {
        const char *root;
        int private_fd; /* -1: the system bus */
        int worker_fd;  /* -1: not the worker */
        int cgroup_fd;  /* of a worker: what it enters; -1: none */
        bool resume;    /* jobs in which a memctld died */
};

static void help(void)
{
        puts("memctld [--root DIR] [--resume]\n"
             "\n"
             "Serves org.memctl1 on the system bus: memory blocks and DIMMs, listed, taken offline, "
             "brought\n"
             "online, ejected. It is started by systemd or by the bus; memctl(1) is the way to use it.\n"
             "\n"
             "  --root DIR     read the tree below DIR (its sys/ and proc/) and change nothing\n"
             "  --resume       go on with jobs in which a memctld died, instead of putting back what they "
             "did\n"
             "  --private FD   serve the connected socket FD instead of the system bus (memctl does this)\n"
             "  --version      print the version\n"
             "  --help         print this");
}

static int parse_fd(const char *option, const char *text, int *ret)
{
        uint32_t fd;

        if (parse_u32(text, 10, &fd) < 0 || fd > INT32_MAX || fcntl((int) fd, F_GETFD) < 0) {
                (void) fprintf(stderr, "memctld: --%s: accepted is the number of an open file descriptor\n",
                               option);
                return -EINVAL;
        }
        *ret = (int) fd;
        return 0;
}

/* 1: go on, 0: done, -errno: usage. */
static int parse_options(int argc, char **argv, struct options *options)
{
        enum { OPT_ROOT = 256, OPT_PRIVATE, OPT_WORKER, OPT_CGROUP, OPT_RESUME, OPT_VERSION, OPT_HELP };
        static const struct option table[] = {
                { "root", required_argument, NULL, OPT_ROOT },
                { "private", required_argument, NULL, OPT_PRIVATE },
                { "worker", required_argument, NULL, OPT_WORKER },
                { "cgroup", required_argument, NULL, OPT_CGROUP },
                { "resume", no_argument, NULL, OPT_RESUME },
                { "version", no_argument, NULL, OPT_VERSION },
                { "help", no_argument, NULL, OPT_HELP },
                { NULL, 0, NULL, 0 },
        };
        int c, r = 0;

        while (r >= 0 && (c = getopt_long(argc, argv, "", table, NULL)) >= 0) {
                switch (c) {
                case OPT_ROOT:
                        options->root = optarg;
                        break;
                case OPT_PRIVATE:
                        r = parse_fd("private", optarg, &options->private_fd);
                        break;
                case OPT_WORKER:
                        r = parse_fd("worker", optarg, &options->worker_fd);
                        break;
                case OPT_CGROUP:
                        r = parse_fd("cgroup", optarg, &options->cgroup_fd);
                        break;
                case OPT_RESUME:
                        options->resume = true;
                        break;
                case OPT_VERSION:
                        puts("memctld " MEMCTL_VERSION);
                        return 0;
                case OPT_HELP:
                        help();
                        return 0;
                default:
                        return -EINVAL;
                }
        }
        if (r < 0)
                return r;
        if (optind < argc) {
                (void) fprintf(stderr, "memctld: \"%s\" is too much: there are options only, see --help\n",
                               argv[optind]);
                return -EINVAL;
        }
        return 1;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        (void) source;
        (void) info;

        (void) sd_notify(false, "STOPPING=1");
        server_stop(userdata);
        return 0;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        const struct server *server = userdata;

        (void) source, (void) info;

        policy_reload(server->policy);
        onlining_reload(server->onlining);
        return 0;
}

static int say(const char *what, int error, const char *message)
{
        (void) fprintf(stderr, "memctld: %s%s%s\n", what ? what : "", what ? ": " : "",
                       message ? message : strerror(-error));
        return error;
}

/* Of the service: one that memctl has started for itself ends with its jobs' callers. */
static void keep_jobs(struct registry *registry)
{
        _cleanup_free_ char *problems = NULL;
        int r = registry_keep(registry, &problems);

        if (problems)
                (void) fprintf(stderr, "memctld: finished jobs that are not known any more:\n%s", problems);
        if (r < 0)
                (void) say("finished jobs are not kept", r, NULL);
}

/* What it has set of the kernel is for a memctld that runs. The loop is over: nobody waits for this. */
static void put_settings_back(const struct tree *tree)
{
        static const int none[_VM_SETTING_MAX] = { VM_SETTING_NONE, VM_SETTING_NONE };
        _cleanup_free_ char *message = NULL;
        int r = vm_settings_apply(tree, none, &message);

        if (r < 0)
                (void) say("settings are not put back", r, message);
        free(TAKE_PTR(message));
        r = auto_online_apply(tree, "", &message);
        if (r < 0)
                (void) say("a setting is not put back", r, message);
}

static int serve(const struct options *options, struct machine *machine)
{
        _cleanup_(server_freep) struct server *server = NULL;
        _cleanup_free_ char *message = NULL;
        int r;

        r = monitor_new(machine->tree, machine->event, &machine->monitor, &message);
        if (r < 0)
                return say(NULL, r, message);
        r = server_new(machine, options->private_fd, &server, &message);
        if (r < 0)
                return say(NULL, r, message);
        damon_clear_left(machine->tree);
        if (options->private_fd < 0 && machine->tree->live)
                keep_jobs(server->registry);
        operation_recover(server->registry, machine, options->resume);
        r = sd_event_add_signal(machine->event, NULL, SIGTERM, on_signal, server);
        if (r >= 0)
                r = sd_event_add_signal(machine->event, NULL, SIGINT, on_signal, server);
        if (r >= 0 && options->private_fd < 0)
                r = sd_event_add_signal(machine->event, NULL, SIGHUP, on_reload, server);
        if (r < 0)
                return say("cannot handle signals", r, NULL);

        (void) sd_notify(false, "READY=1");
        /* nothing where systemd wants no word */
        (void) sd_event_set_watchdog(machine->event, true);
        /* who has started us has other things to say on stderr */
        r = lag_loop(machine->event, options->private_fd < 0);
        if (policy_acts(server->policy))
                put_settings_back(machine->tree);
        return r < 0 ? say("event loop", r, NULL) : r;
}

/*
 * Memory may be short in a job, and killing us frees hardly any: what was taken offline would stay so. Units
 * say it themselves; this is for a memctld that memctl has started.
 */
static void outlive_others(void)
{
        _cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

        if (fd >= 0)
                (void) !write(fd, "-900", 4); /* who may not lower it has to do without */
}

static int run(const struct options *options)
{
        struct machine machine = { 0 };
        _cleanup_free_ char *message = NULL;
        int r;

        r = sd_event_default(&machine.event);
        if (r < 0)
                return say("no event loop", r, NULL);
        r = tree_open(options->root, &machine.tree, &message);
        if (r < 0)
                (void) say(NULL, r, message);
        else
                r = serve(options, &machine);
        (void) helpers_are_gone(GONE_USEC);
        (void) asides_are_gone(GONE_USEC);

        monitor_free(machine.monitor);
        tree_close(machine.tree);
        sd_event_unref(machine.event);
        return r;
}

/* What was asked for with --help or --version is out, or it was said that it is not. */
static int printed(void)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return EXIT_SUCCESS;
        (void) say("cannot write the answer", -errno, NULL);
        return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
        struct options options = { .private_fd = -1, .worker_fd = -1, .cgroup_fd = -1 };
        sigset_t blocked;
        int r;

        r = parse_options(argc, argv, &options);
        if (r <= 0)
                return r < 0 ? 2 : printed();
        if (options.worker_fd >= 0)
                return worker_main(options.worker_fd, options.cgroup_fd);

        /* The loop takes these; a worker starts with none blocked and must not inherit the connection. */
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        sigaddset(&blocked, SIGINT);
        if (options.private_fd < 0)
                sigaddset(&blocked, SIGHUP);
        sigaddset(&blocked, SIGCHLD);
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        if (options.private_fd >= 0)
                (void) fcntl(options.private_fd, F_SETFD, FD_CLOEXEC);

        if (options.private_fd >= 0)
                outlive_others();
        return run(&options) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
