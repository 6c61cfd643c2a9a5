// SPDX-License-Identifier: MIT
/// One run of one optimizer on one of the problems of Moré, Garbow & Hillstrom, and what is true of it.
#pragma once

#include "natgrad/core/minimize.hpp"
#include "support/algebra.hpp"
#include "support/problems/problem.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

namespace natgrad::test {

inline constexpr std::array<double, 3> factors{1, 10, 100};

/// The default test of StopWhen: ‖∇f(x)‖∞ ≤ 1e-8
inline constexpr long double claimed = 1e-8L;

struct Run {
  const Problem* problem = nullptr;
  double factor = 1;
  double unit = 1;  ///< of f: Σr² = f·unit
  natgrad::Result<Eigen::VectorXd> result;
  const Minimum* reached = nullptr;
  bool saddle = false;           ///< a negative eigenvalue in ∇²f(x), in long double
  bool false_converged = false;  ///< `converged`, and ∇f(x) in long double says no
  bool false_failure = false;    ///< a failure at a minimum, or where the gradient test holds
  bool nan = false;
  bool worse = false;  ///< f(x) > f(x0)
};

/// ‖∇f(x)‖∞ in long double
inline long double exact_gradient_norm(const Problem& problem, const Eigen::VectorXd& x) {
  const Vector<long double> point = x.cast<long double>();
  Vector<long double> g(x.size());
  problem.gradient(point, g);
  return g.cwiseAbs().maxCoeff();
}

inline bool is_saddle(const Problem& problem, const Eigen::VectorXd& x) {
  Matrix<long double> H(x.size(), x.size());
  const Vector<long double> point = x.cast<long double>();
  problem.hessian(point, H);
  if (!H.allFinite()) return false;
  const Vector<long double> eigenvalues = symmetric_eigenvalues(H);
  return eigenvalues[0] < -1e-9L * eigenvalues.cwiseAbs().maxCoeff();
}

/// f(x)·unit = Σrᵢ(x)², as the problem has it
template <class F, class Optimizer>
Run run(const Problem& problem, double factor, const F& f, double unit, const Optimizer& optimizer) {
  Run run;
  run.problem = &problem;
  run.factor = factor;
  run.unit = unit;
  const Eigen::VectorXd start = problem.scaled_start(factor);
  const double start_value = f.value(start);
  run.result = natgrad::minimize(f, start, optimizer);
  const auto& [x, value] = std::tie(run.result.x, run.result.value);
  if (!std::isfinite(start_value)) {  // nothing but a report is wanted, and x = x0
    run.nan = !x.allFinite();
    run.worse = run.result.status != Status::not_finite;
    return run;
  }
  run.nan = !x.allFinite() || !std::isfinite(value) || !run.result.gradient.allFinite();
  if (run.nan) return run;
  run.worse = !(value <= start_value) || value != f.value(x);
  run.reached = problem.reached(value * unit);
  const long double gradient_norm = exact_gradient_norm(problem, x) / static_cast<long double>(unit);
  run.saddle = is_saddle(problem, x);
  run.false_converged = run.result.converged() && !(gradient_norm <= claimed);
  const bool attained = run.reached != nullptr && run.reached->kind != Minimum::Kind::infimum;
  run.false_failure = !run.result.usable() && (attained || (gradient_norm <= claimed && !run.saddle));
  return run;
}

struct Summary {
  std::string name;
  std::vector<Run> runs;

  template <class Predicate>
  int count(double factor, const Predicate& holds) const {
    int n = 0;
    for (const Run& r : runs) n += (factor == 0 || r.factor == factor) && holds(r);
    return n;
  }
  /// of a figure of the runs from x0
  template <class Figure>
  natgrad::Index median(const Figure& figure) const {
    std::vector<natgrad::Index> figures;
    for (const Run& r : runs) {
      if (r.factor == 1) figures.push_back(figure(r));
    }
    const auto middle = figures.begin() + static_cast<std::ptrdiff_t>(figures.size() / 2);
    std::nth_element(figures.begin(), middle, figures.end());
    return *middle;
  }
  int reached(double factor) const {
    return count(factor, [](const Run& r) { return r.reached != nullptr; });
  }
};

template <class Optimizer>
Summary run_all(const std::string& name, const Optimizer& optimizer) {
  Summary summary{name, {}};
  for (const double factor : factors) {
    for (const Problem& problem : more_garbow_hillstrom())
      summary.runs.push_back(run(problem, factor, problem, 1, optimizer));
  }
  return summary;
}

/// The natural gradient and L-BFGS, compiled apart: see mgh_residuals_test.cpp.
std::vector<Summary> runs_without_hessian();

}  // namespace natgrad::test
