// SPDX-License-Identifier: MIT
// harness: the compiler does not say: Newton needs hessian
// expect: Newton needs hessian
static_assert(sizeof(int) == 0, "an int has a size");
