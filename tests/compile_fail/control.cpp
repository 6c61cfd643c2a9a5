// SPDX-License-Identifier: MIT
// The control: includes and flags are right, so what fails elsewhere fails for its own reason.
// expect: compiles
#include <natgrad/natgrad.hpp>

int main() {}
