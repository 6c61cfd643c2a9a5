// SPDX-License-Identifier: MIT
// harness: should compile, but does not
// expect: compiles
#include <natgrad/no_such_header.hpp>
