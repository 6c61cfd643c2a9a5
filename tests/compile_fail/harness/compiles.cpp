// SPDX-License-Identifier: MIT
// harness: should not compile, but does
// expect: error
static_assert(sizeof(int) != 0, "an int has a size");
