#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir help` and the manual page, which is what it prints.
. "${srcdir:-.}/tests/cli/common.sh"

ok "help lists the commands" exits 0 "$weir" help
cp out all
ok "as --help does" exits 0 "$weir" --help
ok "word by word" same out all
sed -n 's/^  \([a-z]*\)  .*/\1/p' all >commands
while read -r command; do
	ok "$command --help is a success" exits 0 "$weir" "$command" --help
	cp out one
	ok "of $command" has one "^Usage: weir $command \[OPTION\]\.\.\."
	ok "alone" empty err
	ok "with its exit statuses" has one '^Exit status: 0 '
	ok "help $command tells the same" exits 0 "$weir" help "$command"
	ok "word by word" same out one
	ok "lines fit a terminal" awk 'length > 110 { exit 1 }' one
	ok "an option it does not have is bad usage" exits 64 "$weir" "$command" --frobnicate
done <commands
ok "an unknown command is bad usage" exits 64 "$weir" help rnu
ok "of which the like is told" has err 'unknown command "rnu"; did you mean "run"\?$'

ok "the manual page is printed" exits 0 "$weir" help --man
ok "and is docs/man/weir.1; if not: weir help --man >docs/man/weir.1" same out "$src/docs/man/weir.1"
cp out weir.1
while read -r command; do
	ok "$command has its part" has weir.1 "^\.SS weir $command( |\$)"
done <commands
if man --version >/dev/null 2>&1 && [ -z "$(man --version | grep -v '^man ')" ]; then
	ok "man finds nothing wrong" sh -c 'MANWIDTH=80 man --warnings -l weir.1 >page 2>err && [ ! -s err ]'
	ok "and shows it" has page 'weir graph DEFINITION'
fi
if command -v mandoc >/dev/null 2>&1; then
	ok "nor does mandoc" sh -c 'mandoc -T lint -W warning weir.1 >out 2>&1'
fi
finish
