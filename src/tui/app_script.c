/* Keys from a file, typed one after the other as a person would. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app_state.h"

#define BETWEEN_MS 20
#define LARGEST 65536

/* The next word of the script, with comments passed over; its length, 0 at the end. */
static size_t next_word(const char *script, size_t *at)
{
    for (;;) {
        *at += strspn(script + *at, " \t\r\n");
        if (script[*at] != '#')
            return strcspn(script + *at, " \t\r\n");
        *at += strcspn(script + *at, "\n");
    }
}

static enum ecs_action action_named(const char *word, size_t n)
{
    for (int i = ECS_ACTION_NONE + 1; i < ECS_ACTION_COUNT; i++) {
        const char *name = ecs_action_info((enum ecs_action)i)->name;
        if (strlen(name) == n && strncmp(name, word, n) == 0)
            return (enum ecs_action)i;
    }
    return ECS_ACTION_NONE;
}

static bool is_wait(const char *word, size_t n)
{
    return n > 5 && strncmp(word, "wait:", 5) == 0 && isdigit((unsigned char)word[5]);
}

static int check(const struct ecs_app *a, struct ecs_error *e)
{
    size_t at = 0, n, line = 1, counted = 0;

    while ((n = next_word(a->script, &at)) > 0) {
        for (; counted < at; counted++)
            line += a->script[counted] == '\n';
        const char *word = a->script + at;
        if (!is_wait(word, n) && !action_named(word, n) && !ecs_key_by_name(word, n)) {
            ecs_fail(e, -EINVAL, "'%.*s' is neither a key nor an action", n > 40 ? 40 : (int)n,
                     word);
            ecs_error_mend(e, "keys are named as in the help page, waiting is wait:MILLISECONDS");
            ecs_error_at(e, a->options->script, (int)line);
            return -EINVAL;
        }
        at += n;
    }
    return 0;
}

int ecs_app_script_load(struct ecs_app *a, struct ecs_error *e)
{
    FILE *file = fopen(a->options->script, "re");

    if (!file)
        return ecs_fail(e, -errno, "the script '%.200s' cannot be read: %s", a->options->script,
                        strerror(errno));
    a->script = malloc(LARGEST + 1);
    size_t n = a->script ? fread(a->script, 1, LARGEST, file) : 0;
    fclose(file);
    if (!a->script)
        return ecs_fail(e, -ENOMEM, "out of memory");
    a->script[n] = '\0';
    return check(a, e);
}

void ecs_app_script_step(struct ecs_app *a)
{
    size_t n = next_word(a->script, &a->script_at);
    const char *word = a->script + a->script_at;
    unsigned long ms = BETWEEN_MS;

    if (n == 0 || a->stopping)
        return;
    a->script_at += n;
    enum ecs_action action = action_named(word, n);
    if (is_wait(word, n))
        ms = strtoul(word + 5, NULL, 10);
    else if (action)
        ecs_app_act(a, action);
    else
        ecs_app_key(a, ecs_key_by_name(word, n));
    if (!a->stopping)
        ecs_app_after(a, &a->typist, ms > 3600000 ? 3600000 : ms);
}
