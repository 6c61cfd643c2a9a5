// SPDX-License-Identifier: MIT
#pragma once

/// check_derivatives(f, x): every derivative that an objective gives, against differences of the one before it.

#include "natgrad/check/arguments.hpp"
#include "natgrad/check/compare.hpp"
#include "natgrad/check/differences.hpp"
#include "natgrad/check/information.hpp"
#include "natgrad/check/scores.hpp"
#include "natgrad/core/objective.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace natgrad {

namespace detail {

template <class F, class V>
class DerivativeChecks {
 public:
  using Scalar = ScalarOf<V>;

  DerivativeChecks(const F& f, const V& x, double tolerance, CheckReport& report)
      : f_(f), x_(x), d_(x.size()), tolerance_(tolerance), report_(report) {}

  /// False where f or ∇f is not finite at x: nothing more can be said.
  bool finite() {
    V g = V::Constant(d_, std::numeric_limits<Scalar>::quiet_NaN()), from_zero = V::Zero(d_);
    full_gradient(f_, x_, g);
    const bool value_is = is_finite(value(x_));
    if (value_is && g.allFinite()) return true;
    full_gradient(f_, x_, from_zero);
    if (!value_is) {
      fail("value", "value is not finite at x.");
    } else if (from_zero.allFinite()) {
      fail("gradient",
           "gradient adds to what it finds in g, or leaves an entry out: write every entry with =.");
    } else {
      fail("gradient", "gradient is not finite at x.");
    }
    return false;
  }

  /// ∇f against central differences of f
  void gradient() {
    const auto f = [&](const V& x) { return Values<Scalar>{value(x)}; };
    const auto g = [&](const V& x) { return gradient_at(x); };
    const Values<Scalar> given = g(x_), f_noise = noise(f, x_);
    gradient_noise_ = noise(g, x_);
    Comparison compare = comparison("gradient", "differences of value", d_, 1);
    for (Index i = 0; i < d_; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const auto enough = [&](std::size_t, const auto& found) { return agrees(found, given[k]); };
      const auto found = differentiate(f, x_, i, f_noise, enough).front();
      compare.given(i) = static_cast<double>(given[k]);
      compare.wanted(i) = static_cast<double>(found.value);
      compare.uncertainty(i) =
          static_cast<double>(Scalar(2) * found.uncertainty + Scalar(4) * gradient_noise_[k]);
    }
    add(compare);
    gradient_is_wrong_ = !report_.ok();
  }

  /// The fused call against the two.
  void fused() {
    if constexpr (HasValueAndGradient<F, V>) {
      V g(d_);
      const Scalar fused_value = f_.value_and_gradient(x_, g);
      if constexpr (HasValue<F, V>) {
        Comparison compare = comparison("value of value_and_gradient", "value", 1, 1);
        const auto f = [&](const V& x) { return Values<Scalar>{f_.value(x)}; };
        compare.given(0) = static_cast<double>(fused_value);
        compare.wanted(0) = static_cast<double>(f_.value(x_));
        compare.uncertainty(0) = static_cast<double>(Scalar(4) * noise(f, x_).front());
        add(compare);
      }
      if constexpr (HasGradient<F, V>) {
        const Values<Scalar> wanted = gradient_at(x_);
        Comparison compare = comparison("gradient of value_and_gradient", "gradient", d_, 1);
        for (Index i = 0; i < d_; ++i) {
          compare.given(i) = static_cast<double>(g[i]);
          compare.wanted(i) = static_cast<double>(wanted[static_cast<std::size_t>(i)]);
          compare.uncertainty(i) =
              static_cast<double>(Scalar(8) * gradient_noise_[static_cast<std::size_t>(i)]);
        }
        add(compare);
      }
    }
  }

  /// ∇²f and its products against central differences of ∇f, which an offset of f does not reach
  void curvature() {
    if constexpr (HasHessian<F, V>) {
      SquareMatrix<V> H = SquareMatrix<V>::Constant(d_, d_, std::numeric_limits<Scalar>::quiet_NaN());
      f_.hessian(x_, H);
      if (H.rows() == d_ && H.cols() == d_) {
        compare_curvature("hessian", H);
        if (d_ > 1) symmetry(Table::copy(H));
      } else {
        fail("hessian", "hessian changes the size of H: it comes as d×d, write into it.");
      }
    }
    if constexpr (HasHessianTimes<F, V>) {
      SquareMatrix<V> columns(d_, d_);
      V unit = V::Zero(d_), product(d_);
      for (Index j = 0; j < d_; ++j) {
        unit[j] = Scalar(1);
        f_.hessian_times(x_, unit, product);
        columns.col(j) = product;
        unit[j] = Scalar(0);
      }
      compare_curvature("hessian_times", columns);
      linearity(columns);
    }
  }

 private:
  Scalar value(const V& x) const {
    if constexpr (HasValue<F, V>) {
      return f_.value(x);
    } else {
      V g(d_);
      return f_.value_and_gradient(x, g);
    }
  }

  Values<Scalar> gradient_at(const V& x) const {
    V g(d_);
    full_gradient(f_, x, g);
    return Values<Scalar>(g.data(), g.data() + d_);
  }

  Comparison comparison(const char* name, const char* reference, Index rows, Index columns) const {
    Index n = 0;
    if constexpr (HasSampleCount<F>) n = f_.sample_count();
    return {name,       reference,      Table(rows, columns), Table(rows, columns), Table(rows, columns),
            tolerance_, usual_faults(n)};
  }

  void fail(const char* name, const char* sentence) {
    Check check;
    check.name = name;
    check.ok = false;
    check.sentence = sentence;
    report_.add(std::move(check));
  }

  void add(const Comparison& compare) { report_.add(compare.judge()); }

  /// The differences are sharp enough, and the given value is within them.
  bool agrees(const Derivative<Scalar>& found, const Scalar& given) const {
    const double a = static_cast<double>(given), b = static_cast<double>(found.value);
    const double allowed = tolerance_ * std::fmax(std::abs(a), std::abs(b));
    return static_cast<double>(found.uncertainty) <= 0.1 * allowed && std::abs(a - b) <= allowed;
  }

  void compare_curvature(const char* name, const SquareMatrix<V>& given) {
    const auto g = [&](const V& x) { return gradient_at(x); };
    Comparison compare = comparison(name, "differences of gradient", d_, d_);
    compare.given = Table::copy(given);
    for (Index j = 0; j < d_; ++j) {
      const auto enough = [&](std::size_t i, const auto& found) {
        return agrees(found, given(static_cast<Index>(i), j));
      };
      const auto found = differentiate(g, x_, j, gradient_noise_, enough);
      for (Index i = 0; i < d_; ++i) {
        compare.wanted(i, j) = static_cast<double>(found[static_cast<std::size_t>(i)].value);
        compare.uncertainty(i, j) =
            static_cast<double>(Scalar(2) * found[static_cast<std::size_t>(i)].uncertainty);
      }
    }
    const Table scales = compare.wanted.scales();  // and the rounding of what is given
    compare.uncertainty =
        compare.uncertainty.map([&](Index i, Index j, double u) { return u + rounding() * scales(i, j); });
    if (gradient_is_wrong_) compare.remark = "But the gradient is wrong itself: repair that first.";
    add(compare);
  }

  void symmetry(const Table& H) {
    const Table scales = H.scales();
    const Table allowed = scales.map([&](Index, Index, double s) { return rounding() * s; });
    add({"hessian across the diagonal",
         "its own transpose",
         H,
         H.transpose(),
         allowed,
         tolerance_,
         {},
         "It must be full and symmetric."});
  }

  /// A product with any v is the same sum of columns.
  void linearity(const SquareMatrix<V>& columns) {
    V v(d_), product(d_);
    for (Index j = 0; j < d_; ++j) v[j] = Scalar((j % 2 ? -1.5 : 2.25) + 0.1 * static_cast<double>(j % 7));
    f_.hessian_times(x_, v, product);
    Comparison compare = comparison("hessian_times of a general v", "the sum of its columns", d_, 1);
    for (Index i = 0; i < d_; ++i) {
      compare.given(i) = static_cast<double>(product[i]);
      for (Index j = 0; j < d_; ++j) {
        const double part = static_cast<double>(columns(i, j) * v[j]);
        compare.wanted(i) += part;
        compare.uncertainty(i) += rounding() * std::abs(part);
      }
    }
    add(compare);
  }

  static double rounding() { return 64 * static_cast<double>(epsilon<Scalar>()); }

  const F& f_;
  const V& x_;
  Index d_;
  double tolerance_;
  CheckReport& report_;
  Values<Scalar> gradient_noise_;
  bool gradient_is_wrong_ = false;
};

}  // namespace detail

/// Compares every member that f has with a reference that f gives itself, at one point.
///
///     gradient                      central differences of value
///     value_and_gradient            the two calls
///     hessian, hessian_times        central differences of gradient; symmetry; linearity
///     score, scores                 mean −∇(f − penalty); one another; the same rows in any blocks
///     sampled_scores                E[s] = 0
///     fisher, _rows, _times, kl     E[s sᵀ] of sampled_scores; one another; the Hessian of kl (check/information.hpp)
///
/// f        an objective with value and gradient, or value_and_gradient
/// x        any Eigen vector expression, finite: a general point inside the domain, not an optimum, where all is zero
/// options  tolerance, false-alarm rate of the z-tests, how many rows to draw for them
///
/// A derivative is wrong where it misses an extrapolated central difference by more than its error estimate and 1e-5 of
/// itself; steps come from the scale of x and the noise of f, which is measured. About 8d calls of f and 16d of ∇f, more for
/// an entry that disagrees. A member that throws std::invalid_argument is taken as not given here. Throws
/// std::invalid_argument for an x of the wrong length or with NaN, and for an option out of range.
template <class F, class X>
CheckReport check_derivatives(const F& f, const X& x, const CheckOptions& options = {}) {
  using V = PlainVector<X>;
  using Objective = std::remove_cvref_t<decltype(detail::unwrap(f))>;
  constexpr bool enough = Differentiable<Objective, V>;
  static_assert(enough,
                "natgrad: check_derivatives needs value(x) and gradient(x, g) of the objective: `Scalar "
                "value(const V& x) "
                "const` and `void gradient(const V& x, V& g) const`, where V is the plain vector type of x.");
  CheckReport report;
  if constexpr (detail::point_is_vector<X>() && enough) {
    const Objective& objective = detail::unwrap(f);
    const V at = x;
    detail::check_point(objective, at);
    options.validate();
    const double tolerance = detail::tolerance_for<ScalarOf<V>>(options);
    detail::DerivativeChecks<Objective, V> checks(objective, at, tolerance, report);
    if (!checks.finite()) return report;
    checks.gradient();
    checks.fused();
    checks.curvature();
    bool is_likelihood = true;
    if constexpr (HasAnyScores<Objective, V>) {
      is_likelihood = detail::unless_refused("scores", report,
                                             [&] { detail::check_scores(objective, at, tolerance, report); });
    }
    if (is_likelihood) detail::add_information(objective, at, options, report);
  }
  return report;
}

}  // namespace natgrad
