# Sourced by ./learn and ./check. What ECScope is built from, and how to get it.
# A need is met when pkg-config or the command says so, whatever the system calls its package.

# Sets `missing` to the Debian names of what is not there. $1: learn or check.
ecs_find_missing() {
    missing=
    command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
    command -v cmake >/dev/null 2>&1 || missing="$missing cmake"
    command -v make >/dev/null 2>&1 || command -v ninja >/dev/null 2>&1 || missing="$missing make"
    if command -v pkg-config >/dev/null 2>&1; then have=pkg-config; else have=false; missing="$missing pkg-config"; fi
    while read -r library package; do
        $have --exists "$library" 2>/dev/null || missing="$missing $package"
    done <<LIST
ncursesw libncurses-dev
libuv libuv1-dev
hwloc libhwloc-dev
numa libnuma-dev
libcmark libcmark-dev
jansson libjansson-dev
LIST
    [ "$1" = check ] || return 0
    $have --exists check 2>/dev/null || missing="$missing check"
    $have --exists vterm 2>/dev/null || missing="$missing libvterm-dev"
    command -v ninja >/dev/null 2>&1 || missing="$missing ninja-build"
    command -v valgrind >/dev/null 2>&1 || missing="$missing valgrind"
    command -v objdump >/dev/null 2>&1 || missing="$missing binutils"
    command -v ps >/dev/null 2>&1 || missing="$missing procps"
    # The terminals that the screens are tested on (tmux-256color, screen, vt100 …).
    infocmp tmux-256color >/dev/null 2>&1 || missing="$missing ncurses-term ncurses-bin"
    # The sanitizers' run-time libraries come with the compiler's development files.
    echo 'int main(void){return 0;}' >"${TMPDIR:-/tmp}/ecs-san.$$.c"
    for kind in address thread undefined; do
        cc -fsanitize=$kind -o "${TMPDIR:-/tmp}/ecs-san.$$" "${TMPDIR:-/tmp}/ecs-san.$$.c" 2>/dev/null ||
            case "$missing" in *libgcc-12-dev*) ;; *) missing="$missing gcc libgcc-12-dev libc6-dev" ;; esac
    done
    rm -f "${TMPDIR:-/tmp}/ecs-san.$$" "${TMPDIR:-/tmp}/ecs-san.$$.c"
}

# Installs `missing` on a Debian-like system, or says what to do. $1: learn or check.
# Returns 0 when everything is there afterwards.
ecs_get_packages() {
    ecs_find_missing "$1"
    [ -n "$missing" ] || return 0
    missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ' | sed 's/ $//')
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "ECScope needs these (by their Debian names), and they are not there: $missing" >&2
        echo "Install them with this system's package manager, then start this again." >&2
        return 3
    fi
    echo "ECScope needs these packages: $missing" >&2
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || { [ -t 0 ] && [ -t 2 ]; }; }; then
        as_root=sudo
    else
        echo "They can only be installed by root. Run this, then start again:" >&2
        if command -v sudo >/dev/null 2>&1; then
            echo "  sudo apt-get update && sudo apt-get install -y $missing" >&2
        else
            echo "  su -c 'apt-get update && apt-get install -y $missing'" >&2
        fi
        return 3
    fi
    log=${TMPDIR:-/tmp}/ecscope-packages.$$.log
    echo "Installing them …" >&2
    { $as_root apt-get update -q &&
      $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
    } >"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        echo "Installing failed; the whole log is $log. The command was:" >&2
        echo "  ${as_root:+$as_root }apt-get install -y $missing" >&2
        return 3
    }
    rm -f "$log"
    hash -r 2>/dev/null
    ecs_find_missing "$1"
    [ -z "$missing" ] && return 0
    echo "Still missing after installing: $missing" >&2
    return 3
}
