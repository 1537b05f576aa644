#include "tui/theme.h"

/* Okabe and Ito, "Color Universal Design" (2008), mapped to xterm's palette: A orange, B blue,
 * bad vermillion, good bluish green, C reddish purple. A heat cell has its colour behind it and
 * black or white upon it, so that what is written in it can be read. */

#define PLAIN {-1, -1, 0}
#define FG(n) {n, -1, 0}
#define STRONG(n) {n, -1, ECS_BOLD}

/* Dark blue to yellow, luminance rising all the way. */
#define HEAT256 \
    [ECS_ROLE_HEAT0] = {231, 17, 0}, [ECS_ROLE_HEAT1] = {231, 19, 0}, \
    [ECS_ROLE_HEAT2] = {231, 25, 0}, [ECS_ROLE_HEAT3] = {16, 31, 0}, \
    [ECS_ROLE_HEAT4] = {16, 37, 0}, [ECS_ROLE_HEAT5] = {16, 114, 0}, \
    [ECS_ROLE_HEAT6] = {16, 190, 0}, [ECS_ROLE_HEAT7] = {16, 226, 0}

static const struct ecs_style dark256[ECS_ROLES] = {
    [ECS_ROLE_TEXT] = PLAIN, [ECS_ROLE_MUTED] = FG(245), [ECS_ROLE_TITLE] = STRONG(-1),
    [ECS_ROLE_BORDER] = FG(245), [ECS_ROLE_KEY] = STRONG(117), [ECS_ROLE_CODE] = FG(152),
    [ECS_ROLE_A] = FG(208), [ECS_ROLE_B] = FG(39), [ECS_ROLE_C] = FG(175),
    [ECS_ROLE_GOOD] = FG(36), [ECS_ROLE_BAD] = FG(202), [ECS_ROLE_WARN] = FG(220),
    [ECS_ROLE_GUESS] = FG(227), [ECS_ROLE_AXIS] = FG(245), [ECS_ROLE_MARK] = STRONG(255),
    [ECS_ROLE_BADGE] = STRONG(151), [ECS_ROLE_BAR] = FG(74), [ECS_ROLE_SELECTED] = {16, 117, 0},
    HEAT256,
};

static const struct ecs_style light256[ECS_ROLES] = {
    [ECS_ROLE_TEXT] = PLAIN, [ECS_ROLE_MUTED] = FG(240), [ECS_ROLE_TITLE] = STRONG(-1),
    [ECS_ROLE_BORDER] = FG(240), [ECS_ROLE_KEY] = STRONG(18), [ECS_ROLE_CODE] = FG(23),
    [ECS_ROLE_A] = FG(130), [ECS_ROLE_B] = FG(25), [ECS_ROLE_C] = FG(90),
    [ECS_ROLE_GOOD] = FG(29), [ECS_ROLE_BAD] = FG(124), [ECS_ROLE_WARN] = FG(94),
    [ECS_ROLE_GUESS] = FG(55), [ECS_ROLE_AXIS] = FG(240), [ECS_ROLE_MARK] = STRONG(16),
    [ECS_ROLE_BADGE] = STRONG(22), [ECS_ROLE_BAR] = FG(24), [ECS_ROLE_SELECTED] = {231, 25, 0},
    HEAT256,
};

/* Sixteen colours are each terminal's own idea of a colour: only the ones that keep their distance
 * from the background in xterm's palette are used. */
static const struct ecs_style dark16[ECS_ROLES] = {
    [ECS_ROLE_TEXT] = PLAIN, [ECS_ROLE_MUTED] = PLAIN, [ECS_ROLE_TITLE] = STRONG(-1),
    [ECS_ROLE_BORDER] = PLAIN, [ECS_ROLE_KEY] = STRONG(14), [ECS_ROLE_CODE] = FG(14),
    [ECS_ROLE_A] = FG(11), [ECS_ROLE_B] = FG(14), [ECS_ROLE_C] = FG(13),
    [ECS_ROLE_GOOD] = FG(10), [ECS_ROLE_BAD] = FG(9), [ECS_ROLE_WARN] = FG(11),
    [ECS_ROLE_GUESS] = FG(13), [ECS_ROLE_AXIS] = PLAIN, [ECS_ROLE_MARK] = STRONG(-1),
    [ECS_ROLE_BADGE] = STRONG(-1), [ECS_ROLE_BAR] = FG(14),
    [ECS_ROLE_SELECTED] = {-1, -1, ECS_REVERSE},
    [ECS_ROLE_HEAT0] = {15, 0, 0}, [ECS_ROLE_HEAT1] = {15, 4, 0}, [ECS_ROLE_HEAT2] = {15, 4, 0},
    [ECS_ROLE_HEAT3] = {0, 6, 0}, [ECS_ROLE_HEAT4] = {0, 6, 0}, [ECS_ROLE_HEAT5] = {0, 2, 0},
    [ECS_ROLE_HEAT6] = {0, 3, 0}, [ECS_ROLE_HEAT7] = {0, 3, 0},
};

static const struct ecs_style light16[ECS_ROLES] = {
    [ECS_ROLE_TEXT] = PLAIN, [ECS_ROLE_MUTED] = PLAIN, [ECS_ROLE_TITLE] = STRONG(-1),
    [ECS_ROLE_BORDER] = PLAIN, [ECS_ROLE_KEY] = STRONG(4), [ECS_ROLE_CODE] = FG(4),
    [ECS_ROLE_A] = FG(1), [ECS_ROLE_B] = FG(4), [ECS_ROLE_C] = FG(5),
    [ECS_ROLE_GOOD] = FG(4), [ECS_ROLE_BAD] = FG(1), [ECS_ROLE_WARN] = FG(5),
    [ECS_ROLE_GUESS] = FG(5), [ECS_ROLE_AXIS] = PLAIN, [ECS_ROLE_MARK] = STRONG(-1),
    [ECS_ROLE_BADGE] = STRONG(-1), [ECS_ROLE_BAR] = FG(4),
    [ECS_ROLE_SELECTED] = {-1, -1, ECS_REVERSE},
    [ECS_ROLE_HEAT0] = {15, 0, 0}, [ECS_ROLE_HEAT1] = {15, 4, 0}, [ECS_ROLE_HEAT2] = {15, 4, 0},
    [ECS_ROLE_HEAT3] = {0, 6, 0}, [ECS_ROLE_HEAT4] = {0, 6, 0}, [ECS_ROLE_HEAT5] = {0, 2, 0},
    [ECS_ROLE_HEAT6] = {0, 3, 0}, [ECS_ROLE_HEAT7] = {0, 3, 0},
};

/* Without colour: A bold, B normal, C and what is wrong reversed. */
static const struct ecs_style mono[ECS_ROLES] = {
    [ECS_ROLE_TEXT] = PLAIN, [ECS_ROLE_MUTED] = PLAIN, [ECS_ROLE_TITLE] = STRONG(-1),
    [ECS_ROLE_BORDER] = PLAIN, [ECS_ROLE_KEY] = STRONG(-1), [ECS_ROLE_CODE] = PLAIN,
    [ECS_ROLE_A] = STRONG(-1), [ECS_ROLE_B] = PLAIN, [ECS_ROLE_C] = {-1, -1, ECS_REVERSE},
    [ECS_ROLE_GOOD] = STRONG(-1), [ECS_ROLE_BAD] = {-1, -1, ECS_REVERSE},
    [ECS_ROLE_WARN] = {-1, -1, ECS_UNDERLINE}, [ECS_ROLE_GUESS] = {-1, -1, ECS_UNDERLINE},
    [ECS_ROLE_AXIS] = PLAIN, [ECS_ROLE_MARK] = STRONG(-1), [ECS_ROLE_BADGE] = STRONG(-1),
    [ECS_ROLE_BAR] = PLAIN, [ECS_ROLE_SELECTED] = {-1, -1, ECS_REVERSE},
    [ECS_ROLE_HEAT0] = PLAIN, [ECS_ROLE_HEAT1] = PLAIN, [ECS_ROLE_HEAT2] = PLAIN,
    [ECS_ROLE_HEAT3] = PLAIN, [ECS_ROLE_HEAT4] = PLAIN, [ECS_ROLE_HEAT5] = STRONG(-1),
    [ECS_ROLE_HEAT6] = STRONG(-1), [ECS_ROLE_HEAT7] = STRONG(-1),
};

struct ecs_style ecs_theme_style(enum ecs_theme_name t, enum ecs_depth d, enum ecs_role r)
{
    if ((unsigned)r >= ECS_ROLES)
        r = ECS_ROLE_TEXT;
    if (t == ECS_THEME_MONO || d == ECS_DEPTH_MONO)
        return mono[r];
    if (d == ECS_DEPTH_16)
        return t == ECS_THEME_LIGHT ? light16[r] : dark16[r];
    return t == ECS_THEME_LIGHT ? light256[r] : dark256[r];
}

const char *ecs_theme_label(enum ecs_theme_name t)
{
    static const char *const label[ECS_THEMES] = {"dark", "light", "mono"};
    return label[(unsigned)t < ECS_THEMES ? t : ECS_THEME_DARK];
}

void ecs_palette_rgb(int index, uint8_t rgb[3])
{
    static const uint8_t system[16][3] = {
        {0, 0, 0}, {205, 0, 0}, {0, 205, 0}, {205, 205, 0}, {0, 0, 238}, {205, 0, 205},
        {0, 205, 205}, {229, 229, 229}, {127, 127, 127}, {255, 0, 0}, {0, 255, 0},
        {255, 255, 0}, {92, 92, 255}, {255, 0, 255}, {0, 255, 255}, {255, 255, 255},
    };
    static const uint8_t level[6] = {0, 95, 135, 175, 215, 255};
    int i = index < 0 ? 0 : index > 255 ? 255 : index;

    if (i < 16) {
        for (int k = 0; k < 3; k++)
            rgb[k] = system[i][k];
    } else if (i < 232) {
        rgb[0] = level[(i - 16) / 36];
        rgb[1] = level[(i - 16) / 6 % 6];
        rgb[2] = level[(i - 16) % 6];
    } else {
        rgb[0] = rgb[1] = rgb[2] = (uint8_t)(8 + 10 * (i - 232));
    }
}
