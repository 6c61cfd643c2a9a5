// SPDX-License-Identifier: MIT
// expect: natgrad: check_information needs sample_count() with score
// errors: 1
#include "objectives.hpp"

int main() { natgrad::check_information(WithGradient{}, x0); }
