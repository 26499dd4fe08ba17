# Shell functions of ./quickstart and ./verify: named stages with a log, and packages. Sourced by bash, with
# `top` set to the source tree and `program` to the script's name.

log=$top/target/$program.log
stage=
started=${EPOCHREALTIME/./}

# since MICROSECONDS: "0.4 s", "107 s".
since() {
    local tenths=$(((${EPOCHREALTIME/./} - $1) / 100000))
    if [ $tenths -lt 100 ]; then
        echo "$((tenths / 10)).$((tenths % 10)) s"
    else
        echo "$((tenths / 10)) s"
    fi
}

# stage NAME COMMAND...: runs it with its output in the log, says how long it took, ends the script if it fails.
stage() {
    stage=$1
    shift
    local from=${EPOCHREALTIME/./}
    printf '%-58s ' "$stage ..."
    {
        echo
        echo "=== $stage: $*"
    } >>"$log"
    if "$@" >>"$log" 2>&1 </dev/null; then
        since "$from"
    else
        local status=$?
        echo "FAILED after $(since "$from")"
        stage_failed "$status"
    fi
}

# A stage that has nothing to do.
skip() {
    printf '%-58s %s\n' "$1 ..." "$2"
}

stage_failed() {
    {
        echo
        echo "$program: failed with status $1 at: $stage"
        echo "Everything it said is in $log, which ends with:"
        tail -n 25 "$log" | sed 's/^/    /'
    } >&2
    exit 1
}

need_root() {
    [ "$(id -u)" = 0 ] || {
        echo "$program: run as root: sudo ./$program" >&2
        exit 1
    }
}

open_log() {
    mkdir -p "$top/target"
    : >"$log"
}

# packages NAME...: installs those that are missing.
packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        skip "Debian packages" "all there"
        return
    fi
    stage "Debian packages: ${missing[*]}" install_packages "${missing[@]}"
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    # An index that is too old names files that are gone: update first.
    apt-get -q update && apt-get -q -y --no-install-recommends install "$@"
}

# What the lane vm needs besides.
vm_packages=(mmdebstrap busybox-static e2fsprogs util-linux qemu-system-x86)

# ready_host DIR: installs what is built to a host of its own below DIR and gives it the templates that tests use.
ready_host() {
    local name
    stage "A host of its own in ${1#"$top/"} (install)" "$top/install" --destdir "$1"
    for name in tiny debian-12-standard; do
        if "$1/usr/local/sbin/vztmpl" list | cut -d' ' -f1 | grep -qx "$name"; then
            skip "Template $name" "already there"
        else
            stage "Template $name (vztmpl build)" "$1/usr/local/sbin/vztmpl" build "$name"
        fi
    done
}

need_java_and_maven() {
    local tool
    for tool in java javac mvn; do
        command -v $tool >/dev/null || {
            echo "$program: no $tool: apt-get install openjdk-17-jdk-headless maven" >&2
            exit 1
        }
    done
}

maven() {
    mvn -B -ntp -f "$top/pom.xml" "$@"
}

# Gives what root's build made in a user's clone back to the clone's owner.
hand_back() {
    local owner
    owner=$(stat -c %u "$top")
    [ "$owner" = 0 ] || chown -R "$owner" "$top"/target "$top"/*/target
}
trap hand_back EXIT
