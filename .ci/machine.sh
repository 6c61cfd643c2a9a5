# shellcheck shell=bash
# What tests/run, examples/run, bench/run and .ci/run share: finding out which packages a machine lacks,
# installing them, and configuring and building a preset. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
missing=()         # Debian packages to install
cmake_packages=()  # what find_package must find, as "Name=debian-package"

# answer_help "$@": prints the comment that opens the script, where its first argument asks for help.
answer_help() {
  if [[ ${1:-} == -h || ${1:-} == --help ]]; then
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit 0
  fi
}

# need_command NAME PACKAGE: PACKAGE is missing where there is no command NAME.
need_command() {
  command -v "$1" >/dev/null || missing+=("$2")
}

# need_package PACKAGE...: for what has no command; asks dpkg where there is one.
need_package() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
}

# need_cmake_package NAME PACKAGE: PACKAGE is missing where find_package(NAME) finds nothing.
need_cmake_package() {
  cmake_packages+=("$1=$2")
}

# need_build_tools: CMake, a C++ compiler, and ninja or make.
need_build_tools() {
  need_command cmake cmake
  command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || missing+=(g++)
  command -v ninja >/dev/null || need_command make ninja-build
}

# Adds to `missing` the packages of those cmake_packages that a small CMake project does not find.
probe_cmake_packages() {
  local entry probe found
  probe=$(mktemp -d)
  {
    echo 'cmake_minimum_required(VERSION 3.21)'
    echo 'project(probe LANGUAGES CXX)'
    for entry in "${cmake_packages[@]}"; do
      echo "find_package(${entry%%=*} QUIET)"
      echo "if(${entry%%=*}_FOUND)"
      echo "  message(STATUS \"found <${entry%%=*}>\")"
      echo 'endif()'
    done
  } >"$probe/CMakeLists.txt"
  found=$(pick_generator "$probe" && cmake -S "$probe" -B "$probe/build" 2>/dev/null) || true
  rm -rf "$probe"
  for entry in "${cmake_packages[@]}"; do
    [[ $found == *"<${entry%%=*}>"* ]] || missing+=("${entry#*=}")
  done
}

# install_missing: installs what the need_… calls above found missing; does nothing where nothing is.
install_missing() {
  [[ ${#cmake_packages[@]} -eq 0 ]] || probe_cmake_packages
  cmake_packages=()
  [[ ${#missing[@]} -gt 0 ]] || return 0

  local packages=("${missing[@]}") as_root=()
  missing=()
  if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here. Please install these packages (Debian's names), then run this again:" >&2
    echo "  ${packages[*]}" >&2
    exit 1
  fi
  if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "Neither root nor sudo. Please have this run as root, then run this again:" >&2
      echo "  apt-get install ${packages[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Installing: ${packages[*]}"
  "${as_root[@]}" apt-get update || echo "apt-get update failed; going on with the lists that are here" >&2
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "${packages[@]}"; then
    echo "These packages could not be installed: ${packages[*]}" >&2
    exit 1
  fi
}

# pick_generator BUILD_DIR: Ninja where it is installed; a build tree that exists keeps its generator.
pick_generator() {
  if [[ -z ${CMAKE_GENERATOR:-} && ! -f $1/CMakeCache.txt ]] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
  fi
}

# build_preset NAME: configures and builds build/NAME with all processors, through ccache where it is installed.
build_preset() {
  local directory=$root/build/$1
  CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc 2>/dev/null || echo 2)}
  CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$CMAKE_BUILD_PARALLEL_LEVEL}
  export CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL
  if [[ -z ${CMAKE_CXX_COMPILER_LAUNCHER:-} ]] && command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  # ccache stores nothing compiled with a precompiled header unless it is told that this is meant.
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
  (
    cd "$root" || exit
    pick_generator "$directory"
    cmake --preset "$1"
    cmake --build --preset "$1"
  )
}
