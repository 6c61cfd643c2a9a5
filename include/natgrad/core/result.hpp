// SPDX-License-Identifier: MIT
#pragma once

/// What minimize() returns: the point, what is known there, how the run ended and what it cost.

#include "natgrad/core/counts.hpp"
#include "natgrad/core/message.hpp"
#include "natgrad/core/status.hpp"
#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <limits>
#include <ostream>
#include <sstream>

namespace natgrad {

template <class V>
struct Result {
  using Scalar = ScalarOf<V>;

  V x;                                                              ///< the point
  Scalar value = std::numeric_limits<Scalar>::quiet_NaN();          ///< f(x)
  V gradient;                                                       ///< ∇f(x)
  Scalar gradient_norm = std::numeric_limits<Scalar>::quiet_NaN();  ///< ‖∇f(x)‖∞
  Status status = Status::not_finite;
  Message message;  ///< the test that held or what went wrong, in words and figures; which metric was used
  Index iterations = 0;  ///< accepted steps
  Counts counts;
  double seconds = 0;  ///< wall time

  /// The test named in the message holds at x.
  bool converged() const { return status == Status::converged; }

  /// x is an answer: converged, or as good as the arithmetic gives.
  bool usable() const { return is_usable(status); }

  /// status in a sentence, x, f, ‖∇f‖, counts, time
  friend std::ostream& operator<<(std::ostream& out, const Result& r) {
    std::ostringstream text;
    text.precision(std::min(12, std::numeric_limits<Scalar>::digits10));
    text << r.status << ": " << advice(r.status) << '\n';
    if (!r.message.empty()) text << "  " << r.message << '\n';
    text << "  x          = (";
    const Index shown = std::min<Index>(r.x.size(), 10);
    for (Index i = 0; i < shown; ++i) text << (i ? ", " : "") << r.x[i];
    if (shown < r.x.size()) text << ", … " << r.x.size() << " in all";
    text << ")\n  f(x)       = " << r.value;
    text.precision(3);
    text << "\n  ‖∇f(x)‖∞   = " << r.gradient_norm << "\n  iterations = " << r.iterations << " (" << r.counts
         << ")\n  seconds    = " << r.seconds << '\n';
    return out << text.str();
  }
};

}  // namespace natgrad
