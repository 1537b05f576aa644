#include "tui/keymap.h"
#include "tui/screen_private.h"
#include "tui/utf8.h"

#define LONGEST_SEQUENCE 64
#define CTRL_C 3

static uint32_t from_curses(int code)
{
    switch (code) {
    case KEY_UP: return ECS_KEY_UP;
    case KEY_DOWN: return ECS_KEY_DOWN;
    case KEY_LEFT: return ECS_KEY_LEFT;
    case KEY_RIGHT: return ECS_KEY_RIGHT;
    case KEY_PPAGE: return ECS_KEY_PGUP;
    case KEY_NPAGE: return ECS_KEY_PGDN;
    case KEY_HOME: return ECS_KEY_HOME;
    case KEY_END: return ECS_KEY_END;
    case KEY_ENTER: return ECS_KEY_ENTER;
    case KEY_BTAB: return ECS_KEY_BACKTAB;
    case KEY_BACKSPACE: return ECS_KEY_BACKSPACE;
    case KEY_F(1): return ECS_KEY_F1;
    default: return 0;
    }
}

static uint32_t from_control(int byte)
{
    switch (byte) {
    case '\r':
    case '\n': return ECS_KEY_ENTER;
    case '\t': return ECS_KEY_TAB;
    case '\b':
    case 0x7f: return ECS_KEY_BACKSPACE;
    default: return (uint32_t)byte;
    }
}

static uint32_t from_mouse(int *x, int *y)
{
    MEVENT event;

    if (getmouse(&event) != OK)
        return 0;
    *x = event.x;
    *y = event.y;
    if (event.bstate & BUTTON4_PRESSED)
        return ECS_KEY_UP;
    if (event.bstate & BUTTON5_PRESSED)
        return ECS_KEY_DOWN;
    return event.bstate & BUTTON1_PRESSED ? ECS_KEY_MOUSE : 0;
}

/* The final byte of a cursor key, in either of the terminal's modes. */
static uint32_t from_final(int byte)
{
    switch (byte) {
    case 'A': return ECS_KEY_UP;
    case 'B': return ECS_KEY_DOWN;
    case 'C': return ECS_KEY_RIGHT;
    case 'D': return ECS_KEY_LEFT;
    case 'H': return ECS_KEY_HOME;
    case 'F': return ECS_KEY_END;
    case 'Z': return ECS_KEY_BACKTAB;
    default: return 0;
    }
}

/* The number of a VT220's editing keys, \e[5~. */
static uint32_t from_editing(int number)
{
    switch (number) {
    case 1:
    case 7: return ECS_KEY_HOME;
    case 4:
    case 8: return ECS_KEY_END;
    case 5: return ECS_KEY_PGUP;
    case 6: return ECS_KEY_PGDN;
    default: return 0;
    }
}

/* A control sequence whose introducer has been read, which terminfo does not know: swallowed up
 * to its final byte (ECMA-48, 5.4). Keys that came in two pieces, or that the terminal sends
 * otherwise than its description says, are told apart here. */
static uint32_t control_sequence(struct ecs_screen *s)
{
    int number = 0;

    for (int i = 0; i < LONGEST_SEQUENCE; i++) {
        int byte = wgetch(s->keys);
        if (byte == ERR)
            return 0;
        if (byte < 0x20)
            return from_control(byte);       /* a control character breaks it off */
        if (byte >= 0x40 && byte <= 0x7e)
            return i == 0 ? from_final(byte) : i == 1 && byte == '~' ? from_editing(number) : 0;
        number = byte >= '0' && byte <= '9' ? byte - '0' : 0;
    }
    return 0;
}

/* Device control and operating system commands: up to BEL or ESC \. */
static uint32_t control_string(struct ecs_screen *s)
{
    int byte, before = 0;

    while ((byte = wgetch(s->keys)) != ERR && byte != '\a' && !(before == '\033' && byte == '\\')) {
        if (byte == CTRL_C)
            return CTRL_C;
        before = byte;
    }
    return 0;
}

/* An Esc with something right behind it is not the Esc key. ^C gets through whatever is before. */
static uint32_t after_escape(struct ecs_screen *s)
{
    int next = wgetch(s->keys);

    switch (next) {
    case ERR:
        s->after_escape = true;
        return ECS_KEY_ESC;
    case '[':
        return control_sequence(s);
    case 'O':
        next = wgetch(s->keys);
        return next == CTRL_C ? CTRL_C : from_final(next);
    case CTRL_C:
        return CTRL_C;
    case ']':
    case 'P':
    case '_':
    case '^':
        return control_string(s);
    default:
        return 0;
    }
}

/* One byte of a UTF-8 character; the character once it is whole. */
static uint32_t utf8_byte(struct ecs_screen *s, int byte)
{
    if ((byte & 0xc0) == 0x80) {
        if (s->partial_left == 0)
            return 0;
        s->partial = s->partial << 6 | ((uint32_t)byte & 0x3f);
        if (--s->partial_left > 0)
            return 0;
        return ecs_char_width(s->partial) >= 0 && s->partial <= 0x10ffff ? s->partial : 0;
    }
    s->partial_left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    s->partial = (uint32_t)byte & (0x3fu >> s->partial_left);
    return 0;
}

static uint32_t decode(struct ecs_screen *s, int code, int *x, int *y)
{
    bool follows_escape = s->after_escape;

    s->after_escape = false;
    if (code > 0xff) {
        s->partial_left = 0;
        return code == KEY_MOUSE ? from_mouse(x, y) : from_curses(code);
    }
    if (code >= 0x80)
        return utf8_byte(s, code);
    s->partial_left = 0;
    if (code == '\033')
        return after_escape(s);
    /* The rest of a sequence that a slow line tore apart. */
    if (follows_escape && code == '[')
        return control_sequence(s);
    return code < 0x20 || code == 0x7f ? from_control(code) : (uint32_t)code;
}

bool ecs_screen_key(struct ecs_screen *s, uint32_t *key, int *x, int *y)
{
    int code;

    while ((code = wgetch(s->keys)) != ERR) {
        *key = decode(s, code, x, y);
        if (*key != 0)
            return true;
    }
    return false;
}
