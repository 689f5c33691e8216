#!/bin/sh
# SPDX-License-Identifier: MIT
# Shared by tools/try and tools/test: name what is needed, then install what of it is missing.
# Sourced, from the top of the source tree.

missing=

# need_command COMMAND PACKAGE...
need_command() {
	command -v "$1" >/dev/null 2>&1 && return 0
	shift
	missing="$missing $*"
}

# need_library PKG-CONFIG-NAME PACKAGE
need_library() {
	pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"
}

# What clang's sanitizers and fuzzers link with.
need_clang_runtime() {
	echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c -o /dev/null - >/dev/null 2>&1 ||
		missing="$missing libclang-rt-dev"
}

# What building takes.
need_build() {
	need_command gcc gcc libc6-dev
	need_command make make
	need_command autoreconf autoconf
	need_command automake automake
	need_command libtoolize libtool
	need_command pkg-config pkg-config
	need_library 'libevent_core >= 2.1' libevent-dev
	need_library libcjson libcjson-dev
}

# What the tests on boards take: compilers without a C library, and the boards.
need_boards() {
	need_command arm-none-eabi-gcc gcc-arm-none-eabi binutils-arm-none-eabi
	need_command riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf
	need_command qemu-system-arm qemu-system-arm
	need_command qemu-system-riscv32 qemu-system-misc
}

# as_root COMMAND...
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# Install what the need_ calls found missing. Nothing is touched when nothing is.
install_missing() {
	[ -n "$missing" ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "Missing here, by their Debian names:$missing. Install them with this system's package manager." >&2
		return 1
	fi
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
		echo "Missing:$missing. There is no sudo; as root run: apt-get install$missing" >&2
		return 1
	fi
	echo "Installing$missing"
	apt_log=$(mktemp) || return 1
	# shellcheck disable=SC2086 # a list of words
	if as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$apt_log" 2>&1 &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
			>>"$apt_log" 2>&1 </dev/null; then
		rm -f "$apt_log"
		missing=
		return 0
	fi
	cat "$apt_log" >&2
	rm -f "$apt_log"
	echo "Could not install$missing (see above)" >&2
	return 1
}

# newer A B: A was written after B
newer() {
	[ -n "$(find "$1" -newer "$2")" ]
}

# bootstrapped: make configure, unless that was done and configure.ac is no newer.
bootstrapped() {
	[ -x configure ] && ! newer configure.ac configure || ./bootstrap
}

# configure_in DIR ARGUMENT...: configure out of tree, unless that was done and configure is no newer.
configure_in() {
	bootstrapped || return 1
	dir=$1
	shift
	mkdir -p "$dir" || return 1
	[ -f "$dir/Makefile" ] && ! newer configure "$dir/Makefile" && return 0
	top=$(pwd)
	(cd "$dir" && "$top/configure" -q "$@")
}
