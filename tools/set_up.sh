#!/usr/bin/env bash
# Set up what the Makefile's commands need: system packages, and the environment in .venv.
#
#   tools/set_up.sh            for grading
#   tools/set_up.sh --browser  also for the tests: a browser, compilers, PostgreSQL
#   tools/set_up.sh --site     also for the website
#   tools/set_up.sh --wheel    also for the package that an index takes
#   tools/set_up.sh --hub      also for the tests of a JupyterHub: the hub, and its proxy from npm
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'set-up: %s\n' "$*" >&2; }

may_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# The package lists are fetched once, and only if a package is missing.
lists_are_fresh=no
install_packages() {
    may_install || return 1
    if [ "$lists_are_fresh" = no ]; then
        as_root apt-get update --quiet --quiet || say "apt-get update failed; trying with the lists that are there"
        lists_are_fresh=yes
    fi
    say "installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends "$@" >/dev/null
}

# The tests start a server of their own. Debian's package makes and starts another one unless it is configured not to.
install_postgresql() {
    may_install || return 1
    local setting=/etc/postgresql-common/createcluster.d/gradlab.conf installed=0
    as_root mkdir -p "${setting%/*}"
    echo 'create_main_cluster = false' | as_root tee "$setting" >/dev/null
    install_packages postgresql || installed=1
    as_root rm -f "$setting"
    return "$installed"
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

missing=()
command -v bwrap >/dev/null || missing+=(bubblewrap)
command -v dot >/dev/null || missing+=(graphviz)
# Optional: without it student processes run without a filter of system calls.
if command -v ldconfig >/dev/null && ! ldconfig -p | grep --quiet 'libseccomp\.so\.2'; then
    install_packages libseccomp2 || say "without the package libseccomp2, student code runs without a filter of system calls"
fi
if [ ${#missing[@]} -gt 0 ] && ! install_packages "${missing[@]}"; then
    say "install these packages, then run the same command again: ${missing[*]}"
    exit 1
fi

# The proxy is a program of Node.js; the hub itself comes with pip, below.
proxy=configurable-http-proxy@4.6.3
if [ "${1:-}" = --hub ]; then
    if ! command -v npm >/dev/null && ! install_packages nodejs npm; then
        say "install the packages nodejs and npm (Debian: apt-get install nodejs npm), then run the same command again"
        exit 1
    fi
    npm install --prefix .venv/hub --no-audit --no-fund --no-save --loglevel=error "$proxy" >&2
fi

if [ "${1:-}" = --browser ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
    install_packages chromium || say "without the package chromium, the tests that drive a browser are skipped"
fi
if [ "${1:-}" = --browser ] && ! { command -v cc >/dev/null && command -v g++ >/dev/null; }; then
    install_packages gcc g++ libc6-dev || say "without the packages gcc and g++, the tests that compile something are skipped"
fi
if [ "${1:-}" = --browser ] && ! command -v postgres >/dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
    install_postgresql || say "without the package postgresql, the tests of a gradebook on a server are skipped"
fi

if ! python=$(find_python); then
    say "install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3 …"
    exit 1
fi
if [ "${1:-}" = --browser ] && ! "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'; then
    install_packages python3-dev || say "without the package python3-dev, the tests of compiled code are skipped"
fi
if [ ! -x .venv/bin/python ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null && ! install_packages python3-venv; then
        say "install the package python3-venv, then run the same command again"
        exit 1
    fi
    say "making .venv with $("$python" --version)"
    "$python" -m venv .venv
fi
case "${1:-}" in
    --browser) extras=development,ladder ;;
    --hub) extras=development,ladder,hub ;;
    --site | --wheel) extras=development,${1#--} ;;
    *) extras=development ;;
esac
say "installing into .venv (the first time this takes minutes)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --constraint constraints.txt --editable ".[$extras]"
