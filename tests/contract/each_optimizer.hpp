// SPDX-License-Identifier: MIT
/// One type of objective and one optimizer of each kind, so that a fault costs no instantiation of its own.
#pragma once

#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <functional>
#include <string>
#include <utility>

namespace natgrad::test {

/// f, ∇f and ∇²f behind std::function.
struct AnyFunction {
  using V = Eigen::VectorXd;
  std::function<double(const V&)> value_at;
  std::function<void(const V&, V&)> gradient_at;
  std::function<void(const V&, Eigen::MatrixXd&)> hessian_at = [](const V&, Eigen::MatrixXd& H) {
    H.setIdentity();
  };

  double value(const V& x) const { return value_at(x); }
  void gradient(const V& x, V& g) const { gradient_at(x, g); }
  void hessian(const V& x, Eigen::MatrixXd& H) const { hessian_at(x, H); }
};

template <class Optimizer>
Result<Eigen::VectorXd> run(const AnyFunction& f, const Eigen::VectorXd& x0, const Optimizer& optimizer,
                            const StopWhen& stop) {
  return minimize(f, x0, optimizer, stop);
}

/// check(name, result) of every kind of optimizer.
inline void with_each(const AnyFunction& f, const Eigen::VectorXd& x0, const StopWhen& stop,
                      const std::function<void(const Result<Eigen::VectorXd>&)>& check) {
  const auto judged = [&](const char* name, const Result<Eigen::VectorXd>& r) {
    INFO(name << ": " << r);
    check(r);
  };
  judged("GradientDescent", run(f, x0, GradientDescent{}, stop));
  judged("GradientDescent{StrongWolfe}", run(f, x0, GradientDescent{StrongWolfe{}}, stop));
  judged("LimitedMemoryBfgs", run(f, x0, LimitedMemoryBfgs{}, stop));
  judged("Newton", run(f, x0, Newton{}, stop));
  judged("Newton{TrustRegion}", run(f, x0, Newton{TrustRegion{}}, stop));
  judged("Newton{Armijo}", run(f, x0, Newton{Armijo{}}, stop));
}

/// ½·Σ cᵢxᵢ²
inline AnyFunction bowl(const Eigen::VectorXd& c) {
  return {[c](const Eigen::VectorXd& x) { return 0.5 * c.dot(x.cwiseAbs2()); },
          [c](const Eigen::VectorXd& x, Eigen::VectorXd& g) { g = c.cwiseProduct(x); },
          [c](const Eigen::VectorXd&, Eigen::MatrixXd& H) { H = c.asDiagonal(); }};
}

}  // namespace natgrad::test
