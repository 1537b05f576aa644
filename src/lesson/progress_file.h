/* One lesson's answers as text: a first line with the version, `key: value` lines, a last line
 * `end`. Keys that are not known are passed over. Pure; does not depend on the locale. */
#ifndef ECS_LESSON_PROGRESS_FILE_H
#define ECS_LESSON_PROGRESS_FILE_H

#include "lesson/progress.h"

/* Allocated text and its length; NULL when out of memory. */
char *ecs_progress_write(const struct ecs_answers *a, size_t *size);
/* -EINVAL with the line for a text that is torn, of another version or not of `lesson`. `text`
 * is changed while reading; text[size] must be 0. */
int ecs_progress_parse(char *text, size_t size, const char *lesson, struct ecs_answers *out,
                       struct ecs_error *e);

#endif
