/* Reading a lesson. One pass collects every problem, not only the first. */
#ifndef ECS_LESSON_PARSE_H
#define ECS_LESSON_PARSE_H

#include "lesson/lesson.h"

struct ecs_issue { int line; bool warning; char what[256]; char mend[192]; };
struct ecs_issues { struct ecs_issue *v; size_t n; char file[256]; };
void ecs_issues_free(struct ecs_issues *issues);

/* Parses text against a registry. On errors returns -EINVAL, *out is NULL and `issues` holds every
 * one of them with its line; warnings alone give 0. Never crashes, whatever the bytes. */
int ecs_lesson_parse(const char *name, const char *bytes, size_t size,
                     const struct ecs_scenario *const *scenarios, size_t n_scenarios,
                     struct ecs_lesson **out, struct ecs_issues *issues);
int ecs_lesson_load(const char *path, struct ecs_lesson **out, struct ecs_issues *issues);

/* All NN-*.md of a folder, sorted by number. A lesson with errors is left out and counted in
 * `issues` (its file named in `what`). -ENOENT, -EACCES with a message for the folder itself. */
struct ecs_lessons { struct ecs_lesson **v; size_t n; };
int ecs_lessons_load(const char *folder, struct ecs_lessons *out, struct ecs_issues *issues,
                     struct ecs_error *e);
void ecs_lessons_free(struct ecs_lessons *l);
struct ecs_lesson *ecs_lessons_find(const struct ecs_lessons *l, const char *id_or_number);

/* Beyond parsing: what a lesson should have (lint). Adds to `issues`. */
void ecs_lesson_lint(const struct ecs_lesson *l, struct ecs_issues *issues);

#endif
