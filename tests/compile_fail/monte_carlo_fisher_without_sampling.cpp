// SPDX-License-Identifier: MIT
// expect: natgrad: MonteCarloFisher needs sample_count() and sampled_scores(x, first, seed, S)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithScore{}, x0, natgrad::NaturalGradient{natgrad::MonteCarloFisher{}}); }
