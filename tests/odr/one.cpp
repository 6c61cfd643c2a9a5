// SPDX-License-Identifier: MIT
// Two translation units include everything and are linked together: a function or variable that a header
// defines without `inline` is then defined twice, which the linker reports.
#include <natgrad/natgrad.hpp>

int value_from_the_other_unit();

int main() { return value_from_the_other_unit(); }
