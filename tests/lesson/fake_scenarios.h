/* A registry for tests of the lesson reader: tables only, nothing in it can run. */
#ifndef ECS_TESTS_FAKE_SCENARIOS_H
#define ECS_TESTS_FAKE_SCENARIOS_H

#include "lesson/parse.h"

#define FAKE_SCENARIOS 2
/* "counters" (kernel, stride, threads, pin) and "stack-stress" (variant, nodes, threads). */
extern const struct ecs_scenario *const fake_scenarios[FAKE_SCENARIOS];

/* Parses against them. */
int fake_parse(const char *name, const char *text, struct ecs_lesson **out,
               struct ecs_issues *issues);
/* The issue on `line` whose cause holds `what` and whose mend holds `mend`, or NULL. */
const struct ecs_issue *fake_issue(const struct ecs_issues *issues, int line, const char *what,
                                   const char *mend);
/* All issues as one text, for a message. Static memory. */
const char *fake_issues_text(const struct ecs_issues *issues);
/* A whole file; to be freed. NULL if it cannot be read. */
char *fake_read(const char *path, size_t *size);

#endif
