#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

#define FORMAT_VERSION 1

static const struct front_key {
    const char *name;
    bool required;
    const char *example;
} front_keys[] = {
    {"format", true, "format: 1"},
    {"id", true, "id: false-sharing"},
    {"title", true, "title: Two counters, one cache line"},
    {"objective", true, "objective: what the learner can do afterwards"},
    {"misconception", true, "misconception: M7 different variables never interfere"},
    {"requires", false, "requires: cache-line, affinity"},
    {"outcome", false, "outcome: what the learner takes away"},
    {"minutes", true, "minutes: 12"},
};
enum { N_KEYS = sizeof front_keys / sizeof *front_keys };

bool ecs_read_is_name(const char *s, bool hyphens)
{
    size_t n = 0;
    for (; s[n]; n++) {
        bool small = s[n] >= 'a' && s[n] <= 'z', digit = s[n] >= '0' && s[n] <= '9';
        if (!small && !(n && (digit || s[n] == '_' || (hyphens && s[n] == '-'))))
            return false;
    }
    return n > 0 && n < 32;
}

void ecs_read_file_name(struct ecs_reader *r, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    size_t n = strlen(base);
    int number = 0, digits = 0;
    while (base[digits] >= '0' && base[digits] <= '9' && digits < 4)
        number = number * 10 + (base[digits++] - '0');
    if (digits < 2 || digits > 3 || base[digits] != '-' || n < (size_t)digits + 5 ||
        strcmp(base + n - 3, ".md")) {
        ecs_read_error(r, 1, "rename it to NN-id.md, such as 09-false-sharing.md",
                       "'%.60s' is not the name of a lesson", base);
        return;
    }
    r->lesson->number = number;
    const char *id = r->lesson->id;
    size_t length = n - (size_t)digits - 4;
    if (id && (strlen(id) != length || memcmp(id, base + digits + 1, length))) {
        char mend[160];
        snprintf(mend, sizeof mend, "rename the file to %02d-%.60s.md, or write id: %.*s", number,
                 id, (int)(length < 60 ? length : 60), base + digits + 1);
        ecs_read_error(r, 1, mend, "the id '%.60s' does not match the file name '%.60s'", id, base);
    }
}

static int key_index(const char *key)
{
    for (int i = 0; i < N_KEYS; i++)
        if (!strcmp(front_keys[i].name, key))
            return i;
    return -1;
}

static void read_number(struct ecs_reader *r, int line, const char *key, const char *value)
{
    char *end;
    long n = strtol(value, &end, 10);
    bool plain = *value >= '0' && *value <= '9' && !*end;
    if (!strcmp(key, "format") && (!plain || n != FORMAT_VERSION))
        ecs_read_error(r, line, "write format: 1, or use a newer ecscope-learn",
                       "format '%.40s' is unknown", value);
    if (!strcmp(key, "minutes")) {
        if (!plain || n < 1 || n > 240)
            ecs_read_error(r, line, "write a whole number from 1 to 240",
                           "minutes '%.40s' is not a time", value);
        else
            r->lesson->minutes = (int)n;
    }
}

static void read_value(struct ecs_reader *r, int line, const char *key, const char *value)
{
    struct ecs_lesson *l = r->lesson;
    const struct { const char *key; char **slot; } slots[] = {
        {"id", &l->id}, {"title", &l->title}, {"objective", &l->objective},
        {"misconception", &l->misconception}, {"requires", &l->requires}, {"outcome", &l->outcome},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (!strcmp(slots[i].key, key) && !*slots[i].slot)
            *slots[i].slot = ecs_read_keep(r, value, strlen(value));
    if (!strcmp(key, "id") && !ecs_read_is_name(value, true))
        ecs_read_error(r, line, "use lower-case letters, digits and '-', at most 31",
                       "'%.60s' is not an id", value);
    read_number(r, line, key, value);
}

static char *trim(char *s)
{
    s += strspn(s, " \t");
    size_t n = strlen(s);
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        s[--n] = 0;
    return s;
}

static void read_line(struct ecs_reader *r, int line, char *text, bool *seen)
{
    text = trim(text);
    if (!*text)
        return;
    char *colon = strchr(text, ':');
    if (!colon) {
        ecs_read_error(r, line, "write key: value, or end the front matter with ---",
                       "'%.60s' is not key: value", text);
        return;
    }
    *colon = 0;
    char *key = trim(text), *value = trim(colon + 1);
    int i = key_index(key);
    if (i < 0) {
        const char *known[N_KEYS + 1] = {0};
        for (int k = 0; k < N_KEYS; k++)
            known[k] = front_keys[k].name;
        char mend[160];
        ecs_read_error(r, line,
                       ecs_read_near(key, known, "keys are format id title objective misconception "
                                                 "requires outcome minutes", mend, sizeof mend),
                       "unknown key '%.40s' in the front matter", key);
        return;
    }
    if (seen[i])
        ecs_read_error(r, line, "keep one of them", "'%s' appears twice in the front matter", key);
    else if (!*value)
        ecs_read_error(r, line, front_keys[i].example, "'%s' has no value", key);
    else
        read_value(r, line, key, value);
    seen[i] = true;
}

const char *ecs_read_front_matter(struct ecs_reader *r, const char *text)
{
    bool seen[N_KEYS] = {false};
    if (strncmp(text, "---\n", 4)) {
        ecs_read_error(r, 1, "begin the file with a line ---, key: value lines, and a line ---",
                       "the front matter is missing");
        return NULL;
    }
    const char *p = text + 4;
    int line = 2;
    for (; *p; line++) {
        size_t n = strcspn(p, "\n");
        if (n == 3 && !memcmp(p, "---", 3))
            break;
        char *copy = ecs_read_keep(r, p, n);
        if (copy)
            read_line(r, line, copy, seen);
        free(copy);
        p += n + (p[n] == '\n');
        if (!strncmp(p, "##", 2) || line > 64)
            break;                    /* a step has begun: the end was forgotten */
    }
    if (strncmp(p, "---", 3) || (p[3] && p[3] != '\n')) {
        ecs_read_error(r, line, "end it with a line ---", "the front matter has no end");
        return NULL;
    }
    for (int i = 0; i < N_KEYS; i++)
        if (front_keys[i].required && !seen[i]) {
            char mend[96];
            snprintf(mend, sizeof mend, "add a line such as: %s", front_keys[i].example);
            ecs_read_error(r, line, mend, "the front matter lacks '%s'", front_keys[i].name);
        }
    p += 3;
    r->line_offset = line;
    return *p ? p + 1 : p;
}
