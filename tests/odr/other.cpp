// SPDX-License-Identifier: MIT
#include <natgrad/natgrad.hpp>

int value_from_the_other_unit();

int value_from_the_other_unit() { return 0; }
