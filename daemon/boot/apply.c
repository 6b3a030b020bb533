/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/apply.h"

#include "basic/message.h"
#include "daemon/boot/edit.h"
#include "daemon/boot/loaders.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* A grub.cfg of many kernels and systems. */
#define MADE_MAX ((size_t) 4 * 1024 * 1024)

/*
 * The program may be at work already, for one that was killed: then the first run only waits for that, which
 * has read the files as they were. The next one is a run of its own.
 */
#define TRIES 2

static int read_made(int root_fd, const struct boot_change *change, struct config_file *ret, char **message)
{
        return config_file_read(root_fd, change->made, MADE_MAX, ret, message);
}

/* The program's exit status says little: that the parameters are in what it makes is what is wanted. */
static int check_made(int root_fd, const struct boot_change *change, char **message)
{
        _cleanup_(config_file_clear) struct config_file made = { 0 };
        int r;

        if (change->made[0] == '\0')
                return 0;
        r = read_made(root_fd, change, &made, message);
        if (r < 0 || (made.there && edit_has(made.data, made.size, change->parameters)))
                return r;
        return fail(message, -EIO, "%s was run, but %s is not in /%s", change->program, change->parameters,
                    change->made);
}

/* Likewise, that they are not, unless the setting that there is instead has them, too. */
static int check_gone(int root_fd, const struct boot_change *change, const struct boot_state *instead,
                      char **message)
{
        char gone[BOOT_PARAMETERS_MAX] = "", found[BOOT_PARAMETERS_MAX] = "";
        _cleanup_(config_file_clear) struct config_file made = { 0 };
        const char *kept = instead->change.parameters;
        int r;

        if (change->made[0] == '\0')
                return 0;
        r = read_made(root_fd, change, &made, message);
        if (r < 0)
                return r;
        edit_pick(change->own, kept, strlen(kept), false, gone, sizeof(gone));
        edit_pick(gone, made.data, made.size, true, found, sizeof(found));
        if (found[0])
                return fail(message, -EIO, "%s was run, but %s still is in /%s, where it was not before",
                            change->program, found, change->made);
        return instead->there ? check_made(root_fd, &instead->change, message) : 0;
}

/* What is to be gone from the file that is made, should the change be taken back. */
static int find_own(int root_fd, struct boot_change *change, const struct boot_change *old, char **message)
{
        _cleanup_(config_file_clear) struct config_file made = { 0 };
        char there[BOOT_PARAMETERS_MAX] = "";
        int r;

        if (change->made[0] == '\0')
                return 0;
        r = read_made(root_fd, change, &made, message);
        if (r < 0)
                return r;
        edit_pick(change->parameters, made.data, made.size, false, change->own, sizeof(change->own));
        /* and what is there for memctl has written it before */
        edit_pick(change->parameters, made.data, made.size, true, there, sizeof(there));
        edit_pick(there, old->own, strlen(old->own), true, change->own, sizeof(change->own));
        return 0;
}

static int run_program(const struct boot_change *change, const struct boot_runner *runner, char **message)
{
        return change->program[0] ? runner->run(change->program, runner->userdata, message) : 0;
}

/*
 * The files are as they were before the change, or as instead has them; now what is made of them. *ran: the
 * program was, to its end, and what is found of the change all the same is none of it.
 */
static int make_back(int root_fd, const struct boot_change *change, const struct boot_state *instead,
                     const struct boot_runner *runner, bool *ran, char **message)
{
        int r = 0;

        for (unsigned int i = 0; i < TRIES; i++) {
                free(*message);
                *message = NULL;
                r = run_program(change, runner, message);
                *ran = r >= 0;
                if (r >= 0)
                        r = check_gone(root_fd, change, instead, message);
                if (r >= 0)
                        break;
        }
        return r;
}

/* To what state->change has as before; the state's file goes when that is done. *ran: with an error, as
 * above. */
static int put_back(int root_fd, struct boot_state *state, const struct boot_runner *runner, bool *ran,
                    char **message)
{
        struct boot_state none = { 0 };
        int r = boot_change_undo(root_fd, &state->change, message);

        *ran = false;
        if (r >= 0)
                r = make_back(root_fd, &state->change, &none, runner, ran, message);
        if (r < 0)
                return r;
        *ran = false;
        return boot_state_save(root_fd, &none, message);
}

static int forget(int root_fd, char **message)
{
        struct boot_state none = { 0 };
        _cleanup_free_ char *found = *message;
        int r;

        *message = NULL;
        r = boot_state_save(root_fd, &none, message);
        return r < 0 ? r
                     : fail(message, -EIO,
                            "%s; memctl has put back all that it wrote: somebody else sets it",
                            found ? found : "");
}

/* What one that died has begun. */
static int finish_begun(int root_fd, struct boot_state *state, const struct boot_runner *runner,
                        char **message)
{
        bool ran;
        int r;

        if (!state->there || state->complete)
                return 0;
        r = put_back(root_fd, state, runner, &ran, message);
        if (r >= 0)
                boot_state_clear(state);
        return r;
}

/* Writes the files, and runs the program. */
static int carry_out(int root_fd, struct boot_state *state, const struct boot_runner *runner, char **message)
{
        int r = boot_change_write(root_fd, &state->change, message);

        if (r >= 0)
                r = run_program(&state->change, runner, message);
        if (r >= 0)
                r = check_made(root_fd, &state->change, message);
        if (r < 0)
                return r;
        state->complete = true;
        return boot_state_save(root_fd, state, message);
}

/* After an error: back to what was before this call, be that another setting. */
static int give_up(int root_fd, struct boot_state *state, struct boot_state *old,
                   const struct boot_runner *runner, int error, char **message)
{
        _cleanup_free_ char *why = NULL, *first = *message, *ignored = NULL;
        bool ran;
        int r;

        *message = NULL;
        r = boot_change_undo(root_fd, &state->change, &why);
        if (r >= 0 && old->there)
                r = boot_change_write(root_fd, &old->change, &why);
        if (r >= 0) {
                r = make_back(root_fd, &state->change, old, runner, &ran, &why);
                /* it may have failed before it made anything, now as the first time */
                if (r < 0 && check_gone(root_fd, &state->change, old, &ignored) >= 0)
                        r = 0;
        }
        if (r >= 0)
                r = boot_state_save(root_fd, old, &why);
        if (r < 0)
                return fail(message, -EUCLEAN,
                            "%s; and not all could be put back: %s; memctl cma boot --revert tries again",
                            first ? first : strerror(-error), why ? why : strerror(-r));
        return fail(message, error, "%s; all is as before", first ? first : strerror(-error));
}

static int plan(int root_fd, const char *parameters, struct boot_change *ret, char **message)
{
        const struct boot_loader *loader;
        int r = boot_loader_find(root_fd, &loader, message);

        return r < 0 ? r : boot_loader_plan(loader, root_fd, parameters, ret, message);
}

/* From files in which nothing of memctl's is; old was there, and the program has not been run since. */
static int apply_anew(int root_fd, const char *parameters, struct boot_state *state,
                      const struct boot_change *old, const struct boot_runner *runner, char **message)
{
        int r = plan(root_fd, parameters, &state->change, message);

        if (r >= 0)
                r = find_own(root_fd, &state->change, old, message);
        if (r >= 0)
                r = boot_change_check(root_fd, &state->change, false, message);
        if (r >= 0) {
                state->there = true;
                state->time = (uint64_t) time(NULL);
                boot_id_read(root_fd, state->boot_id);
                r = boot_state_save(root_fd, state, message);
        }
        if (r < 0) {
                boot_change_clear(&state->change); /* nothing of it is to be taken back */
                return r;
        }
        return carry_out(root_fd, state, runner, message);
}

/* Whether there is anything to do, and whether what is applied already may be replaced. */
static int look(int root_fd, const char *parameters, const struct boot_state *old, char **message)
{
        _cleanup_(boot_change_clear) struct boot_change change = { 0 };
        int r = 0;

        if (old->there)
                r = boot_change_check(root_fd, &old->change, true, message);
        if (r >= 0)
                r = plan(root_fd, parameters, &change, message);
        return r < 0 ? r : change.n > 0;
}

/* With the lock, or why there is none. */
static int load(int root_fd, int lock, struct boot_state *ret, char **message)
{
        if (lock < 0)
                return fail(message, lock, "/" BOOT_STATE_FOLDER ": %s", strerror(-lock));
        config_file_tidy(root_fd, BOOT_STATE_FILE);
        return boot_state_load(root_fd, ret, message);
}

/* With the lock. old: what is applied, and may be replaced; parameters: of all shares together. */
static int apply_all(int root_fd, struct boot_state *old, const char *parameters, uint64_t bytes,
                     const struct boot_runner *runner, char **message)
{
        _cleanup_(boot_state_clear) struct boot_state state = { .bytes = bytes > 0 ? bytes : old->bytes };
        int r = 0;

        if (old->there) {
                /* should we die in it, the next call goes back to what was there at first */
                old->complete = false;
                r = boot_state_save(root_fd, old, message);
                if (r >= 0)
                        r = boot_change_undo(root_fd, &old->change, message);
                old->complete = true;
        }
        if (r >= 0)
                r = apply_anew(root_fd, parameters, &state, &old->change, runner, message);
        return r < 0 ? give_up(root_fd, &state, old, runner, r, message) : 1;
}

/* Those of the share beside what others have. 0 or -E2BIG. */
static int join(const struct boot_state *old, enum boot_share share, const char *parameters,
                char ret[static BOOT_PARAMETERS_MAX], char **message)
{
        char others[BOOT_PARAMETERS_MAX] = "";

        if (old->there)
                boot_share_pick(share, false, old->change.parameters, others, sizeof(others));
        if (snprintf(ret, BOOT_PARAMETERS_MAX, "%s%s%s", others, others[0] && parameters[0] ? " " : "",
                     parameters) >= BOOT_PARAMETERS_MAX)
                return fail(message, -E2BIG, "%s beside %s: kernels take no command line of that length",
                            parameters, others);
        return 0;
}

int boot_apply(int root_fd, enum boot_share share, const char *parameters, uint64_t bytes,
               const struct boot_runner *runner, char **message)
{
        _cleanup_(boot_state_clear) struct boot_state old = { 0 };
        _cleanup_close_ int lock = config_folder_lock(root_fd, BOOT_STATE_FOLDER);
        char all[BOOT_PARAMETERS_MAX];
        int r;

        r = load(root_fd, lock, &old, message);
        if (r >= 0)
                r = finish_begun(root_fd, &old, runner, message);
        if (r >= 0)
                r = join(&old, share, parameters, all, message);
        if (r >= 0)
                r = look(root_fd, all, &old, message);
        return r <= 0 ? r : apply_all(root_fd, &old, all, bytes, runner, message);
}

int boot_revert(int root_fd, enum boot_share share, const struct boot_runner *runner, char **message)
{
        _cleanup_(boot_state_clear) struct boot_state state = { 0 };
        _cleanup_close_ int lock = config_folder_lock(root_fd, BOOT_STATE_FOLDER);
        char own[BOOT_PARAMETERS_MAX] = "", others[BOOT_PARAMETERS_MAX] = "";
        bool ran = false;
        int r;

        r = load(root_fd, lock, &state, message);
        if (r < 0)
                return r;
        if (state.there) {
                boot_share_pick(share, true, state.change.parameters, own, sizeof(own));
                boot_share_pick(share, false, state.change.parameters, others, sizeof(others));
        }
        /* what was begun and not ended has no share: all of it goes */
        if (!state.there || (state.complete && !own[0]))
                return fail(message, -ENOENT, "memctl has applied no boot setting");
        if (state.complete)
                r = boot_change_check(root_fd, &state.change, true, message);
        if (r >= 0 && state.complete && others[0]) {
                r = apply_all(root_fd, &state, others, 0, runner, message);
                return r < 0 ? r : 0;
        }
        if (r < 0)
                return r;
        /* should we die in it, the rest is done by the next call */
        state.complete = false;
        r = boot_state_save(root_fd, &state, message);
        if (r >= 0)
                r = put_back(root_fd, &state, runner, &ran, message);
        return r < 0 && ran ? forget(root_fd, message) : r;
}

int boot_settle(int root_fd, const struct boot_runner *runner, char **message)
{
        _cleanup_(boot_state_clear) struct boot_state state = { 0 };
        _cleanup_close_ int lock = config_folder_lock(root_fd, BOOT_STATE_FOLDER);
        int r;

        r = load(root_fd, lock, &state, message);
        return r < 0 ? r : finish_begun(root_fd, &state, runner, message);
}
