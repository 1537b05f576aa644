/* A lesson as it was read: plain data, owned by one ecs_lesson, constant after parsing.
 *
 * The file format is described in lessons/README.md: CommonMark with `key: value` front
 * matter, `##` headings as steps, and fenced blocks whose first word is one of
 * predict scenario expect ask do notes. */
#ifndef ECS_LESSON_LESSON_H
#define ECS_LESSON_LESSON_H

#include "lesson/expression.h"
#include "run/scenario.h"

/* Marks inside prose (TEXT blocks only; all other texts are plain): each switches a style on or
 * off. '\n' separates paragraphs; a paragraph that begins with ECS_TEXT_ITEM is a list item, with
 * ECS_TEXT_PRE a line of a code block. No other control character occurs in any text. */
#define ECS_TEXT_BOLD '\1'
#define ECS_TEXT_EMPH '\2'
#define ECS_TEXT_CODE '\3'
#define ECS_TEXT_ITEM '\4'
#define ECS_TEXT_PRE '\5'

/* Rule R3, in this order. */
enum ecs_phase { ECS_PREDICT, ECS_OBSERVE, ECS_EXPLAIN, ECS_TRANSFER };

enum ecs_block_kind { ECS_BLOCK_TEXT, ECS_BLOCK_PREDICT, ECS_BLOCK_SCENARIO, ECS_BLOCK_EXPECT,
                      ECS_BLOCK_ASK, ECS_BLOCK_DO, ECS_BLOCK_NOTES };

#define ECS_MAX_CHOICES 6
#define ECS_MAX_TOGGLES 5
#define ECS_MAX_TOGGLE_VALUES 8
#define ECS_MAX_CHARTS 2       /* rule R6 */
#define ECS_MAX_FIGURES 8
#define ECS_MAX_CAPTIONS 8
#define ECS_MAX_HINTS 3
#define ECS_MAX_QUESTIONS 32   /* named blocks of a lesson: progress keeps one answer for each */

struct ecs_choice {
    char *id, *text;
    char *why;                   /* refutation; NULL for the right one */
    char *seen;                  /* its words in "What did you see?"; NULL: its text serves */
    bool right;
    /* `claim ID: LOW .. HIGH`: the band of B/A that this choice claims, drawn on the chart as the
     * learner's guess (rule R4); HIGH may be INFINITY. */
    bool has_claim;
    double claim_low, claim_high;
};

struct ecs_predict {
    char *ask;
    struct ecs_choice choice[ECS_MAX_CHOICES]; size_t n;
    bool confidence;
};

struct ecs_toggle {
    char key;                    /* what the learner presses */
    int param;
    int64_t value[ECS_MAX_TOGGLE_VALUES];
    size_t n;
};
struct ecs_caption { struct ecs_expression *when; char *text; };
struct ecs_scenario_block {
    const struct ecs_scenario *scenario;
    struct ecs_values values;                  /* as `run:` has them */
    int chart[ECS_MAX_CHARTS]; size_t n_charts;/* metric indexes */
    int figure[ECS_MAX_FIGURES]; size_t n_figures;   /* `figures:` metric indexes, A/B panel */
    unsigned repeats; uint64_t side_ns, warmup_ns;   /* `measure: 5 x 0.3s warmup 0.2s` */
    struct ecs_toggle toggle[ECS_MAX_TOGGLES]; size_t n_toggles;
    int compare_param;                         /* `compare: stride = 8 | 128`; -1 if there is none */
    int64_t compare_a, compare_b;
    struct ecs_caption caption[ECS_MAX_CAPTIONS]; size_t n_captions;
};

enum ecs_band { ECS_BAND_PASS, ECS_BAND_WEAK, ECS_BAND_ELSE, ECS_BAND_NOISY, ECS_BAND_UNKNOWN };
struct ecs_expect {
    struct ecs_expression *metric;
    double pass_low, pass_high, weak_low, weak_high;   /* open ends ±INFINITY; no weak: NANs */
    double else_low, else_high;                        /* for lint: whatever is in no band is `else` */
    bool pass_low_open, pass_high_open, weak_low_open, weak_high_open,
         else_low_open, else_high_open;                /* the end itself is not in the band */
    char *say_pass, *say_weak, *say_else;              /* may hold {value} {low} {high} and
                                                          {EXPRESSION}, as {calib.cpus} */
    char *fallback_trace;                              /* file under assets/traces, or NULL */
    char *fallback_why;                                /* `fallback: none REASON`, or NULL */
};
struct ecs_ask {
    char *ask;
    struct ecs_choice choice[ECS_MAX_CHOICES]; size_t n;   /* n == 0: a number is asked for */
    struct ecs_expression *answer; double tolerance;       /* relative, 0.02 unless said */
    char *hint[ECS_MAX_HINTS]; size_t n_hints;
};
struct ecs_do {
    char *task;
    struct ecs_expression *check;
    char *hint[ECS_MAX_HINTS]; size_t n_hints;
    char *reveal;
};

struct ecs_block {
    enum ecs_block_kind kind;
    int line;
    char *name;                  /* "p1", "s1"; unique in the lesson; NULL for text and notes */
    union {
        char *text;              /* TEXT, NOTES */
        struct ecs_predict predict;
        struct ecs_scenario_block scenario;
        struct ecs_expect expect;
        struct ecs_ask ask;
        struct ecs_do task;
    };
};

struct ecs_step {
    char *title;                 /* the whole heading, plain */
    int line;
    enum ecs_phase phase;
    struct ecs_block *block;
    size_t n;
};

struct ecs_lesson {
    char *path;
    int number;                  /* from the file name: NN-id.md */
    char *id, *title, *objective, *misconception, *requires, *outcome;
    int minutes;
    struct ecs_step *step;
    size_t n;
};

/* The band that a value falls into: PASS, WEAK or ELSE; UNKNOWN for NAN. Pure. */
enum ecs_band ecs_expect_band(const struct ecs_expect *x, double value);
/* NULL if there is none of that name. */
struct ecs_block *ecs_lesson_block(const struct ecs_lesson *l, const char *name);
void ecs_lesson_free(struct ecs_lesson *l);

#endif
