#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir completion bash`: what bash completes follows from the tables.
. "${srcdir:-.}/tests/cli/common.sh"

ok "the script is printed" exits 0 "$weir" completion bash
cp out script
ok "another shell is bad usage" exits 64 "$weir" completion fish
ok "and said" has err 'unknown shell "fish"; there is bash'
ok "one is wanted" exits 64 "$weir" completion
if ! command -v bash >/dev/null 2>&1; then
	echo "no bash: nothing is completed"
	finish
fi

# completes WORD...: what is offered for the last one, a line each, in ./offered
cat >complete.bash <<'END'
source ./script
compopt() { echo "$@" >>asked; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_weir
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
END
offers() {
	bash complete.bash "$@" >offered 2>err && [ ! -s err ]
}

ok "it is bash" bash -n script
ok "commands" offers weir ''
"$weir" help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | sort >commands
grep -v '^-' offered | sort >some
ok "all of them" same some commands
ok "by their beginning" offers weir comp
ok "that is" is offered 'compile
completion'
while read -r command; do
	ok "options of $command" offers weir "$command" --
	"$weir" "$command" --help | sed -n 's/^  \(-o, \)*\(--[a-z]*\).*/\2/p' | sort >options
	sort offered >some
	ok "all of them" same some options
done <commands
ok "operators" offers weir ops thr
ok "such as" is offered 'threshold
throttle'
ok "formats" offers weir ops cs
ok "once" is offered csv
ok "targets" offers weir check --target cortex-m0
ok "as they are" has offered '^cortex-m0plus$'
ok "behind = as well" offers weir check --target = cortex-m4
ok "alike" is offered 'cortex-m4
cortex-m4f'
ok "and right behind it" offers weir check --target =
ok "all of them" has offered '^rv32$'
ok "commands to tell of" offers weir help fm
ok "too" is offered fmt
ok "folders are asked of bash" offers weir compile -o x
ok "behind the letter too" has asked '-o dirnames$'
ok "files are left to bash" offers weir run x
ok "without a word" empty offered
ok "and behind options too" offers weir graph --stats x
ok "as well" empty offered
finish
