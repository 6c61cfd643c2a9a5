// SPDX-License-Identifier: MIT
/// A function of one variable as the real Search sees it: x0 = 0 and φ′(0) = −1, so that d = 1 and α = x under the identity.
#pragma once

#include <natgrad/core/descent.hpp>
#include <natgrad/metric/identity.hpp>

#include <Eigen/Core>

#include <functional>
#include <utility>
#include <vector>

namespace natgrad::test {

using Vector1d = Eigen::Matrix<double, 1, 1>;

struct Phi {
  std::function<double(double)> value_at, slope_at;
  mutable std::vector<double> tried = {};  ///< every α at which φ was asked

  double value(const Vector1d& x) const {
    tried.push_back(x[0]);
    return value_at(x[0]);
  }
  void gradient(const Vector1d& x, Vector1d& g) const { g[0] = slope_at(x[0]); }
  void hessian(const Vector1d& x, Eigen::Matrix<double, 1, 1>& H) const {
    const double h = 1e-4;
    H(0, 0) = (slope_at(x[0] + h) - slope_at(x[0] - h)) / (2 * h);
  }
};

template <class MetricState>
class LineIn {
 public:
  using Metric = MetricState;
  using Search = natgrad::detail::Descent<Evaluator<Phi, Vector1d>, Metric>;

  LineIn(std::function<double(double)> value, std::function<double(double)> slope, Budget budget = {})
      : phi{std::move(value), std::move(slope)},
        evaluator_(phi, budget),
        search(evaluator_, metric_, Vector1d(0.0)) {
    search.evaluate_start();
  }
  LineIn(const LineIn&) = delete;

  /// φ at 0 and at α
  double value(double alpha) const { return phi.value_at(alpha); }
  double slope(double alpha) const { return phi.slope_at(alpha); }

  Phi phi;

 private:
  Evaluator<Phi, Vector1d> evaluator_;
  Metric metric_;

 public:
  Search search;
};

using Line = LineIn<IdentityState<Vector1d>>;

/// ½c·α² − α + offset, whose minimum is at 1/c
template <class L = Line>
L parabola(double c, double offset = 0) {
  return {[=](double a) { return 0.5 * c * a * a - a + offset; }, [=](double a) { return c * a - 1; }};
}

}  // namespace natgrad::test
