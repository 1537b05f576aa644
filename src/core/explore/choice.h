/* Which program, with which parameters, under which model: from the words that a user gives. */
#ifndef ECS_EXPLORE_CHOICE_H
#define ECS_EXPLORE_CHOICE_H

#include "core/base/error.h"
#include "core/explore/search.h"

/* The program of that name with default values; the nearest name otherwise. 0 or -EINVAL. */
int ecs_explore_program(const char *name, struct ecs_search_options *o, struct ecs_error *e);
/* "variant=tagged", or several with commas between. */
int ecs_explore_assign(const char *text, struct ecs_search_options *o, struct ecs_error *e);
/* The index of `word` in `words`; `what` names the list in the message. */
int ecs_explore_word(const char *what, const char *word, const char *const *words, int *out,
                     struct ecs_error *e);
/* "aba/tagged,threads=3/sc". Returns `out`. */
char *ecs_explore_head(const struct ecs_search_options *o, char *out, size_t size);
/* The reverse. */
int ecs_explore_read_head(const char *head, struct ecs_search_options *o, struct ecs_error *e);
/* The value of parameter `i`: "tagged", "3". */
char *ecs_explore_value(const struct ecs_search_options *o, size_t i, char *out, size_t size);

#endif
