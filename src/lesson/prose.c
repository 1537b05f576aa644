#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

/* Where the walk through one node stands. */
struct walk {
    struct ecs_reader *r;
    int line;
    int strong, emph, quiet;         /* nesting; quiet: inside something that is not shown */
    bool item;                       /* the next paragraph begins a list item */
    cmark_node *item_node;
};

static void put(struct ecs_reader *r, char c)
{
    struct ecs_text *t = &r->text;
    if (t->n + 2 > t->room) {
        size_t room = t->room ? t->room * 2 : 256;
        char *s = realloc(t->s, room);
        if (!s) {
            r->oom = true;
            return;
        }
        t->s = s;
        t->room = room;
    }
    t->s[t->n++] = c;
    t->s[t->n] = 0;
}

static void put_text(struct ecs_reader *r, const char *s, int line)
{
    bool reported = false;
    for (; s && *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool control = c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0);
        if (control && c != '\t' && c != '\n' && !reported) {
            ecs_read_error(r, line, "write the character itself",
                           "a reference to a control character");
            reported = true;
        }
        if (control && c == 0xc2)
            s++;
        put(r, control ? ' ' : *s);
    }
}

static void put_code_block(struct ecs_reader *r, const char *s)
{
    while (s && *s) {
        size_t n = strcspn(s, "\n"), column = 0;
        if (r->text.n)
            put(r, '\n');
        put(r, ECS_TEXT_PRE);
        for (size_t i = 0; i < n; i++) {
            size_t to = s[i] == '\t' ? (column / 8 + 1) * 8 : column + 1;
            for (; column < to; column++)
                put(r, s[i] == '\t' ? ' ' : s[i]);
        }
        s += n + (s[n] == '\n');
    }
}

/* "2. " for the second item of a list that begins with 1. */
static void put_item_number(struct walk *w)
{
    cmark_node *list = cmark_node_parent(w->item_node);
    if (!list || cmark_node_get_list_type(list) != CMARK_ORDERED_LIST)
        return;
    int number = cmark_node_get_list_start(list);
    for (cmark_node *n = cmark_node_previous(w->item_node); n && number < 99;
         n = cmark_node_previous(n))
        number++;
    char digits[4] = {number >= 10 ? (char)('0' + number / 10 % 10) : '\0', 0};
    put_text(w->r, digits, w->line);
    digits[0] = (char)('0' + number % 10);
    digits[1] = '.';
    digits[2] = ' ';
    put_text(w->r, digits, w->line);
}

static void begin_paragraph(struct walk *w)
{
    if (w->r->text.n)
        put(w->r, '\n');
    if (w->item) {
        put(w->r, ECS_TEXT_ITEM);
        put_item_number(w);
    }
    w->item = false;
}

static void refuse(struct walk *w, cmark_node *node)
{
    struct ecs_reader *r = w->r;
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
        ecs_read_error(r, w->line, "write it in Markdown, or in backticks if it is to be shown",
                       "HTML in a lesson");
        break;
    case CMARK_NODE_IMAGE:
        ecs_read_error(r, w->line, "say it in words, or draw it in a code block",
                       "a picture cannot be shown");
        break;
    case CMARK_NODE_HEADING:
        ecs_read_error(r, w->line, "take it out of the list or quotation",
                       "a heading inside a list or quotation");
        break;
    default:
        ecs_read_error(r, w->line, "delete it, or begin a step with ##", "a line across the page");
        break;
    }
}

static void mark(struct walk *w, int *depth, bool enter, char c)
{
    *depth += enter ? 1 : -1;
    if (*depth == (enter ? 1 : 0))
        put(w->r, c);
}

static void code_block(struct walk *w, cmark_node *node)
{
    if (cmark_node_parent(node) &&
        cmark_node_get_type(cmark_node_parent(node)) != CMARK_NODE_DOCUMENT &&
        ecs_read_is_block(cmark_node_get_fence_info(node))) {
        ecs_read_error(w->r, w->line, "put it at the left margin, behind an empty line",
                       "a lesson block inside a list or quotation");
        return;
    }
    put_code_block(w->r, cmark_node_get_literal(node));
}

static void visit(struct walk *w, cmark_node *node, bool enter)
{
    struct ecs_reader *r = w->r;
    cmark_node_type type = cmark_node_get_type(node);
    if (type <= CMARK_NODE_LAST_BLOCK && cmark_node_get_start_line(node) > 0)
        w->line = cmark_node_get_start_line(node) + r->line_offset;
    switch (type) {
    case CMARK_NODE_STRONG: mark(w, &w->strong, enter, ECS_TEXT_BOLD); break;
    case CMARK_NODE_EMPH: mark(w, &w->emph, enter, ECS_TEXT_EMPH); break;
    case CMARK_NODE_ITEM:
        w->item = enter;
        w->item_node = node;
        break;
    case CMARK_NODE_PARAGRAPH:
        if (enter)
            begin_paragraph(w);
        break;
    case CMARK_NODE_TEXT: put_text(r, cmark_node_get_literal(node), w->line); break;
    case CMARK_NODE_SOFTBREAK: put(r, ' '); break;
    case CMARK_NODE_LINEBREAK: put(r, '\n'); break;
    case CMARK_NODE_CODE:
        put(r, ECS_TEXT_CODE);
        put_text(r, cmark_node_get_literal(node), w->line);
        put(r, ECS_TEXT_CODE);
        break;
    case CMARK_NODE_CODE_BLOCK: code_block(w, node); break;
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
    case CMARK_NODE_IMAGE:
    case CMARK_NODE_HEADING:
    case CMARK_NODE_THEMATIC_BREAK:
        if (enter)
            refuse(w, node);
        break;
    default: break;     /* lists, quotations and links show what is in them */
    }
}

void ecs_read_prose(struct ecs_reader *r, cmark_node *node)
{
    struct walk w = {.r = r, .line = cmark_node_get_start_line(node) + r->line_offset};
    if (!r->text.n)
        r->text_line = w.line;
    cmark_iter *iter = cmark_iter_new(node);
    for (cmark_event_type e; (e = cmark_iter_next(iter)) != CMARK_EVENT_DONE;)
        visit(&w, cmark_iter_get_node(iter), e == CMARK_EVENT_ENTER);
    cmark_iter_free(iter);
}

char *ecs_read_heading(struct ecs_reader *r, cmark_node *node)
{
    struct ecs_text kept = r->text;
    int line = cmark_node_get_start_line(node) + r->line_offset;
    r->text = (struct ecs_text){0};
    put(r, ' ');                      /* so that an empty heading has a text, too */
    cmark_iter *iter = cmark_iter_new(node);
    for (cmark_event_type e; (e = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(n);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
            put_text(r, cmark_node_get_literal(n), line);
        else if (type == CMARK_NODE_SOFTBREAK)
            put(r, ' ');
    }
    cmark_iter_free(iter);
    char *title = r->text.s ? ecs_read_keep(r, r->text.s + 1, r->text.n - 1) : NULL;
    free(r->text.s);
    r->text = kept;
    return title;
}
