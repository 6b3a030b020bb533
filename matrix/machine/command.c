/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(posix_spawn_file_actions_t *nowhere, const char *program, char *const argv[])
{
        int status, r;
        pid_t pid;

        for (int fd = 0; fd <= 2; fd++) {
                r = posix_spawn_file_actions_addopen(nowhere, fd, "/dev/null", O_RDWR, 0);
                if (r != 0)
                        return -r;
        }
        r = posix_spawnp(&pid, program, nowhere, NULL, argv, environ);
        if (r != 0)
                return -r;
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

int command_quietly(const char *program, const char *first, const char *second)
{
        char *argv[] = { (char *) program, (char *) first, (char *) second, NULL };
        posix_spawn_file_actions_t nowhere;
        int r;

        r = -posix_spawn_file_actions_init(&nowhere);
        if (r < 0)
                return r;
        r = run(&nowhere, program, argv);
        (void) posix_spawn_file_actions_destroy(&nowhere);
        return r;
}
