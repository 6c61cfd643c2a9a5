// SPDX-License-Identifier: MIT
#pragma once

/// Prints one aligned line an iteration, in 80 columns.

#include "natgrad/core/progress.hpp"

#include <cstdio>
#include <iostream>
#include <ostream>

namespace natgrad {

struct Print {
  std::ostream* out = &std::cout;
  Index every = 1;  ///< a line for each `every`-th iteration

  template <class V>
  void operator()(const Progress<V>& now) const {
    if (now.iteration == 0) {
      *out << "    k              f(x)   ‖∇f(x)‖∞   change of f    step α  damping λ  f calls\n";
    }
    if (every > 1 && now.iteration % every != 0) return;
    const auto number = [](const auto& value) { return static_cast<double>(value); };
    char line[96];
    std::snprintf(line, sizeof line, "%5lld  %16.9e  %9.2e  %12.4e  %8.2e  %9.2e  %7lld\n",
                  static_cast<long long>(now.iteration), number(now.value), number(now.gradient_norm),
                  number(now.value_change), number(now.step), number(now.damping),
                  static_cast<long long>(now.counts.values));
    *out << line;
  }
};

}  // namespace natgrad
