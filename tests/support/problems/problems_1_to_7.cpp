// SPDX-License-Identifier: MIT
#include "support/problems/make_problem.hpp"
#include "support/problems/more_garbow_hillstrom.hpp"

#include <array>
#include <cmath>
#include <cstddef>

// Moré, Garbow & Hillstrom (1981), problems 1–7.

namespace natgrad::test {

namespace {

struct Rosenbrock {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    r[0] = 10 * (x[1] - x[0] * x[0]);
    r[1] = 1 - x[0];
  }
};

struct FreudensteinRoth {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    r[0] = -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1];
    r[1] = -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1];
  }
};

struct PowellBadlyScaled {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    r[0] = 10000 * x[0] * x[1] - 1;
    r[1] = exp(-x[0]) + exp(-x[1]) - Constant<T>(1.0001);
  }
};

struct BrownBadlyScaled {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    r[0] = x[0] - 1000000;
    r[1] = x[1] - Constant<T>(2e-6);
    r[2] = x[0] * x[1] - 2;
  }
};

struct Beale {
  static constexpr std::array<double, 3> y{1.5, 2.25, 2.625};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    T power = x[1];
    for (std::size_t i = 0; i < y.size(); ++i) {
      r[static_cast<Eigen::Index>(i)] = Constant<T>(y[i]) - x[0] * (1 - power);
      power *= x[1];
    }
  }
};

/// From 10·x0 the terms are exp(40), from 100·x0 they overflow: f(x0) = ∞ has to be reported.
struct JennrichSampson {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (Eigen::Index i = 0; i < r.size(); ++i) {
      const auto k = static_cast<Constant<T>>(i + 1);
      r[i] = 2 + 2 * k - (exp(k * x[0]) + exp(k * x[1]));
    }
  }
};

struct HelicalValley {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::atan2, std::sqrt;
    // θ = atan(x₂/x₁)/2π, + ½ where x₁ < 0, ±¼ at x₁ = 0. As an atan2 in the right half plane it is smooth across
    // x₂ = 0 on both sides, and its derivative exists at x₁ = 0.
    constexpr auto two_pi = static_cast<Constant<T>>(6.283185307179586476925286766559005768L);
    const T theta = x[0] < 0 ? atan2(-x[1], -x[0]) / two_pi + Constant<T>(0.5) : atan2(x[1], x[0]) / two_pi;
    r[0] = 10 * (x[2] - 10 * theta);
    r[1] = 10 * (sqrt(x[0] * x[0] + x[1] * x[1]) - 1);
    r[2] = x[2];
  }
};

}  // namespace

std::vector<Problem> problems_1_to_7() {
  return {
      make_problem(Rosenbrock{}, 1, "Rosenbrock", vector({-1.2, 1}), 2, {published(0)}, {vector({1, 1})}),
      make_problem(FreudensteinRoth{}, 2, "Freudenstein and Roth", vector({0.5, -2}), 2,
                   {published(0), published(48.9842536792)},
                   {vector({5, 4}), vector({11.41277899, -0.8968052533})}),
      make_problem(PowellBadlyScaled{}, 3, "Powell badly scaled", vector({0, 1}), 2,
                   {published(0), infimum(1e-8)}, {vector({1.09815933e-05, 9.10614674})}),
      make_problem(BrownBadlyScaled{}, 4, "Brown badly scaled", vector({1, 1}), 3, {published(0)},
                   {vector({1e6, 2e-6})}),
      make_problem(Beale{}, 5, "Beale", vector({1, 1}), 3,
                   {published(0), infimum(14.203125 - 13.875 * 13.875 / 14)}, {vector({3, 0.5})}),
      make_problem(JennrichSampson{}, 6, "Jennrich and Sampson", vector({0.3, 0.4}), 10,
                   {published(124.362182356)}, {vector({0.2578252137, 0.2578252137})}),
      make_problem(HelicalValley{}, 7, "Helical valley", vector({-1, 0, 0}), 3, {published(0)},
                   {vector({1, 0, 0})}),
  };
}

}  // namespace natgrad::test
