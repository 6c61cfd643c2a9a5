// SPDX-License-Identifier: MIT
// expect: natgrad: inference needs sample_count() of the objective
// errors: 1
#include "objectives.hpp"

int main() { natgrad::inference(WithHessian{}, x0); }
