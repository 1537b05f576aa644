#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/ascii.h"
#include "tui/screen_private.h"
#include "tui/utf8.h"

/* Smaller frames arrive in one piece anyway. */
#define WRAP_BYTES 256

/* Pair 0 is the terminal's own colours. */
static short pair_of(struct ecs_screen *s, short fg, short bg)
{
    if (fg < 0 && bg < 0)
        return 0;
    for (int i = 0; i < s->n_pairs; i++)
        if (s->pair[i].fg == fg && s->pair[i].bg == bg)
            return (short)(i + 1);
    if (s->n_pairs >= s->pair_limit || init_pair((short)(s->n_pairs + 1), fg, bg) != OK)
        return 0;
    s->pair[s->n_pairs].fg = fg;
    s->pair[s->n_pairs].bg = bg;
    return (short)++s->n_pairs;
}

static attr_t curses_attr(unsigned attr)
{
    return (attr & ECS_BOLD ? A_BOLD : 0) | (attr & ECS_REVERSE ? A_REVERSE : 0) |
           (attr & ECS_UNDERLINE ? A_UNDERLINE : 0);
}

static void dress(struct ecs_screen *s, enum ecs_theme_name theme)
{
    for (int role = 0; role < ECS_ROLES; role++) {
        struct ecs_style style = ecs_theme_style(theme, s->depth, (enum ecs_role)role);
        s->style[role].attr = curses_attr(style.attr);
        /* Where there are only eight, the bright ones are the bold ones. */
        if (s->depth != ECS_DEPTH_MONO && COLORS < 16) {
            if (style.fg >= 8) {
                style.fg = (short)(style.fg - 8);
                s->style[role].attr |= A_BOLD;
            }
            if (style.bg >= 8)
                style.bg = (short)(style.bg - 8);
        }
        s->style[role].pair = s->depth == ECS_DEPTH_MONO ? 0 : pair_of(s, style.fg, style.bg);
    }
    s->theme = theme;
    s->stale = true;
}

/* What can go out for `ch` in as many columns as the canvas gave it. */
static wchar_t sendable(const struct ecs_screen *s, uint32_t ch)
{
    if (ch >= 0x20 && ch < 0x7f)
        return (wchar_t)ch;
    if (ecs_char_width(ch) < 1)
        return L'?';
    if (s->ascii)
        return (wchar_t)(unsigned char)ecs_ascii(ch);
    return wcwidth((wchar_t)ch) == ecs_char_width(ch) ? (wchar_t)ch : L'?';
}

static void set_cell(const struct ecs_screen *s, cchar_t *out, wchar_t ch,
                     const struct ecs_cell *cell)
{
    wchar_t text[2] = {ch, L'\0'};
    int role = cell->role < ECS_ROLES ? cell->role : ECS_ROLE_TEXT;

    setcchar(out, text, s->style[role].attr | curses_attr(cell->attr), s->style[role].pair, NULL);
}

/* A run of cells [x, end); a wide character takes two cells and one entry. */
static void send_run(struct ecs_screen *s, const struct ecs_cell *row, int x, int end, int y)
{
    int n = 0;

    for (int i = x; i < end; i++) {
        bool wide = i + 1 < end && row[i + 1].attr & ECS_WIDE_TAIL;
        wchar_t ch = row[i].attr & ECS_WIDE_TAIL ? L' ' : sendable(s, row[i].ch);
        set_cell(s, &s->run[n++], ch, &row[i]);
        if (wide && ch >= 0x80)
            i++;
    }
    mvwadd_wchnstr(stdscr, y, x, s->run, n);
}

static bool same(const struct ecs_cell *a, const struct ecs_cell *b)
{
    return a->ch == b->ch && a->role == b->role && a->attr == b->attr;
}

static void send_row(struct ecs_screen *s, const struct ecs_cell *row, struct ecs_cell *old,
                     int w, int y)
{
    for (int x = 0; x < w;) {
        if (!s->stale && same(&row[x], &old[x])) {
            x++;
            continue;
        }
        int first = x > 0 && row[x].attr & ECS_WIDE_TAIL ? x - 1 : x;
        /* Never stops between the halves of a wide character. */
        while (x < w && (s->stale || !same(&row[x], &old[x]) || row[x].attr & ECS_WIDE_TAIL))
            x++;
        send_run(s, row, first, x, y);
    }
    memcpy(old, row, (size_t)w * sizeof *old);
}

size_t ecs_screen_show(struct ecs_screen *s, const struct ecs_canvas *c, enum ecs_theme_name theme)
{
    int w = c->w < s->w ? c->w : s->w, h = c->h < s->h ? c->h : s->h;

    if (theme != s->theme || !s->dressed)
        dress(s, theme);
    s->dressed = true;
    if (s->stale)
        werase(stdscr);
    for (int y = 0; y < h; y++)
        send_row(s, &c->cell[(size_t)y * (size_t)c->w], &s->shown[(size_t)y * (size_t)s->w], w, y);
    s->stale = w != s->w || h != s->h;
    wnoutrefresh(stdscr);
    doupdate();
    return ecs_screen_collect(s, true);
}

size_t ecs_screen_collect(struct ecs_screen *s, bool frame)
{
    static const char begin[] = "\033[?2026h", finish[] = "\033[?2026l";
    char part[16384];
    struct stat size;

    fflush(s->output);
    if (fstat(s->memory, &size) < 0 || size.st_size == 0)
        return 0;
    bool wrap = frame && size.st_size > WRAP_BYTES;
    bool lost = wrap && ecs_outbox_put(&s->box, begin, sizeof begin - 1) < 0;
    for (off_t at = 0; at < size.st_size;) {
        ssize_t n = pread(s->memory, part, sizeof part, at);
        if (n <= 0)
            break;
        lost |= ecs_outbox_put(&s->box, part, (size_t)n) < 0;
        at += n;
    }
    lost |= wrap && ecs_outbox_put(&s->box, finish, sizeof finish - 1) < 0;
    if (ftruncate(s->memory, 0) < 0 || lseek(s->memory, 0, SEEK_SET) < 0 || lost)
        ecs_screen_redraw(s);
    return (size_t)size.st_size + (wrap ? sizeof begin + sizeof finish - 2 : 0);
}

bool ecs_screen_pending(const struct ecs_screen *s)
{
    return ecs_outbox_pending(&s->box);
}

int ecs_screen_flush(struct ecs_screen *s)
{
    return s->detached ? 0 : ecs_outbox_flush(&s->box, s->tty.out);
}

const char *ecs_screen_take(struct ecs_screen *s, size_t *n)
{
    const char *bytes = s->box.bytes + s->box.at;

    *n = s->box.n - s->box.at;
    s->box.at = s->box.n;
    return bytes;
}

uint64_t ecs_screen_bytes(const struct ecs_screen *s)
{
    return s->box.total;
}

uint64_t ecs_screen_first_byte_ns(const struct ecs_screen *s)
{
    return s->box.first_ns;
}
