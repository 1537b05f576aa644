/* The parser's own state and the pieces it is made of: bytes.c, front_matter.c, prose.c,
 * fields.c, blocks_*.c, resolve.c. Not for use outside this folder. */
#ifndef ECS_LESSON_READER_H
#define ECS_LESSON_READER_H

#include <cmark.h>

#include "lesson/number.h"
#include "lesson/parse.h"

#define ECS_LESSON_MAX_BYTES (1u << 20)
#define ECS_LESSON_MAX_LINE 2000
#define ECS_LESSON_MAX_ISSUES 200

/* An expression whose names can only be looked up when the whole lesson is known. */
struct ecs_pending {
    struct ecs_expression *x;
    int line;
    enum ecs_dimension band;         /* unit of the numbers it is held against, PLAIN if none */
    const char *scope;               /* name of the scenario block of a caption, or NULL */
    bool owned;                      /* free x afterwards: made of a {name} only to be checked */
};

/* Text that grows. */
struct ecs_text { char *s; size_t n, room; };

struct ecs_reader {
    struct ecs_issues *issues;
    size_t errors;
    bool oom;
    const struct ecs_scenario *const *scenarios;
    size_t n_scenarios;
    struct ecs_lesson *lesson;
    struct ecs_pending *pending;
    size_t n_pending;
    bool predicted;                  /* a predict block has been seen */
    bool unclosed;                   /* a block has swallowed the rest of the lesson */
    size_t named;                    /* blocks with a name so far */
    struct ecs_text text;            /* prose since the last heading or block */
    int text_line;
    int line_offset;                 /* lines before the text that cmark sees */
};

/* ---- issues -------------------------------------------------------------------------------- */
/* An error or a warning with its mend; text is cut to whole, harmless characters. */
void ecs_issues_add(struct ecs_issues *issues, bool warning, int line, const char *what,
                    const char *mend);
void ecs_issues_sort(struct ecs_issues *issues, size_t from);
void ecs_read_error(struct ecs_reader *r, int line, const char *mend, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void ecs_read_failed(struct ecs_reader *r, int line, const struct ecs_error *e);
/* "did you mean 'x'?", or `otherwise` when nothing is near. Returns `out`. */
const char *ecs_read_near(const char *word, const char *const *known, const char *otherwise,
                          char *out, size_t size);
/* strndup that notes an empty memory in the reader. */
char *ecs_read_keep(struct ecs_reader *r, const char *s, size_t n);

/* ---- pieces -------------------------------------------------------------------------------- */
/* Refuses what is not plain UTF-8 text. False: nothing else is worth reading. */
bool ecs_read_bytes(struct ecs_reader *r, const char *bytes, size_t size);
/* Reads the `key: value` lines at the top; returns where the rest begins, or NULL. */
const char *ecs_read_front_matter(struct ecs_reader *r, const char *text);
void ecs_read_file_name(struct ecs_reader *r, const char *name);
/* One node that is neither heading nor block, appended to r->text in the mark-up of lesson.h. */
void ecs_read_prose(struct ecs_reader *r, cmark_node *node);
bool ecs_read_is_block(const char *info);      /* its first word names a kind of block */
/* The plain text of a heading; to be freed. */
char *ecs_read_heading(struct ecs_reader *r, cmark_node *node);
/* Word n of a name or id: lower case, begins with a letter. */
bool ecs_read_is_name(const char *s, bool hyphens);

/* ---- the lines of a block ------------------------------------------------------------------ */
struct ecs_field { int line; char *key, *arg, *value; };   /* arg "" if there is none */
struct ecs_fields {
    struct ecs_field *v;
    size_t n;
    char *text;                      /* what the fields point into */
    int line;
    const char *kind;
    unsigned seen;                   /* bit i: key i of the table was there, right or wrong */
};

struct ecs_key {
    const char *name;
    bool required;
    bool argument;                   /* `key ARGUMENT: value` */
    const char *usage;               /* shown in a mend */
};

/* Splits a block's literal and checks keys against `keys` (ends with a NULL name): unknown,
 * missing, twice, empty. */
void ecs_fields_read(struct ecs_reader *r, const char *kind, const char *literal, int line,
                     const struct ecs_key *keys, struct ecs_fields *out);
void ecs_fields_free(struct ecs_fields *f);
const struct ecs_field *ecs_field_get(const struct ecs_fields *f, const char *key, const char *arg);
/* The next word of *p separated by blanks: its length, 0 at the end; *p is moved onto it. */
size_t ecs_field_word(const char **p);
/* Splits at `by` into trimmed, NUL-terminated pieces in place; returns how many, at most `n` are
 * written. */
size_t ecs_field_split(char *s, char by, char **piece, size_t n);

/* ---- blocks: fill in *b, report what is wrong ------------------------------------------------ */
void ecs_read_predict(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b);
void ecs_read_ask(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b);
void ecs_read_do(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b);
void ecs_read_scenario(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b);
void ecs_read_expect(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b);
extern const struct ecs_key ecs_keys_predict[], ecs_keys_ask[], ecs_keys_do[], ecs_keys_scenario[],
    ecs_keys_expect[];

/* Parses and remembers the expression for ecs_read_resolve(); NULL after an error. */
struct ecs_expression *ecs_read_expression(struct ecs_reader *r, int line, const char *text,
                                           const char *scope);
/* Checks the {names} in a sentence; `own` (NULL-terminated) are known besides expressions. */
void ecs_read_placeholders(struct ecs_reader *r, int line, const char *text, const char *const *own,
                           const char *scope);
/* Looks up every name of every expression and checks units, if `check`; lets go of what was
 * remembered. */
void ecs_read_resolve(struct ecs_reader *r, bool check);
void ecs_block_free(struct ecs_block *b);

#endif
