#!/usr/bin/env bash
# Builds and runs the program of this folder against natgrad, the way a user would get it.
#
#   run.sh find_package|pkg-config|add_subdirectory|FetchContent COMPILER SOURCE_DIR PREFIX WORK_DIR
#
# CTest hands its own CMake and generator over in CMAKE_COMMAND and CMAKE_GENERATOR.
set -euo pipefail

way=$1 compiler=$2 source_dir=$3 prefix=$4 work_dir=$5
cmake=${CMAKE_COMMAND:-cmake}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "skipped: $1 is not installed"
  exit 77
}
command -v "$compiler" >/dev/null || skip "$compiler"

rm -rf "$work_dir"
mkdir -p "$work_dir"

if [[ $way == pkg-config ]]; then
  command -v pkg-config >/dev/null || skip pkg-config
  export PKG_CONFIG_PATH="$prefix/share/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
  read -ra flags <<<"$(pkg-config --cflags --libs natgrad)"
  (set -x && "$compiler" -std=c++20 "$here/main.cpp" "${flags[@]}" -o "$work_dir/consumer")
else
  warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
  CXX=$compiler CXXFLAGS=$warnings "$cmake" -S "$here" -B "$work_dir" \
    -DNATGRAD_FROM="$way" -DNATGRAD_SOURCE_DIR="$source_dir" -DCMAKE_PREFIX_PATH="$prefix"
  "$cmake" --build "$work_dir"
fi
"$work_dir/consumer"
