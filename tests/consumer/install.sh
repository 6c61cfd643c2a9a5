#!/usr/bin/env bash
# Installs into an empty prefix and then moves it: an installed package must not know where it was put.
#
#   install.sh CMAKE BUILD_DIR PREFIX
set -euo pipefail

cmake=$1 build_dir=$2 prefix=$3
rm -rf "$prefix" "$prefix.moved-from"
"$cmake" --install "$build_dir" --prefix "$prefix.moved-from"
mv "$prefix.moved-from" "$prefix"
