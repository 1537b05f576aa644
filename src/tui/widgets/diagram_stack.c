/* The lock-free stack: its head, the nodes that a walk from the head met, and what the stress
 * run has counted: nodes lost, owned twice, or never put there. */
#include <stdio.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/box.h"
#include "tui/widgets/diagram.h"

enum { NODE = 10, HEAD = 11, SAMPLES = 8 };

static void box(struct ecs_canvas *c, int x, int y, int w, enum ecs_role role, const char *text)
{
    ecs_put(c, x, y, 0x250c, role, 0);
    ecs_put(c, x + w - 1, y, 0x2510, role, 0);
    ecs_put(c, x, y + 2, 0x2514, role, 0);
    ecs_put(c, x + w - 1, y + 2, 0x2518, role, 0);
    for (int i = 1; i < w - 1; i++) {
        ecs_put(c, x + i, y, 0x2500, role, 0);
        ecs_put(c, x + i, y + 2, 0x2500, role, 0);
    }
    ecs_put(c, x, y + 1, 0x2502, role, 0);
    ecs_put(c, x + w - 1, y + 1, 0x2502, role, 0);
    ecs_text_cut(c, x + 2, y + 1, w - 3, ECS_ROLE_TEXT, ECS_BOLD, text);
}

static void arrow(struct ecs_canvas *c, int x, int y)
{
    ecs_put(c, x, y, 0x2500, ECS_ROLE_TEXT, 0);
    ecs_put(c, x + 1, y, 0x2500, ECS_ROLE_TEXT, 0);
    ecs_put(c, x + 2, y, 0x25b8, ECS_ROLE_TEXT, 0);
}

/* Where a node of the sample was met before, or -1. */
static int met(const uint64_t *node, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (node[k] == node[i])
            return (int)k;
    return -1;
}

static void list(struct ecs_canvas *c, struct ecs_rect r, int y, const struct ecs_picture *p,
                 bool tagged)
{
    const uint64_t *node = &p->value[ECS_STACK_SAMPLE];
    size_t n =
        p->value[ECS_STACK_N_SAMPLE] > SAMPLES ? SAMPLES : (size_t)p->value[ECS_STACK_N_SAMPLE];
    uint64_t on_list = p->value[ECS_STACK_ON_LIST];
    char text[64];
    size_t i = 0;
    int x = r.x, end = r.x + r.w;

    snprintf(text, sizeof text, tagged ? "head %llu" : "head",
             (unsigned long long)p->value[ECS_STACK_TAG]);
    box(c, x, y, HEAD, ECS_ROLE_TEXT, "head");
    if (tagged) {
        snprintf(text, sizeof text, "tag %llu",
                 (unsigned long long)(p->value[ECS_STACK_TAG] % 100000));
        ecs_text_cut(c, x + 1, y + 2, HEAD - 2, ECS_ROLE_KEY, ECS_BOLD, text);
    }
    x += HEAD;
    for (; i < n && x + 3 + NODE + 7 <= end; i++) {
        int before = met(node, i);
        arrow(c, x, y + 1);
        x += 3;
        if (before >= 0) {
            snprintf(text, sizeof text, "back to %llu: a ring", (unsigned long long)node[i]);
            ecs_text_cut(c, x + 1, y + 1, end - x - 1, ECS_ROLE_BAD, ECS_BOLD, text);
            return;
        }
        snprintf(text, sizeof text, "%llu", (unsigned long long)node[i]);
        box(c, x, y, NODE, ECS_ROLE_TEXT, text);
        x += NODE;
    }
    arrow(c, x, y + 1);
    if (on_list > i)
        snprintf(text, sizeof text, "\u2026 %llu more", (unsigned long long)(on_list - i));
    else
        snprintf(text, sizeof text, n ? "end" : "empty");
    ecs_text_cut(c, x + 4, y + 1, end - x - 4, ECS_ROLE_TEXT, 0, text);
}

static int total(struct ecs_canvas *c, int x, int y, int end, const char *name, uint64_t v,
                 bool bad)
{
    char number[ECS_FORMAT_MAX], text[ECS_FORMAT_MAX + 32];

    ecs_format_si((double)v, "", number, sizeof number);
    snprintf(text, sizeof text, "%s %s", name, number);
    return x + ecs_text_cut(c, x, y, end - x, bad && v ? ECS_ROLE_BAD : ECS_ROLE_TEXT,
                            bad && v ? ECS_BOLD : 0, text) + 3;
}

void ecs_diagram_stack(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d)
{
    const uint64_t *v = d->picture->value;
    const char *variant = ecs_diagram_choice(d, "variant");
    bool tagged = strcmp(variant, "tagged") == 0;
    uint64_t wrong =
        v[ECS_STACK_LOST] + v[ECS_STACK_DOUBLED] + v[ECS_STACK_FOREIGN] + v[ECS_STACK_CYCLE];
    int y = r.y, x = r.x, end = r.x + r.w;

    if (r.h >= 4) {
        list(c, r, y, d->picture, tagged);
        y += 3 + (r.h >= 6);
    }
    if (wrong) {
        x = total(c, x, y, end, "\u2717 lost", v[ECS_STACK_LOST], true);
        x = total(c, x, y, end, "owned twice", v[ECS_STACK_DOUBLED], true);
        x = total(c, x, y, end, "foreign", v[ECS_STACK_FOREIGN], true);
        total(c, x, y, end, "rings", v[ECS_STACK_CYCLE], true);
    } else {
        ecs_text_cut(c, x, y, r.w, ECS_ROLE_GOOD, ECS_BOLD,
                     "\u2713 each node has one owner, so far");
    }
    if (++y >= r.y + r.h)
        return;
    x = total(c, r.x, y, end, "nodes", v[ECS_STACK_NODES], false);
    if (strcmp(variant, "hazard") && strcmp(variant, "epoch"))
        return;
    x = total(c, x, y, end, "retired", v[ECS_STACK_RETIRED], false);
    total(c, x, y, end, "given back", v[ECS_STACK_RECLAIMED], false);
}
