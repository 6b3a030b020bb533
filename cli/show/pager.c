/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-login.h>

#define WORDS_MAX 16

static pid_t pager;
static int saved_stdout = -1, saved_stderr = -1;

/* 1, 0, or -1: it says neither. */
static int read_boolean(const char *text)
{
        static const char *const words[][2] = {
                { "0", "1" },        { "no", "yes" }, { "n", "y" },
                { "false", "true" }, { "f", "t" },    { "off", "on" },
        };

        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                for (int value = 0; value < 2; value++)
                        if (strcasecmp(text, words[i][value]) == 0)
                                return value;
        return -1;
}

struct pager_choice pager_choose(const char *systemd_pager, const char *other_pager, const char *secure,
                                 bool owner)
{
        const char *command = systemd_pager ? systemd_pager : other_pager;
        struct pager_choice choice = { .secure = !owner };
        int wanted = secure ? read_boolean(secure) : 1;

        if (secure)
                choice.secure = wanted != 0; /* what says neither is taken for yes */
        choice.off = command && (*command == '\0' || strcmp(command, "cat") == 0);
        /* without a word about security, the variables only turn the pager off */
        if (secure && !choice.off)
                choice.command = command;
        return choice;
}

static struct pager_choice choose(void)
{
        uid_t owner;
        bool owned = sd_pid_get_owner_uid(0, &owner) >= 0 && owner == geteuid();

        return pager_choose(getenv("SYSTEMD_PAGER"), getenv("PAGER"), getenv("SYSTEMD_PAGERSECURE"), owned);
}

static void run_command(const char *command)
{
        _cleanup_free_ char *copy = strdup(command);
        char *words[WORDS_MAX + 1] = { 0 }, *rest = NULL;
        size_t n = 0;

        for (char *word = copy ? strtok_r(copy, " \t", &rest) : NULL; word && n < WORDS_MAX;
             word = strtok_r(NULL, " \t", &rest))
                words[n++] = word;
        if (n > 0)
                (void) execvp(words[0], words);
}

static void copy_through(void)
{
        char buffer[4096];
        ssize_t n;

        while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0)
                if (write(STDOUT_FILENO, buffer, (size_t) n) != n)
                        return;
}

static void __attribute__((noreturn)) become_pager(const struct pager_choice *choice, int fd)
{
        const char *less = getenv("SYSTEMD_LESS"), *charset = getenv("SYSTEMD_LESSCHARSET");

        (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
        (void) dup2(fd, STDIN_FILENO);
        (void) setenv("LESS", less ? less : "FRSXMK", true);
        if (charset)
                (void) setenv("LESSCHARSET", charset, true);
        (void) (choice->secure ? setenv("LESSSECURE", "1", true) : unsetenv("LESSSECURE"));
        if (choice->command)
                run_command(choice->command);
        (void) execlp("less", "less", (char *) NULL);
        if (!choice->secure)
                (void) execlp("more", "more", (char *) NULL);
        copy_through();
        _exit(EXIT_DONE);
}

/* A reader who leaves early is no error, and a Ctrl-C is for the pager. */
static void redirect(int fd)
{
        (void) signal(SIGPIPE, SIG_IGN);
        (void) signal(SIGINT, SIG_IGN);
        saved_stdout = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        if (isatty(STDERR_FILENO)) {
                saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
                (void) dup2(fd, STDERR_FILENO);
        }
        (void) dup2(fd, STDOUT_FILENO);
}

void pager_open(const struct context *context)
{
        _cleanup_close_ int from = -1, to = -1;
        struct pager_choice choice;
        const char *term = getenv("TERM");
        int fds[2];

        if (pager > 0 || context->no_pager || !isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0)
                return;
        choice = choose();
        if (choice.off || fflush(stdout) != 0 || pipe2(fds, O_CLOEXEC) < 0)
                return;
        from = fds[0];
        to = fds[1];
        pager = fork();
        if (pager == 0)
                become_pager(&choice, from);
        if (pager > 0)
                redirect(to);
}

bool pager_is_open(void)
{
        return pager > 0;
}

/* With its last writer gone, the pager sees the end. */
static void put_back(int *saved, int fd)
{
        if (*saved < 0)
                return;
        (void) dup2(*saved, fd);
        (void) close(*saved);
        *saved = -1;
}

void pager_close(void)
{
        if (pager <= 0)
                return;
        (void) fflush(stdout);
        (void) fflush(stderr);
        put_back(&saved_stdout, STDOUT_FILENO);
        put_back(&saved_stderr, STDERR_FILENO);
        while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
                ;
        pager = 0;
}
