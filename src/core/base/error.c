#include "core/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int ecs_fail(struct ecs_error *e, int code, const char *fmt, ...)
{
    if (e) {
        va_list args;
        memset(e, 0, sizeof *e);
        e->code = code;
        va_start(args, fmt);
        vsnprintf(e->what, sizeof e->what, fmt, args);
        va_end(args);
    }
    return code;
}

void ecs_error_mend(struct ecs_error *e, const char *fmt, ...)
{
    if (!e)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(e->mend, sizeof e->mend, fmt, args);
    va_end(args);
}

void ecs_error_at(struct ecs_error *e, const char *file, int line)
{
    if (!e)
        return;
    snprintf(e->file, sizeof e->file, "%s", file ? file : "");
    e->line = line;
}

char *ecs_error_text(const struct ecs_error *e, char *out, size_t size)
{
    char place[sizeof e->file + 16] = "";
    if (e->file[0] && e->line > 0)
        snprintf(place, sizeof place, "%s:%d: ", e->file, e->line);
    else if (e->file[0])
        snprintf(place, sizeof place, "%s: ", e->file);
    snprintf(out, size, "%s%s%s%s", place, e->what, e->mend[0] ? "; " : "", e->mend);
    return out;
}
