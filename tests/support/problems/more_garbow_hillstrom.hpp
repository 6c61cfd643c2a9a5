// SPDX-License-Identifier: MIT
#pragma once

/// The parts of the list that more_garbow_hillstrom() joins, one a translation unit so that none compiles for long.

#include "support/problems/problem.hpp"

#include <vector>

namespace natgrad::test {

std::vector<Problem> problems_1_to_7();
std::vector<Problem> problems_8_to_13();
std::vector<Problem> problems_14_to_19();
std::vector<Problem> problems_20_to_27();
std::vector<Problem> problems_28_to_35();

}  // namespace natgrad::test
