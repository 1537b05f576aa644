/* The one message type for what a user reads.
 *
 * Convention of the whole code base: a function that can fail returns 0 or a
 * negative errno. If a user could have caused the failure it also takes a
 * `struct ecs_error *` (may be NULL: nothing is written) and fills it through
 * ecs_fail(). Nobody prints below src/cli and src/tui. */
#ifndef ECS_BASE_ERROR_H
#define ECS_BASE_ERROR_H

#include <stddef.h>

struct ecs_error {
    int code;        /* negative errno, 0 if empty */
    int line;        /* 1-based place in `file`, 0 if there is none */
    char file[256];  /* the place, empty if there is none */
    char what[320];  /* what is wrong, one sentence without a full stop */
    char mend[256];  /* what to do about it, empty if there is nothing */
};

/* Fills `e` (may be NULL) and returns `code`, which must be negative. */
int ecs_fail(struct ecs_error *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the mend, the place. Both accept NULL for `e`. */
void ecs_error_mend(struct ecs_error *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void ecs_error_at(struct ecs_error *e, const char *file, int line);

/* "file:line: what; mend" without a new line, cut to `size`. Returns `out`. */
char *ecs_error_text(const struct ecs_error *e, char *out, size_t size);

/* The word in `words` (NULL-terminated) nearest to `word` by Damerau-Levenshtein
 * distance, or NULL if none is near enough to be what was meant. */
const char *ecs_nearest(const char *word, const char *const *words);

#endif
