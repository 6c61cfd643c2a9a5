// SPDX-License-Identifier: MIT
#include "support/problems/make_problem.hpp"
#include "support/problems/more_garbow_hillstrom.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

// Moré, Garbow & Hillstrom (1981), problems 8–13.

namespace natgrad::test {

namespace {

struct Bard {
  static constexpr std::array<double, 15> y{.14, .18, .22, .25, .29,  .32,  .35, .39,
                                            .37, .58, .73, .96, 1.34, 2.10, 4.39};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto u = static_cast<Constant<T>>(i + 1);
      const Constant<T> v = 16 - u;
      const Constant<T> w = std::min(u, v);
      r[static_cast<Eigen::Index>(i)] = Constant<T>(y[i]) - (x[0] + u / (v * x[1] + w * x[2]));
    }
  }
};

struct Gaussian {
  static constexpr std::array<double, 15> y{.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989,
                                            .3521, .2420, .1295, .0540, .0175, .0044, .0009};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const T distance = (7 - static_cast<Constant<T>>(i)) / 2 - x[2];
      r[static_cast<Eigen::Index>(i)] = x[0] * exp(-x[1] * distance * distance / 2) - Constant<T>(y[i]);
    }
  }
};

/// cond(H) ≈ 1e16 at the minimum: ‖∇f‖ ≈ 1e4 at the minimiser rounded to ten digits.
struct Meyer {
  static constexpr std::array<double, 16> y{34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                                            8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto t = 45 + 5 * static_cast<Constant<T>>(i + 1);
      r[static_cast<Eigen::Index>(i)] = x[0] * exp(x[1] / (t + x[2])) - Constant<T>(y[i]);
    }
  }
};

/// The exponent reads "|y mi x₂|^x₃/x₁" in print, where "mi" stands for a minus sign; taken as m·i the minimum is lost.
struct Gulf {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::abs, std::exp, std::pow;
    for (Eigen::Index i = 0; i < r.size(); ++i) {
      const double t = static_cast<double>(i + 1) / 100;
      const double y = 25 + std::pow(-50 * std::log(t), 2.0 / 3);
      r[i] = exp(-pow(abs(static_cast<Constant<T>>(y) - x[1]), x[2]) / x[0]) - static_cast<Constant<T>>(t);
    }
  }
};

struct Box {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (Eigen::Index i = 0; i < r.size(); ++i) {
      const double t = static_cast<double>(i + 1) / 10;
      const auto c = static_cast<Constant<T>>(t);
      r[i] =
          exp(-c * x[0]) - exp(-c * x[1]) - x[2] * static_cast<Constant<T>>(std::exp(-t) - std::exp(-10 * t));
    }
  }
};

struct PowellSingular {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    r[0] = x[0] + 10 * x[1];
    r[1] = Constant<T>(std::sqrt(5.0)) * (x[2] - x[3]);
    r[2] = (x[1] - 2 * x[2]) * (x[1] - 2 * x[2]);
    r[3] = Constant<T>(std::sqrt(10.0)) * (x[0] - x[3]) * (x[0] - x[3]);
  }
};

}  // namespace

std::vector<Problem> problems_8_to_13() {
  return {
      make_problem(Bard{}, 8, "Bard", vector({1, 1, 1}), 15,
                   {published(8.21487730658e-3), infimum(17.4286933333), infimum(0.114798455616),
                    local(1.00382058682), local(1.88627481359), local(2.28990581856), local(2.36291629719)},
                   {vector({0.08241055975, 1.133036092, 2.343695179}),
                    vector({0.0521652070486, -0.386518511663, 3.97457131789}),
                    vector({0.127405853741, -0.853544717298, 4.70484458021}),
                    vector({0.223105992393, -2.62111214512, 6.710620864}),
                    vector({0.188038498827, -1.55300638691, 5.59510380956})}),
      make_problem(Gaussian{}, 9, "Gaussian", vector({0.4, 1, 0}), 15, {published(1.12793276962e-8)},
                   {vector({0.3989561378, 1.000019084, 0})}),
      make_problem(Meyer{}, 10, "Meyer", vector({0.02, 4000, 250}), 16, {published(87.9458551703)},
                   {vector({0.005609636471, 6181.346346, 345.2236346})}),
      make_problem(Gulf{}, 11, "Gulf research and development", vector({5, 2.5, 0.15}), 99, {published(0)},
                   {vector({50, 25, 1.5})}),
      make_problem(Box{}, 12, "Box three-dimensional", vector({0, 10, 20}), 10, {published(0)},
                   {vector({1, 10, 1}), vector({10, 1, -1})}),
      make_problem(PowellSingular{}, 13, "Powell singular", vector({3, -1, 0, 1}), 4, {published(0)},
                   {vector({0, 0, 0, 0})}),
  };
}

}  // namespace natgrad::test
