// SPDX-License-Identifier: MIT
// harness: says nothing after
static_assert(sizeof(int) == 0, "an int has a size");
