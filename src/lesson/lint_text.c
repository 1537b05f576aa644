#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson/lint.h"

static bool is_mark(char c)
{
    return c == ECS_TEXT_BOLD || c == ECS_TEXT_EMPH || c == ECS_TEXT_CODE || c == ECS_TEXT_ITEM ||
           c == ECS_TEXT_PRE;
}

/* Characters, not bytes and not marks. */
static size_t columns_of(const char *s, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)s[i] & 0xc0) != 0x80 && !is_mark(s[i]);
    return columns;
}

/* Rows of one paragraph, words filled in from the left. */
static size_t paragraph_rows(const char *s, size_t n, size_t columns)
{
    size_t rows = 1, used = 0, indent = *s == ECS_TEXT_ITEM ? 2 : 0;
    for (size_t i = 0; i < n;) {
        size_t word = 0;
        while (i + word < n && s[i + word] != ' ')
            word++;
        size_t width = columns_of(s + i, word);
        if (used && used + 1 + width > columns - indent) {
            rows++;
            used = width;
        } else {
            used += width + (used > 0);
        }
        i += word + 1;
    }
    return rows;
}

size_t ecs_lint_rows(const char *text, size_t columns)
{
    size_t rows = 0;
    char before = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        char kind = *p == ECS_TEXT_ITEM || *p == ECS_TEXT_PRE ? *p : 0;
        rows += p > text && !(kind && kind == before);
        rows += kind == ECS_TEXT_PRE ? 1 : paragraph_rows(p, n, columns);
        before = kind;
        p += n + (p[n] == '\n');
    }
    return rows;
}

/* ---- reading ease -------------------------------------------------------------------------- */

static bool vowel(int c)
{
    return strchr("aeiouy", tolower(c)) && c;
}

/* Groups of vowels, a silent e at the end not counted. */
static size_t syllables(const char *word, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += vowel((unsigned char)word[i]) && (i == 0 || !vowel((unsigned char)word[i - 1]));
    if (count > 1 && n > 2 && tolower((unsigned char)word[n - 1]) == 'e' &&
        !vowel((unsigned char)word[n - 2]) && word[n - 2] != 'l')
        count--;
    return count ? count : 1;
}

double ecs_lint_ease(const char *text)
{
    size_t words = 0, sentences = 0, parts = 0, in_sentence = 0;
    bool code = false;
    for (const char *p = text; *p;) {
        size_t n = 0;
        while (isalpha((unsigned char)p[n]))
            n++;
        code = *p == ECS_TEXT_CODE ? !code : code;
        if (n && !code) {
            words++;
            in_sentence++;
            parts += syllables(p, n);
        } else if (strchr(".!?\n;:", *p) && in_sentence &&
                   (!p[1] || isspace((unsigned char)p[1]) || *p == '\n')) {
            sentences++;
            in_sentence = 0;
        }
        p += n ? n : 1;
    }
    sentences += in_sentence > 0;
    if (words < 30)
        return NAN;
    return 206.835 - 1.015 * (double)words / (double)sentences -
           84.6 * (double)parts / (double)words;
}

/* ---- steps --------------------------------------------------------------------------------- */

static void lint_code_width(const char *text, int line, struct ecs_issues *issues)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        if (*p == ECS_TEXT_PRE && columns_of(p, n) > ECS_LINT_COLUMNS) {
            ecs_lint_report(issues, false, line, "break the line; code is not wrapped",
                            "a line of code is wider than %d columns", ECS_LINT_COLUMNS);
            return;
        }
        p += n + (p[n] == '\n');
    }
}

void ecs_lint_step_text(const struct ecs_step *s, struct ecs_issues *issues)
{
    size_t rows = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct ecs_block *b = &s->block[i];
        if (b->kind != ECS_BLOCK_TEXT)
            continue;
        rows += ecs_lint_rows(b->text, ECS_LINT_COLUMNS) + (rows > 0);
        lint_code_width(b->text, b->line, issues);
        double ease = ecs_lint_ease(b->text);
        if (ease < ECS_LINT_EASE)
            ecs_lint_report(issues, true, b->line, "use shorter sentences and plainer words",
                            "this text is hard to read (Flesch reading ease %.0f, %d wanted)", ease,
                            ECS_LINT_EASE);
    }
    if (rows > ECS_LINT_ROWS)
        ecs_lint_report(issues, true, s->line, "shorten it, or make two steps of it",
                        "the prose of this step takes %zu rows of %d columns; %d fit at 80x24",
                        rows, ECS_LINT_COLUMNS, ECS_LINT_ROWS);
}

/* ---- texts inside blocks ------------------------------------------------------------------- */

static void lint_rows(const struct ecs_block *b, const char *what, const char *text, size_t max,
                      struct ecs_issues *issues)
{
    if (!text)
        return;
    size_t rows = ecs_lint_rows(text, ECS_LINT_COLUMNS);
    if (rows > max)
        ecs_lint_report(issues, true, b->line, "shorten it",
                        "%s of '%s' takes %zu rows of %d columns; %zu fit", what, b->name, rows,
                        ECS_LINT_COLUMNS, max);
    if (strchr(text, '`') || strstr(text, "**"))
        ecs_lint_report(issues, true, b->line, "take the ` and ** away",
                        "%s of '%s' is plain text, not Markdown", what, b->name);
}

/* What was seen is asked in one list: of all choices, or of none. */
static void lint_seen(const struct ecs_block *b, const struct ecs_choice *c, size_t n,
                      struct ecs_issues *issues)
{
    size_t have = 0;
    for (size_t i = 0; i < n; i++)
        have += c[i].seen != NULL;
    for (size_t i = 0; i < n && have && have < n; i++)
        if (!c[i].seen)
            ecs_lint_report(issues, true, b->line, "give each choice its seen, or none",
                            "choice %.32s of '%s' does not say what is seen", c[i].id, b->name);
}

static void lint_choices(const struct ecs_block *b, const struct ecs_choice *c, size_t n,
                         struct ecs_issues *issues)
{
    for (size_t i = 0; i < n; i++) {
        char what[64];
        snprintf(what, sizeof what, "choice %.32s", c[i].id);
        lint_rows(b, what, c[i].text, 1, issues);
        snprintf(what, sizeof what, "why %.32s", c[i].id);
        lint_rows(b, what, c[i].why, 2, issues);
        snprintf(what, sizeof what, "seen %.32s", c[i].id);
        lint_rows(b, what, c[i].seen, 1, issues);
    }
}

static void lint_hints(const struct ecs_block *b, char *const *hint, size_t n,
                       struct ecs_issues *issues)
{
    for (size_t i = 0; i < n; i++)
        lint_rows(b, "a hint", hint[i], 2, issues);
}

void ecs_lint_block_text(const struct ecs_block *b, struct ecs_issues *issues)
{
    switch (b->kind) {
    case ECS_BLOCK_TEXT:
    case ECS_BLOCK_NOTES:
        break;
    case ECS_BLOCK_PREDICT:
        lint_rows(b, "ask", b->predict.ask, 3, issues);
        lint_choices(b, b->predict.choice, b->predict.n, issues);
        lint_seen(b, b->predict.choice, b->predict.n, issues);
        break;
    case ECS_BLOCK_SCENARIO:
        for (size_t i = 0; i < b->scenario.n_captions; i++)
            lint_rows(b, "a caption", b->scenario.caption[i].text, 1, issues);
        break;
    case ECS_BLOCK_EXPECT:
        lint_rows(b, "say pass", b->expect.say_pass, 3, issues);
        lint_rows(b, "say weak", b->expect.say_weak, 3, issues);
        lint_rows(b, "say else", b->expect.say_else, 3, issues);
        break;
    case ECS_BLOCK_ASK:
        lint_rows(b, "ask", b->ask.ask, 3, issues);
        lint_choices(b, b->ask.choice, b->ask.n, issues);
        lint_hints(b, b->ask.hint, b->ask.n_hints, issues);
        break;
    case ECS_BLOCK_DO:
        lint_rows(b, "task", b->task.task, 3, issues);
        lint_rows(b, "reveal", b->task.reveal, 3, issues);
        lint_hints(b, b->task.hint, b->task.n_hints, issues);
        break;
    }
}
