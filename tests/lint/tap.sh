# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the lints share: where the tree is, which files it has, and lines of TAP. Sourced; make runs the lints in the
# build tree.
set -eu
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$PWD
count=0
failed=0

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed"
	done
}

# result STATUS NAME [EXPLANATION]
result() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=1
		echo "not ok $count - $2"
		[ -z "${3-}" ] || sed 's/^/# /' <<<"$3"
	fi
}

# check NAME COMMAND...: holds if the command succeeds; what it printed explains why not.
check() {
	local name=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	result "$status" "$name" "$output"
}

# silent NAME COMMAND...: holds if the command finds nothing to say.
silent() {
	local name=$1 output
	shift
	output=$("$@" 2>&1) || true
	result "$([ -z "$output" ] && echo 0 || echo 1)" "$name" "$output"
}

# same NAME ONE OTHER: holds if both lists (words on lines) have the same members, and some.
same() {
	local difference
	difference=$(diff <(sed '/^$/d' <<<"$2" | sort -u) <(sed '/^$/d' <<<"$3" | sort -u) | grep '^[<>]' || true)
	[ -n "$2$3" ] || difference="both are empty: nothing was compared"
	result "$([ -z "$difference" ] && echo 0 || echo 1)" "$1" "$difference"
}

finish() {
	echo "1..$count"
	exit "$failed"
}

# All files of the project, relative to its top: what git knows and would take, or else what a release holds.
all_files() {
	if [ -e "$top/.git" ] && command -v git >/dev/null; then
		git -c safe.directory='*' -C "$top" ls-files --cached --others --exclude-standard |
			while read -r file; do [ ! -f "$top/$file" ] || echo "$file"; done
	else
		(cd "$top" && find . \( -name _build -o -name _inst -o -name autom4te.cache -o -name m4 -o -name build-aux \) -prune \
			-o -type f ! -name configure ! -name aclocal.m4 ! -name Makefile.in ! -name 'config.h.in*' -print) | sed 's|^\./||'
	fi | sort
}

# files PATTERN...: those of all files that match one of the shell patterns.
files() {
	local file pattern
	all_files | while read -r file; do
		for pattern; do
			# shellcheck disable=SC2254
			case $file in $pattern) echo "$file" && break ;; esac
		done
	done
}

# What a compiler needs to know for any file of the tree, on one line.
compile_flags() {
	echo "-std=gnu11 -D_GNU_SOURCE -DHAVE_CONFIG_H -DSYSCONFDIR=\"/etc\" -I$build -I$top/lib/include -I$top/lib -I$top" \
		"$(pkg-config --cflags libcrypto json-c tss2-esys libmicrohttpd libsystemd libcurl 2>/dev/null || true)"
}
