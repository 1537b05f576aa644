/* A small lesson without a fault, for tests that put one in. Needs fake_scenarios.h. */
#ifndef ECS_TESTS_BASE_LESSON_H
#define ECS_TESTS_BASE_LESSON_H

#define BASE_NAME "09-false-sharing.md"
extern const char base_lesson[];

/* The base with the first `find` replaced; to be freed. *line: where it begins. */
char *base_with(const char *find, const char *replace, int *line);

#endif
