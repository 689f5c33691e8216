#!/bin/sh
# SPDX-License-Identifier: MIT
# weir sim: the same seeds give the same hash on every machine and by every compiler, seeds that once broke a law do not
# any more, and the command line says what is wrong with it.
. "${srcdir:-.}/tests/cli/common.sh"

sum() { # sum LINE: the number that stands behind it
	awk -v line="$1" '$1 == line { print $2 }' out
}

wanted_hash() { # the stored one; what to do when a change is meant
	want=$(sed -n 's/^hash //p' "$src/tests/sim/hash")
	have=$(sum hash)
	[ "$want" = "$have" ] && return 0
	echo "# the hash is $have, tests/sim/hash has $want: something else came out, or came at another time;"
	echo "# if that was meant, write the new one there"
	return 1
}

operators=$(sed -n 's/^operators //p' "$src/tests/sim/hash")
ok "a hundred seeds break nothing" exits 0 "$weir" sim --seed 1 --runs 100 --operators "$operators"
ok "a hundred were played" test "$(sum seeds)" = 100
ok "violations: none" test "$(sum violations)" = 0
ok "events: many" test "$(sum events)" -gt 2000
ok "the hash is the stored one" wanted_hash
ok "nothing is said beside" empty err
hash=$(sum hash)
ok "three workers" exits 0 "$weir" sim --seed 1 --runs 100 --operators "$operators" --jobs 3
ok "come to the same" test "$(sum hash)" = "$hash"
ok "other seeds" exits 0 "$weir" sim --seed 2 --runs 100 --operators "$operators"
ok "come to something else" test "$(sum hash)" != "$hash"
ok "thousands of seeds of all operators break nothing" exits 0 "$weir" sim --seed 1 --runs "${WEIR_SEEDS:-5000}"
ok "nor do two thousand that must end by themselves" exits 0 "$weir" sim --seed 1 --runs 2000 --liveness
ok "a time may be given instead" exits 0 "$weir" sim --seconds 1
ok "in which some are played" test "$(sum seeds)" -gt 0
ok "what was drawn is told on request" exits 0 "$weir" sim --runs 200 --stats
ok "by operator" has out '^stages +map +[0-9]+$'

ok "the story of one seed is told" exits 0 "$weir" sim --seed 7 --runs 1 --verbose
ok "with its case" has out '^stream a'
ok "and what happened" has out '^ +[0-9.]+  -- release'
sed '/^$/,$d' out >story.actions
ok "the case can be played by itself" exits 0 "$weir" sim --replay story.actions

for file in "$src"/tests/sim/*.actions; do
	name=${file##*/}
	ok "${name%.actions} holds" exits 0 "$weir" sim --replay "$file"
	ok "without a word" empty out
	ok "the file says what of" grep -q '^# ' "$file"
done

printf 'clock event\nfly 3\n' >faulty.actions
ok "a file with a fault is told apart" exits 78 "$weir" sim --replay faulty.actions
ok "with its place" is err 'faulty.actions:2: error: unknown word'
printf 'stream a\n  filter when=x\n  sim_sink actor=0\nrelease\n' >refused.actions
ok "so is a graph that is refused" exits 78 "$weir" sim --replay refused.actions
ok "with the reason" has err 'refused.actions: .*cannot be the first stage'
ok "and no such file" exits 66 "$weir" sim --replay none.actions
ok "named" has err 'none\.actions'

ok "sim has its own help" exits 0 "$weir" sim --help
ok "on stdout" has out '^Usage: weir sim '
ok "alone" empty err
ok "weir --help names it" exits 0 "$weir" --help
ok "with a line" has out '^  sim  '
for wrong in "--runs 0" "--runs -1" "--runs x" "--runs" "--seed 1x" "--jobs 0" "--jobs 65" "--seconds 0" \
	"--runs 5 --seconds 5" "--verbose" "--frobnicate" "some.json" "--operators map,mpa"; do
	ok "sim $wrong is bad usage" exits 64 "$weir" sim $wrong
	ok "and says why" test -s err
	ok "on stderr alone" empty out
done
finish
