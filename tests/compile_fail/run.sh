#!/usr/bin/env bash
# Compiles a program that must not compile and checks what the compiler says about it.
#
#   run.sh SOURCE gcc|clang COMPILER FLAG...
#
# The source states what is wanted, each on a line of its own:
#   // expect: TEXT       the compiler's output has TEXT, as it stands or as an extended regular expression;
#                         any number of lines, each of which has to be found. Keep to ASCII: clang prints
#                         other letters of a static_assert in octal, which nobody can read
#   // expect: compiles   nothing is wrong here: the control
#   // errors: N          at most N lines are errors; `// errors: 1` says that no template noise follows
#   // requires: gcc      runs with this compiler family alone (gcc, clang or gcc|clang)
set -euo pipefail
export LC_ALL=C.UTF-8

source=$1 family=$2 compiler=$3
shift 3

stated() { sed -n "s|^// $1: *||p" "$source"; }

fail() {
  printf 'FAILED: %s: %s\n' "$(basename "$source")" "$1"
  printf '%s\n' "--- $compiler said:" "$output"
  exit 1
}

families=$(stated requires)
if [[ -n $families && ! "|$families|" == *"|$family|"* ]]; then
  echo "skipped: needs $families"
  exit 77
fi

compiled=yes
output=$("$compiler" "$@" -w -fsyntax-only "$source" 2>&1) || compiled=no

mapfile -t expected < <(stated expect)
[[ ${#expected[@]} -gt 0 ]] || fail "says nothing after '// expect:'"

if [[ ${expected[0]} == compiles ]]; then
  [[ $compiled == yes ]] || fail "should compile, but does not"
  exit 0
fi

[[ $compiled == no ]] || fail "should not compile, but does"
for text in "${expected[@]}"; do
  grep -Fq -- "$text" <<<"$output" || grep -Eq -- "$text" <<<"$output" ||
    fail "the compiler does not say: $text"
done

most=$(stated errors)
if [[ -n $most ]]; then
  count=$(grep -c 'error: ' <<<"$output") || true
  ((count <= most)) || fail "has $count lines of errors where $most are allowed"
fi
