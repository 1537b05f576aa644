#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

#define MAX_OPTIONS 32

/* Every command has these. */
static const struct ecs_option common[] = {
    { .name = "help", .letter = 'h', .help = "print this help" },
    { .name = "version", .help = "print the version" },
    { .name = NULL },
};

static const struct ecs_option *next_option(const struct ecs_command *c,
                                            const struct ecs_option *o)
{
    if (!o)
        o = c->options ? c->options : common;
    else
        o++;
    if (!o->name && (o < common || o >= common + sizeof common / sizeof *common))
        o = common;
    return o->name ? o : NULL;
}

static const struct ecs_option *by_name(const struct ecs_command *c, const char *name, size_t n)
{
    for (const struct ecs_option *o = next_option(c, NULL); o; o = next_option(c, o))
        if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
            return o;
    return NULL;
}

static const struct ecs_option *by_letter(const struct ecs_command *c, char letter)
{
    for (const struct ecs_option *o = next_option(c, NULL); o; o = next_option(c, o))
        if (o->letter && o->letter == letter)
            return o;
    return NULL;
}

static void see_help(const struct ecs_command *c, struct ecs_error *e)
{
    ecs_error_mend(e, "see %s%s%s --help", ECS_PROGRAM, c->name[0] ? " " : "", c->name);
}

static int unknown(const struct ecs_command *c, const char *word, struct ecs_error *e)
{
    const char *names[MAX_OPTIONS + 1];
    char name[64];
    size_t n = 0;
    for (const struct ecs_option *o = next_option(c, NULL); o && n < MAX_OPTIONS;
         o = next_option(c, o))
        names[n++] = o->name;
    names[n] = NULL;
    ecs_fail(e, -EINVAL, "unknown option %.80s", word);
    word += strspn(word, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *near = ecs_nearest(name, names);
    if (near)
        ecs_error_mend(e, "did you mean --%s?", near);
    else
        see_help(c, e);
    return -EINVAL;
}

static int check_choice(const struct ecs_option *o, const char *value, struct ecs_error *e)
{
    char all[160] = "";
    size_t used = 0;
    if (!o->choices)
        return 0;
    for (size_t i = 0; o->choices[i]; i++) {
        if (strcmp(o->choices[i], value) == 0)
            return 0;
        const char *before = i == 0 ? "" : o->choices[i + 1] ? ", " : " or ";
        int k = snprintf(all + used, sizeof all - used, "%s%s", before, o->choices[i]);
        used += k > 0 && (size_t)k < sizeof all - used ? (size_t)k : 0;
    }
    ecs_fail(e, -EINVAL, "\"%.60s\" is no value of --%s, which is %s", value, o->name, all);
    const char *near = ecs_nearest(value, o->choices);
    if (near)
        ecs_error_mend(e, "did you mean --%s %s?", o->name, near);
    return -EINVAL;
}

static void give(struct ecs_arguments *a, const struct ecs_option *o, const char *value)
{
    a->given[a->n_given++] = (struct ecs_given){ o, value };
    a->help = a->help || o == &common[0];
    a->version = a->version || o == &common[1];
}

/* Takes argv[*at] and, if the option wants it, what follows. */
static int take_option(struct ecs_arguments *a, int argc, char **argv, int *at,
                       struct ecs_error *e)
{
    const char *word = argv[*at], *value = NULL;
    const struct ecs_option *o;
    if (word[1] == '-') {
        size_t n = strcspn(word + 2, "=");
        o = by_name(a->command, word + 2, n);
        value = word[2 + n] ? word + 2 + n + 1 : NULL;
    } else {
        o = by_letter(a->command, word[1]);
        value = word[2] ? word + 2 : NULL;
        if (o && !o->argument && value)
            o = NULL;
    }
    if (!o)
        return unknown(a->command, word, e);
    if (value && !o->argument) {
        ecs_fail(e, -EINVAL, "--%s takes no value", o->name);
        see_help(a->command, e);
        return -EINVAL;
    }
    if (o->argument && !value) {
        if (*at + 1 >= argc) {
            ecs_fail(e, -EINVAL, "--%s needs %s", o->name, o->argument);
            see_help(a->command, e);
            return -EINVAL;
        }
        value = argv[++*at];
    }
    give(a, o, value);
    return o->argument ? check_choice(o, value, e) : 0;
}

static int check_words(const struct ecs_arguments *a, struct ecs_error *e)
{
    const struct ecs_command *c = a->command;
    if (a->help || a->version || (a->n_words >= c->least && a->n_words <= c->most))
        return 0;
    if (a->n_words < c->least)
        ecs_fail(e, -EINVAL, "%s needs %s", c->name, c->words);
    else
        ecs_fail(e, -EINVAL, "\"%.80s\" is one word too many", a->word[c->most]);
    see_help(c, e);
    return -EINVAL;
}

int ecs_arguments_parse(const struct ecs_command *command, int argc, char **argv,
                        struct ecs_arguments *out, struct ecs_error *e)
{
    bool options = true;
    *out = (struct ecs_arguments){ .command = command };
    out->given = calloc((size_t)argc + 1, sizeof *out->given);
    out->word = calloc((size_t)argc + 1, sizeof *out->word);
    if (!out->given || !out->word)
        return ecs_fail(e, -ENOMEM, "out of memory");
    for (int i = 0; i < argc; i++) {
        int rc = 0;
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1])
            rc = take_option(out, argc, argv, &i, e);
        else
            out->word[out->n_words++] = argv[i];
        if (rc)
            return rc;
    }
    return check_words(out, e);
}

void ecs_arguments_free(struct ecs_arguments *a)
{
    free(a->given);
    free(a->word);
    a->given = NULL;
    a->word = NULL;
}

const char *ecs_arguments_value(const struct ecs_arguments *a, const char *name)
{
    for (size_t i = a->n_given; i > 0; i--)
        if (strcmp(a->given[i - 1].option->name, name) == 0)
            return a->given[i - 1].value;
    return NULL;
}

bool ecs_arguments_has(const struct ecs_arguments *a, const char *name)
{
    for (size_t i = 0; i < a->n_given; i++)
        if (strcmp(a->given[i].option->name, name) == 0)
            return true;
    return false;
}

/* ---- help ---------------------------------------------------------------------------------- */

static int head_of(const struct ecs_option *o, char *out, size_t size)
{
    char letter[8] = "";
    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    return snprintf(out, size, "%4s--%s%s%s", letter, o->name, o->argument ? " " : "",
                    o->argument ? o->argument : "");
}

void ecs_command_help(const struct ecs_command *c, FILE *out)
{
    char head[80];
    int width = 0;
    fprintf(out, "%s\n\nusage: %s%s%s [OPTION]...%s%s\n\noptions:\n", c->summary, ECS_PROGRAM,
            c->name[0] ? " " : "", c->name, c->words[0] ? " " : "", c->words);
    for (const struct ecs_option *o = next_option(c, NULL); o; o = next_option(c, o)) {
        int n = head_of(o, head, sizeof head);
        width = n > width ? n : width;
    }
    for (const struct ecs_option *o = next_option(c, NULL); o; o = next_option(c, o)) {
        head_of(o, head, sizeof head);
        fprintf(out, "%-*s  ", width, head);
        for (const char *p = o->help; *p; p++) {
            fputc(*p, out);
            if (*p == '\n')
                fprintf(out, "%*s  ", width, "");
        }
        fputc('\n', out);
    }
    if (c->more)
        fprintf(out, "\n%s", c->more);
}
