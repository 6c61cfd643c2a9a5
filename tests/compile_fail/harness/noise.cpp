// SPDX-License-Identifier: MIT
// harness: has 2 lines of errors where 1 are allowed
// expect: an int has a size
// errors: 1
static_assert(sizeof(int) == 0, "an int has a size");
static_assert(sizeof(char) == 0, "so has a char");
