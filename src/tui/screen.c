#include "tui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/screen_private.h"
#include <term.h>

#define ESCAPE_MS 50
#define LAST_FLUSH_MS 1000

/* Every glyph that the UTF-8 set may use, besides braille. */
static const char glyphs_used[] =
    "─│┌┐└┘├┤┬┴┼╭╮╯╰╌╎═┄┊╱╲╶╴●○◐◉◷①②③④⑤⑥⑦⑧▶◀▲▼▸◂✓✗×·…–—→←↑↓▣‖■□"
    "▁▂▃▄▅▆▇█▀▌▐░▒▓±µ≥≤≈";

static int open_memory(void)
{
    char name[] = "/tmp/ecscope-XXXXXX";
    int fd = memfd_create("frame", MFD_CLOEXEC);

    if (fd >= 0)
        return fd;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    unlink(name);
    return fd;
}

static bool has_string(const char *name)
{
    const char *value = tigetstr(name);
    return value && value != (char *)-1;
}

/* Before newterm(), which only says NULL. */
static int check_term(const char *term, int fd, struct ecs_error *e)
{
    int found = 0;

    if (!term || !*term) {
        ecs_fail(e, -EINVAL, "TERM is not set, so the terminal's language is unknown");
        ecs_error_mend(e, "for most terminals: export TERM=xterm-256color");
        return -EINVAL;
    }
    if (setupterm(term, fd, &found) != OK && found != 1) {
        ecs_fail(e, -EINVAL, "no description of the terminal TERM=%.64s is installed", term);
        ecs_error_mend(e, "for most terminals: export TERM=xterm-256color; "
                          "descriptions are in the package ncurses-term");
        return -EINVAL;
    }
    bool able = found == 1 && has_string("cup") && has_string("clear");
    del_curterm(set_curterm(NULL));
    if (!able) {
        ecs_fail(e, -EINVAL, "a terminal of kind TERM=%.64s cannot place text on its screen", term);
        ecs_error_mend(e, "use a command that needs no screen: `ecscope-learn list`, `run`, "
                          "`compare`");
        return -EINVAL;
    }
    return 0;
}

static bool every_glyph_is_one_wide(void)
{
    mbstate_t state;
    const char *p = glyphs_used;
    wchar_t ch;

    memset(&state, 0, sizeof state);
    for (size_t n; (n = mbrtowc(&ch, p, MB_CUR_MAX, &state)) != 0; p += n)
        if (n > 4 || wcwidth(ch) != 1)
            return false;
    return wcwidth(L'\u28ff') == 1;
}

static void choose_glyphs(struct ecs_screen *s, const char *term,
                          const struct ecs_screen_options *o)
{
    s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    s->ascii = o->ascii || !s->utf8;
    /* The Linux console speaks UTF-8, but its fonts hold at most 512 glyphs. */
    bool poor_font = strcmp(term, "linux") == 0;
    s->glyphs = s->ascii || poor_font || !every_glyph_is_one_wide() ? ECS_GLYPHS_ASCII
                                                                    : ECS_GLYPHS_UTF8;
}

static void choose_colours(struct ecs_screen *s, enum ecs_color wanted)
{
    const char *no_color = getenv("NO_COLOR");

    s->depth = ECS_DEPTH_MONO;
    s->n_pairs = 0;
    if (wanted == ECS_COLOR_NEVER || (wanted == ECS_COLOR_AUTO && no_color && *no_color))
        return;
    if (!has_colors() || start_color() != OK || COLORS < 8)
        return;
    if (use_default_colors() != OK)
        return;
    s->depth = COLORS >= 256 && wanted != ECS_COLOR_16 ? ECS_DEPTH_256 : ECS_DEPTH_16;
    s->pair_limit = COLOR_PAIRS - 1 < ECS_MAX_PAIRS ? COLOR_PAIRS - 1 : ECS_MAX_PAIRS;
}

static int allocate_cells(struct ecs_screen *s, int w, int h)
{
    size_t n = (size_t)w * (size_t)h;
    struct ecs_cell *shown = realloc(s->shown, n * sizeof *shown);
    if (shown)
        s->shown = shown;
    cchar_t *run = realloc(s->run, (size_t)w * sizeof *run);
    if (run)
        s->run = run;
    s->stale = true;
    return shown && run ? 0 : -ENOMEM;
}

/* The output is memory, whose size ncurses cannot ask for; it takes it from the environment, which
 * is put back. Without this it would begin by letting only the first 24 rows scroll. */
static SCREEN *new_terminal(struct ecs_screen *s, const char *term)
{
    const char *names[2] = {"LINES", "COLUMNS"};
    int sizes[2] = {s->h, s->w};
    char *before[2], number[16];

    for (int i = 0; i < 2; i++) {
        const char *value = getenv(names[i]);
        before[i] = value ? strdup(value) : NULL;
        snprintf(number, sizeof number, "%d", sizes[i]);
        setenv(names[i], number, 1);
    }
    SCREEN *made = newterm(term, s->output, s->input);
    for (int i = 0; i < 2; i++) {
        if (before[i])
            setenv(names[i], before[i], 1);
        else
            unsetenv(names[i]);
        free(before[i]);
    }
    return made;
}

/* Without meta() ncurses cuts the eighth bit off, and a letter of another alphabet becomes some key
 * or control character. What meta() sends (smm) would change how a terminal encodes Alt: it is
 * dropped. */
static void let_eight_bits_through(struct ecs_screen *s)
{
    struct stat size;

    fflush(s->output);
    if (fstat(s->memory, &size) < 0)
        size.st_size = 0;
    meta(stdscr, TRUE);
    fflush(s->output);
    if (ftruncate(s->memory, size.st_size) == 0)
        lseek(s->memory, size.st_size, SEEK_SET);
}

static int start_curses(struct ecs_screen *s, const char *term, const struct ecs_screen_options *o,
                        struct ecs_error *e)
{
    s->memory = open_memory();
    int copy = s->memory < 0 ? -1 : fcntl(s->memory, F_DUPFD_CLOEXEC, 3);
    s->output = copy < 0 ? NULL : fdopen(copy, "w");
    int in = s->detached ? open("/dev/null", O_RDONLY | O_CLOEXEC)
                         : fcntl(s->tty.in, F_DUPFD_CLOEXEC, 3);
    s->input = in < 0 ? NULL : fdopen(in, "r");
    if (!s->output || !s->input)
        return ecs_fail(e, -errno, "no memory to draw into: %s", strerror(errno));

    /* Padding is for terminals of glass; the bytes go to memory here. */
    setenv("NCURSES_NO_PADDING", "1", 0);
    set_escdelay(ESCAPE_MS);
    s->curses = new_terminal(s, term);
    if (!s->curses)
        return ecs_fail(e, -EINVAL, "ncurses cannot drive a terminal of kind TERM=%.64s", term);
    set_term(s->curses);
    if (LINES != s->h || COLS != s->w)
        resize_term(s->h, s->w);
    choose_colours(s, o->color);
    raw();
    noecho();
    nonl();
    typeahead(-1);
    leaveok(stdscr, TRUE);
    curs_set(0);
    let_eight_bits_through(s);
    s->keys = newpad(1, 1);
    if (!s->keys)
        return ecs_fail(e, -ENOMEM, "no memory for the screen");
    keypad(s->keys, TRUE);
    nodelay(s->keys, TRUE);
    mouseinterval(0);
    if (s->mouse)
        mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    return 0;
}

static int open_screen(struct ecs_screen *s, const char *term, const struct ecs_screen_options *o,
                       struct ecs_error *e)
{
    setlocale(LC_CTYPE, "");
    s->mouse = o->mouse;
    choose_glyphs(s, term, o);
    int rc = allocate_cells(s, s->w, s->h);
    if (rc < 0)
        return ecs_fail(e, rc, "no memory for the screen");
    rc = start_curses(s, term, o, e);
    if (rc < 0)
        return rc;
    s->entered = true;
    return 0;
}

int ecs_screen_open(const struct ecs_screen_options *o, struct ecs_screen **out,
                    struct ecs_error *e)
{
    const char *term = getenv("TERM");
    struct ecs_screen *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s)
        return ecs_fail(e, -ENOMEM, "no memory for the screen");
    s->memory = s->tty.in = s->tty.out = -1;
    int rc = ecs_tty_open(&s->tty, e);
    if (rc == 0)
        rc = check_term(term, s->tty.out, e);
    if (rc == 0) {
        ecs_tty_size(&s->tty, &s->w, &s->h);
        int raw_rc = ecs_tty_raw(&s->tty);
        rc = raw_rc == 0 ? open_screen(s, term, o, e)
                         : ecs_fail(e, raw_rc, "the terminal's modes cannot be set: %s",
                                    strerror(-raw_rc));
    }
    if (rc < 0) {
        ecs_screen_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

int ecs_screen_open_detached(const char *term, int w, int h, const struct ecs_screen_options *o,
                             struct ecs_screen **out, struct ecs_error *e)
{
    struct ecs_screen *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s)
        return ecs_fail(e, -ENOMEM, "no memory for the screen");
    s->memory = s->tty.in = s->tty.out = -1;
    s->detached = true;
    s->w = w < 1 ? 1 : w;
    s->h = h < 1 ? 1 : h;
    int rc = check_term(term, STDERR_FILENO, e);
    if (rc == 0)
        rc = open_screen(s, term, o, e);
    if (rc < 0) {
        ecs_screen_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

void ecs_screen_close(struct ecs_screen *s)
{
    if (!s)
        return;
    ecs_screen_leave(s);
    if (s->keys)
        delwin(s->keys);
    if (s->curses)
        delscreen(s->curses);
    if (s->input)
        fclose(s->input);
    if (s->output)
        fclose(s->output);
    if (s->memory >= 0)
        close(s->memory);
    if (!s->detached) {
        ecs_tty_cooked(&s->tty);
        ecs_tty_close(&s->tty);
    }
    ecs_outbox_free(&s->box);
    free(s->shown);
    free(s->run);
    free(s);
}

void ecs_screen_leave(struct ecs_screen *s)
{
    if (!s->entered)
        return;
    s->entered = false;
    endwin();
    ecs_screen_collect(s, false);
    if (s->detached)
        return;
    ecs_tty_write(&s->tty, s->box.bytes + s->box.at, s->box.n - s->box.at, LAST_FLUSH_MS);
    s->box.total += s->box.n - s->box.at;
    s->box.at = s->box.n = 0;
    ecs_tty_cooked(&s->tty);
}

void ecs_screen_enter(struct ecs_screen *s)
{
    if (s->detached)
        return;
    ecs_tty_raw(&s->tty);
    s->entered = true;
    ecs_screen_resize(s);
}

enum ecs_glyphs ecs_screen_glyphs(const struct ecs_screen *s)
{
    return s->glyphs;
}

enum ecs_depth ecs_screen_depth(const struct ecs_screen *s)
{
    return s->depth;
}

void ecs_screen_size(const struct ecs_screen *s, int *w, int *h)
{
    *w = s->w;
    *h = s->h;
}

void ecs_screen_resize(struct ecs_screen *s)
{
    int w = s->w, h = s->h;

    if (!s->detached)
        ecs_tty_size(&s->tty, &w, &h);
    if (w != s->w || h != s->h) {
        if (allocate_cells(s, w > s->w ? w : s->w, h > s->h ? h : s->h) < 0 ||
            resize_term(h, w) != OK)
            return;
        s->w = w;
        s->h = h;
    }
    ecs_screen_redraw(s);
}

void ecs_screen_redraw(struct ecs_screen *s)
{
    clearok(curscr, TRUE);
    s->stale = true;
}

int ecs_screen_input_fd(const struct ecs_screen *s)
{
    return s->tty.in;
}

int ecs_screen_output_fd(const struct ecs_screen *s)
{
    return s->tty.out;
}

bool ecs_screen_gone(const struct ecs_screen *s)
{
    return !s->detached && ecs_tty_gone(&s->tty);
}
