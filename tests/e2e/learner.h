/* A learner at the keyboard: reads the line that says what is waited for, and types. */
#ifndef ECS_TEST_LEARNER_H
#define ECS_TEST_LEARNER_H

#include "pty.h"

#define PATIENCE 60000

/* Starts the binary with `words` (NULL-terminated, after the program's name) in an empty state
 * folder of this test's own. `more_env` may be NULL. */
struct test_pty *learner_start(int w, int h, const char *const *words, const char *const *more_env);
/* Where it keeps progress: for looking at the files. */
const char *learner_state(void);
void learner_folder_make(void);
void learner_folder_remove(void);

/* Fails the test with the screen when the text does not come. */
void learner_expect(struct test_pty *p, const char *text);
/* The line under the title. Static storage. */
const char *learner_todo(struct test_pty *p);

/* What to answer in one lesson, by what is asked for, in order. */
struct learner_plan {
    const char *id, *title;
    const char *choices;        /* one digit a prediction, "what did you see" or question */
    const char *numbers[4];     /* one a question for a number */
    const char *toggles;        /* keys to press when a toggle is waited for */
    const char *tasks;          /* keys of the task; it may stay unmet on a noisy machine */
};
/* From the list to the recap. */
void learner_walk(struct test_pty *p, const struct learner_plan *plan);

#endif
