#!/bin/sh
# SPDX-License-Identifier: MIT
# Each wrong line of tests/mutants/LIST can still be put into its source, the tests named for it are there, and
# docs/MUTANTS.md has its row. Whether they find it is told by tools/mutants, which takes its time.
exec sh "${srcdir:-.}/tools/mutants" --check
