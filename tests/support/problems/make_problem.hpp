// SPDX-License-Identifier: MIT
#pragma once

/// make_problem(r, …): a Problem with the derivatives of f = Σ rᵢ², r given as `template <T> void operator()(x, r) const`.

#include "natgrad/autodiff/autodiff.hpp"
#include "support/problems/problem.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace natgrad::test {

/// The scalar of a problem's constants: T itself, or the base of a Jet, so that a product with a constant stays cheap.
template <class T>
using Constant = natgrad::JetBase<T>;

/// Σ rᵢ(x)²
template <class Residuals>
struct SumOfSquares {
  Residuals residuals;
  Eigen::Index count;

  template <class T>
  T operator()(const Vector<T>& x) const {
    Vector<T> r(count);
    residuals(x, r);
    T sum(0);
    for (const T& ri : r) sum += ri * ri;
    return sum;
  }
};

template <class Scalar, class Residuals>
Derivatives<Scalar> differentiate(const Residuals& residuals, Eigen::Index count) {
  const auto f = natgrad::autodiff(SumOfSquares<Residuals>{residuals, count});
  Derivatives<Scalar> d;
  d.value = [f](const Vector<Scalar>& x) { return f.value(x); };
  d.gradient = [f](const Vector<Scalar>& x, Vector<Scalar>& g) { f.gradient(x, g); };
  d.hessian = [f](const Vector<Scalar>& x, Matrix<Scalar>& H) { f.hessian(x, H); };
  d.residual = [residuals](const Vector<Scalar>& x, Vector<Scalar>& r) { residuals(x, r); };
  d.jacobian = [residuals, count](const Vector<Scalar>& x, Matrix<Scalar>& J) {
    // The Jet of the gradient, so that the residuals are compiled once for both.
    constexpr int K = 4;
    using J1 = natgrad::Jet<Scalar, K>;
    Vector<J1> lifted = x.template cast<J1>();
    Vector<J1> r(count);
    for (Eigen::Index first = 0; first < x.size(); first += K) {
      for (Eigen::Index k = 0; k < K && first + k < x.size(); ++k) {
        lifted[first + k].derivative[static_cast<std::size_t>(k)] = 1;
      }
      residuals(lifted, r);
      for (Eigen::Index k = 0; k < K && first + k < x.size(); ++k) {
        for (Eigen::Index i = 0; i < count; ++i)
          J(i, first + k) = r[i].derivative[static_cast<std::size_t>(k)];
        lifted[first + k].derivative[static_cast<std::size_t>(k)] = 0;
      }
    }
  };
  return d;
}

/// The row `number`, `name`, x0, m, accepted minima, known minimisers (to ten digits)
template <class Residuals>
Problem make_problem(const Residuals& residuals, int number, std::string name, const Eigen::VectorXd& start,
                     Eigen::Index count, std::vector<Minimum> minima,
                     std::vector<Eigen::VectorXd> points = {}) {
  return {.number = number,
          .name = std::move(name),
          .start = start,
          .residuals = count,
          .minima = std::move(minima),
          .points = std::move(points),
          .derivatives = {differentiate<float>(residuals, count), differentiate<double>(residuals, count),
                          differentiate<long double>(residuals, count)}};
}

/// A minimum known to about six digits, or f* = 0 up to 1e-10.
inline Minimum published(double value, double tolerance = 0) {
  return {value, tolerance > 0 ? tolerance : value == 0 ? 1e-10 : 1e-5 * value, Minimum::Kind::published};
}

inline Minimum local(double value) { return {value, 1e-5 * value, Minimum::Kind::local}; }

/// A value approached from above as x → ∞: a run that follows the valley stops somewhere near it.
inline Minimum infimum(double value) { return {value, 1e-3 * value, Minimum::Kind::infimum}; }

inline Eigen::VectorXd vector(std::initializer_list<double> values) {
  return Eigen::Map<const Eigen::VectorXd>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace natgrad::test
