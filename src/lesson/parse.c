#include "lesson/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lesson/reader.h"

#define MAX_STEPS 32

static const struct kind {
    const char *name;
    enum ecs_block_kind kind;
    const struct ecs_key *keys;
    void (*read)(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b);
} kinds[] = {
    {"predict", ECS_BLOCK_PREDICT, ecs_keys_predict, ecs_read_predict},
    {"scenario", ECS_BLOCK_SCENARIO, ecs_keys_scenario, ecs_read_scenario},
    {"expect", ECS_BLOCK_EXPECT, ecs_keys_expect, ecs_read_expect},
    {"ask", ECS_BLOCK_ASK, ecs_keys_ask, ecs_read_ask},
    {"do", ECS_BLOCK_DO, ecs_keys_do, ecs_read_do},
    {"notes", ECS_BLOCK_NOTES, NULL, NULL},
};
static const char *const kind_names[] = {"predict", "scenario", "expect", "ask",
                                         "do",      "notes",    NULL};
static const char *const languages[] = {"c", "asm", "text", NULL};
static const char *const phases[] = {"Predict", "Observe", "Explain", "Transfer", NULL};

/* Words that mean something inside an expression and so cannot name a block. */
static const char *const taken[] = {"calib", "param",  "now", "and", "or",  "not", "value", "low",
                                    "high",  "median", "min", "max", "p95", "abs", "inf",   NULL};

static bool listed(const char *const *list, const char *word, size_t n)
{
    for (; *list; list++)
        if (strlen(*list) == n && !memcmp(*list, word, n))
            return true;
    return false;
}

bool ecs_read_is_block(const char *info)
{
    return info && listed(kind_names, info, strcspn(info, " \t"));
}

/* ---- steps and blocks ---------------------------------------------------------------------- */

static struct ecs_block *add_block(struct ecs_reader *r, enum ecs_block_kind kind, int line)
{
    struct ecs_step *s = &r->lesson->step[r->lesson->n - 1];
    struct ecs_block *v = realloc(s->block, (s->n + 1) * sizeof *v);
    if (!v) {
        r->oom = true;
        return NULL;
    }
    s->block = v;
    memset(&v[s->n], 0, sizeof *v);
    v[s->n].kind = kind;
    v[s->n].line = line;
    return &v[s->n++];
}

/* Ends the prose that has gathered and makes a block of it. */
static void flush_text(struct ecs_reader *r)
{
    if (r->text.n && r->lesson->n) {
        struct ecs_block *b = add_block(r, ECS_BLOCK_TEXT, r->text_line);
        if (b)
            b->text = ecs_read_keep(r, r->text.s, r->text.n);
    } else if (r->text.n) {
        ecs_read_error(r, r->text_line, "put it below the first heading, ## Predict",
                       "text before the first step");
    }
    r->text.n = 0;
}

static int phase_of(const char *title)
{
    size_t n = strcspn(title, " :,.-");
    for (int i = 0; phases[i]; i++)
        if (strlen(phases[i]) == n && !memcmp(phases[i], title, n))
            return i;
    return -1;
}

static void bad_phase(struct ecs_reader *r, int line, const char *title)
{
    char word[32], mend[128];
    size_t n = strcspn(title, " :,.-");
    snprintf(word, sizeof word, "%.*s", (int)(n < 31 ? n : 31), title);
    ecs_read_error(
        r, line,
        ecs_read_near(word, phases,
                      "begin it with Predict, Observe, Explain or Transfer; a line of --- "
                      "below text makes a heading, too",
                      mend, sizeof mend),
        "the heading '%.60s' names no phase", title);
}

static void read_step(struct ecs_reader *r, cmark_node *node)
{
    int line = cmark_node_get_start_line(node) + r->line_offset;
    struct ecs_lesson *l = r->lesson;
    if (cmark_node_get_heading_level(node) != 2)
        ecs_read_error(r, line, "write ## and the phase; use bold text inside a step",
                       "a heading of level %d: steps have level 2",
                       cmark_node_get_heading_level(node));
    if (l->n == MAX_STEPS) {
        ecs_read_error(r, line, "split the lesson", "more than %d steps", MAX_STEPS);
        return;
    }
    char *title = ecs_read_heading(r, node);
    struct ecs_step *v = title ? realloc(l->step, (l->n + 1) * sizeof *v) : NULL;
    if (!v) {
        free(title);
        r->oom = true;
        return;
    }
    int phase = phase_of(title);
    if (phase < 0)
        bad_phase(r, line, title);
    l->step = v;
    v[l->n++] = (struct ecs_step){
        .title = title, .line = line, .phase = phase < 0 ? ECS_PREDICT : (enum ecs_phase)phase};
}

/* The word after the kind. Returns it, or NULL after an error. */
static char *read_name(struct ecs_reader *r, const struct kind *k, const char *info, int line)
{
    const char *p = info + strlen(k->name);
    size_t n = ecs_field_word(&p);
    char mend[96];
    snprintf(mend, sizeof mend, "write ```%s %c1", k->name,
             k->kind == ECS_BLOCK_ASK ? 'q' : k->name[0]);
    if (!n) {
        ecs_read_error(r, line, mend, "this '%s' block has no name", k->name);
        return NULL;
    }
    char *name = ecs_read_keep(r, p, n);
    p += n;
    if (!name)
        return NULL;
    const struct ecs_block *other = ecs_lesson_block(r->lesson, name);
    if (!ecs_read_is_name(name, false) || listed(taken, name, strlen(name)))
        ecs_read_error(r, line, mend, "'%.40s' cannot name a block", name);
    else if (ecs_field_word(&p))
        ecs_read_error(r, line, "name a block with one word",
                       "'%.40s' is not expected behind the name", p);
    else if (other) {
        snprintf(mend, sizeof mend, "the other one is on line %d; take another name", other->line);
        ecs_read_error(r, line, mend, "there are two blocks called '%.40s'", name);
    }
    return name;
}

static void read_notes(struct ecs_reader *r, const char *info, const char *literal, int line)
{
    const char *p = info + strlen("notes");
    if (ecs_field_word(&p))
        ecs_read_error(r, line, "write ```notes", "notes have no name");
    struct ecs_block *b = add_block(r, ECS_BLOCK_NOTES, line);
    size_t n = strlen(literal);
    while (n && literal[n - 1] == '\n')
        n--;
    if (b)
        b->text = ecs_read_keep(r, literal, n);
}

static void read_block(struct ecs_reader *r, const struct kind *k, cmark_node *node, int line)
{
    const char *info = cmark_node_get_fence_info(node), *literal = cmark_node_get_literal(node);
    flush_text(r);
    if (!r->lesson->n) {
        ecs_read_error(r, line, "put it below a heading such as ## Predict",
                       "'%s' before the first step", k->name);
        return;
    }
    if (!k->read) {
        read_notes(r, info, literal ? literal : "", line);
        return;
    }
    if (++r->named > ECS_MAX_QUESTIONS) {
        ecs_read_error(r, line, "split the lesson", "more than %d named blocks", ECS_MAX_QUESTIONS);
        return;
    }
    char *name = read_name(r, k, info, line);
    struct ecs_block *b = name ? add_block(r, k->kind, line) : NULL;
    if (!b) {
        r->predicted = r->predicted || k->kind == ECS_BLOCK_PREDICT;
        free(name);
        return;
    }
    b->name = name;
    struct ecs_fields f;
    ecs_fields_read(r, k->name, literal, line, k->keys, &f);
    if (!r->oom)
        k->read(r, &f, b);
    ecs_fields_free(&f);
}

static void read_code(struct ecs_reader *r, cmark_node *node)
{
    const char *info = cmark_node_get_fence_info(node);
    int line = cmark_node_get_start_line(node) + r->line_offset;
    size_t n = info ? strcspn(info, " \t") : 0;
    for (size_t i = 0; n && i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == n && !memcmp(kinds[i].name, info, n)) {
            read_block(r, &kinds[i], node, line);
            return;
        }
    if (n && !listed(languages, info, n)) {
        char word[32], mend[96];
        snprintf(word, sizeof word, "%.*s", (int)(n < 31 ? n : 31), info);
        ecs_read_error(r, line,
                       ecs_read_near(word, kind_names,
                                     "blocks are predict scenario expect ask do notes; "
                                     "code is c, asm or text",
                                     mend, sizeof mend),
                       "unknown block '%s'", word);
        return;
    }
    ecs_read_prose(r, node);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void read_document(struct ecs_reader *r, const char *text)
{
    cmark_node *document = cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT);
    if (!document) {
        r->oom = true;
        return;
    }
    for (cmark_node *n = cmark_node_first_child(document); n && !r->oom; n = cmark_node_next(n)) {
        cmark_node_type type = cmark_node_get_type(n);
        if (type == CMARK_NODE_CODE_BLOCK) {
            read_code(r, n);
        } else if (type == CMARK_NODE_HEADING) {
            flush_text(r);
            read_step(r, n);
        } else {
            ecs_read_prose(r, n);
        }
    }
    flush_text(r);
    cmark_node_free(document);
    if (!r->lesson->n)
        ecs_read_error(r, r->line_offset, "add ## Predict, ## Observe, ## Explain, ## Transfer",
                       "the lesson has no steps");
}

static void read_all(struct ecs_reader *r, const char *name, const char *bytes, size_t size)
{
    if (!ecs_read_bytes(r, bytes, size))
        return;
    char *text = ecs_read_keep(r, bytes, size);
    if (!text)
        return;
    const char *body = ecs_read_front_matter(r, text);
    ecs_read_file_name(r, name);
    if (body)
        read_document(r, body);
    ecs_read_resolve(r, !r->unclosed);
    free(text);
}

int ecs_lesson_parse(const char *name, const char *bytes, size_t size,
                     const struct ecs_scenario *const *scenarios, size_t n_scenarios,
                     struct ecs_lesson **out, struct ecs_issues *issues)
{
    struct ecs_reader r = {.issues = issues, .scenarios = scenarios, .n_scenarios = n_scenarios};
    size_t before = issues ? issues->n : 0;
    *out = NULL;
    if (issues)
        snprintf(issues->file, sizeof issues->file, "%s", name);
    r.lesson = calloc(1, sizeof *r.lesson);
    if (!r.lesson)
        return -ENOMEM;
    r.lesson->path = ecs_read_keep(&r, name, strlen(name));
    read_all(&r, name, bytes, size);
    free(r.text.s);
    ecs_issues_sort(issues, before);
    if (r.errors || r.oom) {
        ecs_lesson_free(r.lesson);
        return r.oom ? -ENOMEM : -EINVAL;
    }
    *out = r.lesson;
    return 0;
}

/* Reads up to one byte more than a lesson may have: the parser sees that it is too large. */
static int read_file(const char *path, char **bytes, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    struct stat st;
    int rc = fstat(fd, &st) ? -errno : S_ISREG(st.st_mode) ? 0 : -ENOTSUP;
    if (rc == -ENOTSUP && S_ISDIR(st.st_mode))
        rc = -EISDIR;
    *bytes = rc ? NULL : malloc(ECS_LESSON_MAX_BYTES + 1);
    *size = 0;
    if (!rc && !*bytes)
        rc = -ENOMEM;
    while (!rc && *size < ECS_LESSON_MAX_BYTES + 1) {
        ssize_t n = read(fd, *bytes + *size, ECS_LESSON_MAX_BYTES + 1 - *size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = -errno;
        if (n <= 0)
            break;
        *size += (size_t)n;
    }
    close(fd);
    return rc;
}

int ecs_lesson_load(const char *path, struct ecs_lesson **out, struct ecs_issues *issues)
{
    char *bytes = NULL;
    size_t size = 0, n_scenarios = 0;
    int rc = read_file(path, &bytes, &size);
    *out = NULL;
    if (rc) {
        char what[300];
        snprintf(what, sizeof what, "cannot read the file: %s", strerror(-rc));
        if (issues)
            snprintf(issues->file, sizeof issues->file, "%s", path);
        ecs_issues_add(issues, false, 1, what, "check its name and its permissions");
    } else {
        const struct ecs_scenario *const *scenarios = ecs_scenarios(&n_scenarios);
        rc = ecs_lesson_parse(path, bytes, size, scenarios, n_scenarios, out, issues);
    }
    free(bytes);
    return rc;
}
