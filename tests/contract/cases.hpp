// SPDX-License-Identifier: MIT
/// A small list of problems in two unknowns, easy and unkind, for the promises that every optimizer keeps on all of them.
#pragma once

#include "support/recorded.hpp"

#include <Eigen/Core>

#include <cmath>
#include <vector>

namespace natgrad::test {

/// V holds two entries: Eigen::Vector2d, Eigen::VectorXd.
template <class V>
class Cases {
 public:
  using Matrix = SquareMatrix<V>;

  static const std::vector<Case<V>>& smooth() {
    static const std::vector<Case<V>> list{quadratic(0), rosenbrock(), double_well(), barrier()};
    return list;
  }

  static const std::vector<Case<V>>& all() {
    static const std::vector<Case<V>> list{quadratic(0),     rosenbrock(),   double_well(), barrier(),
                                           cosh(),           quadratic(1e6), linear(),      concave(),
                                           wrong_gradient(), kinked(),       constant(),    flat_tail()};
    return list;
  }

 private:
  static V at(double a, double b) {
    V x(2);
    x[0] = a;
    x[1] = b;
    return x;
  }
  static void set(Matrix& M, double a, double b, double c) {
    M(0, 0) = a;
    M(0, 1) = M(1, 0) = b;
    M(1, 1) = c;
  }
  /// One sample, whose score is −∇f.
  static void one_score(Case<V>& c) {
    c.score = [g = c.gradient](const V& x, Index, V& s) {
      g(x, s);
      s = -s;
    };
  }

  /// Eigenvalues 0.5 and 50, minimum −½bᵀA⁻¹b + offset. Two samples on both sides of the mean.
  static Case<V> quadratic(double offset) {
    const double a = 25.25, b = 24.75;
    Case<V> c{offset == 0 ? "quadratic" : "quadratic with an offset", at(3, -4), {}, {}, {}, {}};
    c.value = [=](const V& x) {
      return offset + 0.5 * (a * x[0] * x[0] + 2 * b * x[0] * x[1] + a * x[1] * x[1]) - x[0] + 2 * x[1];
    };
    c.gradient = [=](const V& x, V& g) {
      g[0] = a * x[0] + b * x[1] - 1;
      g[1] = b * x[0] + a * x[1] + 2;
    };
    c.hessian = c.fisher = [=](const V&, Matrix& H) { set(H, a, b, a); };
    c.samples = 2;
    c.score = [g = c.gradient](const V& x, Index i, V& s) {
      g(x, s);
      s = -s;
      s[0] += i == 0 ? 5 : -5;
    };
    return c;
  }

  /// ‖r‖² with r = (10(y − x²), 1 − x); F = 2JᵀJ
  static Case<V> rosenbrock() {
    Case<V> c{"Rosenbrock", at(-1.2, 1), {}, {}, {}, {}};
    c.value = [](const V& x) {
      const double u = x[1] - x[0] * x[0], v = 1 - x[0];
      return 100 * u * u + v * v;
    };
    c.gradient = [](const V& x, V& g) {
      const double u = x[1] - x[0] * x[0];
      g[0] = -400 * x[0] * u - 2 * (1 - x[0]);
      g[1] = 200 * u;
    };
    c.hessian = [](const V& x, Matrix& H) { set(H, 1200 * x[0] * x[0] - 400 * x[1] + 2, -400 * x[0], 200); };
    c.fisher = [](const V& x, Matrix& F) { set(F, 800 * x[0] * x[0] + 2, -400 * x[0], 200); };
    c.samples = 2;
    c.score = [](const V& x, Index i, V& s) {
      s[0] = i == 0 ? 800 * x[0] * (x[1] - x[0] * x[0]) : 4 * (1 - x[0]);
      s[1] = i == 0 ? -400 * (x[1] - x[0] * x[0]) : 0;
    };
    return c;
  }

  /// x⁴ − x² + y²: two minima at x = ±√½ with f = −¼, a saddle at 0, started on the way to the saddle
  static Case<V> double_well() {
    Case<V> c{"double well", at(0.01, 1), {}, {}, {}, {}};
    c.value = [](const V& x) { return std::pow(x[0], 4) - x[0] * x[0] + x[1] * x[1]; };
    c.gradient = [](const V& x, V& g) {
      g[0] = 4 * x[0] * x[0] * x[0] - 2 * x[0];
      g[1] = 2 * x[1];
    };
    c.hessian = [](const V& x, Matrix& H) { set(H, 12 * x[0] * x[0] - 2, 0, 2); };
    c.fisher = [](const V& x, Matrix& F) { set(F, 12 * x[0] * x[0] + 2, 0, 2); };
    one_score(c);
    return c;
  }

  /// Σ xᵢ − log xᵢ: NaN outside x > 0, and far from the minimum at 1 on both sides
  static Case<V> barrier() {
    Case<V> c{"logarithmic barrier", at(0.05, 30), {}, {}, {}, {}};
    c.value = [](const V& x) { return x[0] - std::log(x[0]) + x[1] - std::log(x[1]); };
    c.gradient = [](const V& x, V& g) {
      g[0] = 1 - 1 / x[0];
      g[1] = 1 - 1 / x[1];
    };
    c.hessian = c.fisher = [](const V& x, Matrix& H) { set(H, 1 / (x[0] * x[0]), 0, 1 / (x[1] * x[1])); };
    c.samples = 2;
    c.score = [](const V& x, Index i, V& s) {
      s.setZero();
      s[i] = 2 / x[i] - 2;
    };
    return c;
  }

  /// Σ cosh 3xᵢ: overflows at |xᵢ| > 237
  static Case<V> cosh() {
    Case<V> c{"cosh", at(8, -6), {}, {}, {}, {}};
    c.value = [](const V& x) { return std::cosh(3 * x[0]) + std::cosh(3 * x[1]); };
    c.gradient = [](const V& x, V& g) {
      g[0] = 3 * std::sinh(3 * x[0]);
      g[1] = 3 * std::sinh(3 * x[1]);
    };
    c.hessian =
        c.fisher = [](const V& x, Matrix& H) { set(H, 9 * std::cosh(3 * x[0]), 0, 9 * std::cosh(3 * x[1])); };
    one_score(c);
    return c;
  }

  /// x − 2y, which has no minimum
  static Case<V> linear() {
    Case<V> c{"linear", at(1, 1), {}, {}, {}, {}};
    c.value = [](const V& x) { return x[0] - 2 * x[1]; };
    c.gradient = [](const V&, V& g) {
      g[0] = 1;
      g[1] = -2;
    };
    c.hessian = [](const V&, Matrix& H) { H.setZero(); };
    c.fisher = [](const V&, Matrix& F) { F.setIdentity(); };
    one_score(c);
    return c;
  }

  /// −‖x‖²
  static Case<V> concave() {
    Case<V> c{"concave", at(1, 0.5), {}, {}, {}, {}};
    c.value = [](const V& x) { return -x.squaredNorm(); };
    c.gradient = [](const V& x, V& g) { g = -2 * x; };
    c.hessian = [](const V&, Matrix& H) { set(H, -2, 0, -2); };
    c.fisher = [](const V&, Matrix& F) { set(F, 2, 0, 2); };
    one_score(c);
    return c;
  }

  /// ‖x‖² with the gradient of −‖x‖²
  static Case<V> wrong_gradient() {
    Case<V> c = concave();
    c.name = "gradient with the wrong sign";
    c.value = [](const V& x) { return x.squaredNorm(); };
    c.hessian = c.fisher;
    return c;
  }

  /// |x| + 2|y|
  static Case<V> kinked() {
    Case<V> c{"kinked", at(1, 0.7), {}, {}, {}, {}};
    c.value = [](const V& x) { return std::abs(x[0]) + 2 * std::abs(x[1]); };
    c.gradient = [](const V& x, V& g) {
      g[0] = x[0] < 0 ? -1 : 1;
      g[1] = x[1] < 0 ? -2 : 2;
    };
    c.hessian = [](const V&, Matrix& H) { H.setZero(); };
    c.fisher = [](const V&, Matrix& F) { F.setIdentity(); };
    one_score(c);
    return c;
  }

  /// 7 everywhere
  static Case<V> constant() {
    Case<V> c{"constant", at(1, 2), {}, {}, {}, {}};
    c.value = [](const V&) { return 7.0; };
    c.gradient = [](const V&, V& g) { g.setZero(); };
    c.hessian = c.fisher = [](const V&, Matrix& H) { H.setZero(); };
    one_score(c);
    return c;
  }

  /// eˣ + y²: the infimum 0 lies at x = −∞
  static Case<V> flat_tail() {
    Case<V> c{"flat tail", at(1, 1), {}, {}, {}, {}};
    c.value = [](const V& x) { return std::exp(x[0]) + x[1] * x[1]; };
    c.gradient = [](const V& x, V& g) {
      g[0] = std::exp(x[0]);
      g[1] = 2 * x[1];
    };
    c.hessian = c.fisher = [](const V& x, Matrix& H) { set(H, std::exp(x[0]), 0, 2); };
    one_score(c);
    return c;
  }
};

}  // namespace natgrad::test
