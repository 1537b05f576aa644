#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

/* Copies what a terminal can take: control characters become '?', and a character that the size
 * or an earlier cut has split is left off. */
static void copy_clean(char *out, size_t size, const char *in)
{
    size_t n = 0;
    while (*in) {
        unsigned char c = (unsigned char)*in;
        size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1, have = 1;
        while (have < len && ((unsigned char)in[have] & 0xc0) == 0x80)
            have++;
        bool good = have == len && c >= 0x20 && c != 0x7f && (len > 1 || c < 0x80) &&
                    !(c == 0xc2 && (unsigned char)in[1] < 0xa0);
        if (n + (good ? len : 1) >= size)
            break;
        if (good)
            memcpy(out + n, in, len);
        else if (have == len || in[have])
            out[n] = '?';
        else
            break;
        n += good ? len : 1;
        in += have;
    }
    out[n] = 0;
}

void ecs_issues_add(struct ecs_issues *issues, bool warning, int line, const char *what,
                    const char *mend)
{
    if (!issues || issues->n >= ECS_LESSON_MAX_ISSUES)
        return;
    struct ecs_issue *v = realloc(issues->v, (issues->n + 1) * sizeof *v);
    if (!v)
        return;
    issues->v = v;
    struct ecs_issue *i = &v[issues->n++];
    i->line = line > 0 ? line : 1;
    i->warning = warning;
    copy_clean(i->what, sizeof i->what, what);
    copy_clean(i->mend, sizeof i->mend, mend ? mend : "");
}

/* By line; those of one line keep their order. */
void ecs_issues_sort(struct ecs_issues *issues, size_t from)
{
    for (size_t i = from + 1; issues && i < issues->n; i++) {
        struct ecs_issue one = issues->v[i];
        size_t k = i;
        for (; k > from && issues->v[k - 1].line > one.line; k--)
            issues->v[k] = issues->v[k - 1];
        issues->v[k] = one;
    }
}

void ecs_issues_free(struct ecs_issues *issues)
{
    if (!issues)
        return;
    free(issues->v);
    memset(issues, 0, sizeof *issues);
}

void ecs_read_error(struct ecs_reader *r, int line, const char *mend, const char *fmt, ...)
{
    char what[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    r->errors++;
    ecs_issues_add(r->issues, false, line, what, mend);
}

void ecs_read_failed(struct ecs_reader *r, int line, const struct ecs_error *e)
{
    r->errors++;
    ecs_issues_add(r->issues, false, line, e->what,
                   *e->mend ? e->mend : "ecscope-learn list shows what is known");
}

const char *ecs_read_near(const char *word, const char *const *known, const char *otherwise,
                          char *out, size_t size)
{
    const char *near = ecs_nearest(word, known);
    if (near)
        snprintf(out, size, "did you mean '%s'?", near);
    else
        snprintf(out, size, "%s", otherwise);
    return out;
}

char *ecs_read_keep(struct ecs_reader *r, const char *s, size_t n)
{
    char *copy = strndup(s, n);
    if (!copy)
        r->oom = true;
    return copy;
}
