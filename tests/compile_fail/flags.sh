#!/usr/bin/env bash
# Flags and macros with which natgrad would be wrong are refused by a sentence, and no others.
#
#   flags.sh gcc|clang COMPILER FLAG...
set -euo pipefail
family=$1 compiler=$2
shift 2

says() {
  echo '#include <natgrad/core/vector.hpp>' | "$compiler" "$@" -w -fsyntax-only -x c++ - 2>&1
}

refused() {
  local words=$1 output
  shift
  if output=$(says "$@"); then
    echo "FAILED: compiles with ${*: -1}"
    exit 1
  fi
  [[ $output == *"$words"* ]] || { printf 'FAILED with %s:\n%s\n' "${*: -1}" "$output" && exit 1; }
}

says "$@"
refused 'without -ffast-math' "$@" -ffast-math
refused 'without EIGEN_DEFAULT_TO_ROW_MAJOR' "$@" -DEIGEN_DEFAULT_TO_ROW_MAJOR
refused 'without -fno-exceptions' "$@" -fno-exceptions
refused 'Status is a macro' "$@" -DStatus=int
if [[ $family == gcc ]]; then
  refused 'without -fassociative-math' "$@" -fno-signed-zeros -fno-trapping-math -fassociative-math
fi
