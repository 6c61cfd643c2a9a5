// SPDX-License-Identifier: MIT
#include "support/problems/problem.hpp"

#include "support/problems/more_garbow_hillstrom.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>

namespace natgrad::test {

std::string Problem::label() const {
  return std::to_string(number) + " " + name + " (n = " + std::to_string(size()) + ")";
}

Eigen::VectorXd Problem::scaled_start(double factor) const {
  if (factor != 1 && start.isZero(0)) return Eigen::VectorXd::Constant(size(), factor);
  return factor * start;
}

const Minimum* Problem::reached(double f) const {
  for (const Minimum& minimum : minima) {
    if (std::abs(f - minimum.value) <= minimum.tolerance) return &minimum;
  }
  return nullptr;
}

const std::vector<Problem>& more_garbow_hillstrom() {
  static const std::vector<Problem> all = [] {
    std::vector<Problem> joined;
    for (auto* part :
         {problems_1_to_7, problems_8_to_13, problems_14_to_19, problems_20_to_27, problems_28_to_35}) {
      for (Problem& problem : part()) joined.push_back(std::move(problem));
    }
    return joined;
  }();
  return all;
}

const Problem& more_garbow_hillstrom(int number, Eigen::Index size) {
  for (const Problem& problem : more_garbow_hillstrom()) {
    if (problem.number == number && problem.size() == size) return problem;
  }
  throw std::invalid_argument("more_garbow_hillstrom: no row with number " + std::to_string(number)
                              + " and size " + std::to_string(size));
}

}  // namespace natgrad::test
