// SPDX-License-Identifier: MIT
#pragma once

/// autodiff(f): an objective with ∇f, ∇²f and ∇²f·v from a function template f, exact to rounding (no differences).

#include "natgrad/autodiff/eigen_scalar.hpp"
#include "natgrad/autodiff/jet.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace natgrad {

namespace jets {

/// V with its scalar replaced: what f is called with.
template <class T, class V>
using WithScalar = Eigen::Matrix<T, V::RowsAtCompileTime, 1, V::Options, V::MaxRowsAtCompileTime, 1>;

/// Directions differentiated in one evaluation: at most 4 (a second-order Jet then holds 25 numbers), and no more than x has.
/// A fixed size is cut evenly: 5 = 3 + 2, not 4 + 1.
template <class V>
constexpr int directions() {
  constexpr int most = 4;
  constexpr int size = V::RowsAtCompileTime;
  if constexpr (size == Eigen::Dynamic || size == 0) {
    return most;
  } else {
    constexpr int parts = (size + most - 1) / most;
    return (size + parts - 1) / parts;
  }
}

inline void require_size(const char* what, Eigen::Index rows, Eigen::Index wanted) {
  if (rows == wanted) return;
  throw std::invalid_argument(std::string("natgrad::autodiff: ") + what + " has " + std::to_string(rows)
                              + " rows; x has " + std::to_string(wanted));
}

}  // namespace jets

/// f given as `T operator()(const Eigen::Matrix<T, N, 1>& x) const` for every scalar T, or as `[](const auto& x) {…}`.
///
/// V is any plain Eigen column vector of float, double or long double, fixed or dynamic; f is called with the same shape
/// over a Jet. Forward mode: a gradient costs ⌈d/4⌉ evaluations of f on a Jet of 5 numbers, a Hessian ½⌈d/4⌉(⌈d/4⌉ + 1)
/// on a Jet of 25, a Hessian-vector product ⌈d/4⌉ on a Jet of 10. Nothing is allocated for a fixed-size V. An output or a
/// direction whose length differs from that of x throws std::invalid_argument; where f itself is not differentiable the
/// derivative is that of the branch taken, or NaN or infinite.
template <class F>
class Autodiff {
 public:
  explicit Autodiff(F f) : f_(std::move(f)) {}

  /// f(x), in plain arithmetic
  template <class V>
  typename V::Scalar value(const V& x) const {
    return static_cast<typename V::Scalar>(f_(x));
  }

  /// g ← ∇f(x)
  template <class V>
  void gradient(const V& x, V& g) const {
    jets::require_size("g", g.rows(), x.rows());
    constexpr int K = jets::directions<V>();
    using J = Jet<typename V::Scalar, K>;
    jets::WithScalar<J, V> lifted(x.template cast<J>());
    for (Eigen::Index first = 0; first < x.rows(); first += K) {
      const Eigen::Index count = first + K < x.rows() ? K : x.rows() - first;
      for (Eigen::Index k = 0; k < count; ++k) lifted[first + k].derivative[index(k)] = 1;
      const J result = f_(lifted);
      for (Eigen::Index k = 0; k < count; ++k) {
        g[first + k] = result.derivative[index(k)];
        lifted[first + k].derivative[index(k)] = 0;
      }
    }
  }

  /// f(x), the same number as value(x) to the last bit, and g ← ∇f(x)
  template <class V>
  typename V::Scalar value_and_gradient(const V& x, V& g) const {
    gradient(x, g);
    return value(x);
  }

  /// H ← ∇²f(x), full and exactly symmetric
  template <class V, class Matrix>
  void hessian(const V& x, Matrix& H) const {
    jets::require_size("H", H.rows(), x.rows());
    jets::require_size("the transpose of H", H.cols(), x.rows());
    constexpr int K = jets::directions<V>();
    using Inner = Jet<typename V::Scalar, K>;
    using Outer = Jet<Inner, K>;
    jets::WithScalar<Outer, V> lifted(x.template cast<Outer>());
    for (Eigen::Index row = 0; row < x.rows(); row += K) {
      for (Eigen::Index k = 0; k < K && row + k < x.rows(); ++k)
        lifted[row + k].value.derivative[index(k)] = 1;
      for (Eigen::Index column = row; column < x.rows(); column += K) {
        for (Eigen::Index l = 0; l < K && column + l < x.rows(); ++l)
          lifted[column + l].derivative[index(l)] = 1;
        const Outer result = f_(lifted);
        for (Eigen::Index l = 0; l < K && column + l < x.rows(); ++l) {
          for (Eigen::Index k = 0; k < K && row + k <= column + l; ++k) {
            H(row + k, column + l) = result.derivative[index(l)].derivative[index(k)];
            H(column + l, row + k) = H(row + k, column + l);
          }
          lifted[column + l].derivative[index(l)] = 0;
        }
      }
      for (Eigen::Index k = 0; k < K && row + k < x.rows(); ++k)
        lifted[row + k].value.derivative[index(k)] = 0;
    }
  }

  /// Hv ← ∇²f(x)·v, without the matrix
  template <class V>
  void hessian_times(const V& x, const V& v, V& Hv) const {
    jets::require_size("v", v.rows(), x.rows());
    jets::require_size("Hv", Hv.rows(), x.rows());
    constexpr int K = jets::directions<V>();
    using Outer = Jet<Jet<typename V::Scalar, 1>, K>;
    jets::WithScalar<Outer, V> lifted(x.template cast<Outer>());
    for (Eigen::Index i = 0; i < x.rows(); ++i) lifted[i].value.derivative[0] = v[i];
    for (Eigen::Index first = 0; first < x.rows(); first += K) {
      const Eigen::Index count = first + K < x.rows() ? K : x.rows() - first;
      for (Eigen::Index k = 0; k < count; ++k) lifted[first + k].derivative[index(k)] = 1;
      const Outer result = f_(lifted);
      for (Eigen::Index k = 0; k < count; ++k) {
        Hv[first + k] = result.derivative[index(k)].derivative[0];
        lifted[first + k].derivative[index(k)] = 0;
      }
    }
  }

  /// D ← diag ∇²f(x), without the matrix
  template <class V>
  void hessian_diagonal(const V& x, V& D) const {
    jets::require_size("D", D.rows(), x.rows());
    constexpr int K = jets::directions<V>();
    using Inner = Jet<typename V::Scalar, K>;
    using Outer = Jet<Inner, K>;
    jets::WithScalar<Outer, V> lifted(x.template cast<Outer>());
    for (Eigen::Index first = 0; first < x.rows(); first += K) {
      const Eigen::Index count = first + K < x.rows() ? K : x.rows() - first;
      for (Eigen::Index k = 0; k < count; ++k) {
        lifted[first + k].value.derivative[index(k)] = 1;
        lifted[first + k].derivative[index(k)] = 1;
      }
      const Outer result = f_(lifted);
      for (Eigen::Index k = 0; k < count; ++k) {
        D[first + k] = result.derivative[index(k)].derivative[index(k)];
        lifted[first + k] = Outer(x[first + k]);
      }
    }
  }

 private:
  static constexpr std::size_t index(Eigen::Index k) { return static_cast<std::size_t>(k); }

  F f_;
};

/// Stands for a function that cannot be differentiated, so that one sentence of the compiler says all.
template <>
class Autodiff<void> {
 public:
  template <class V>
  typename V::Scalar value(const V&) const {
    return {};
  }
  template <class V>
  void gradient(const V&, V&) const {}
  template <class V, class Matrix>
  void hessian(const V&, Matrix&) const {}
  template <class V>
  void hessian_times(const V&, const V&, V&) const {}
};

namespace jets {

/// f has one signature, and so one scalar: it cannot be called with a Jet.
template <class F>
inline constexpr bool takes_one_scalar = std::is_function_v<std::remove_pointer_t<F>> || requires {
  &F::operator();
};

}  // namespace jets

/// The objective of a function template; see Autodiff.
template <class F>
auto autodiff(F&& f) {
  using Function = std::remove_cvref_t<F>;
  static_assert(
      !jets::takes_one_scalar<Function>,
      "natgrad: autodiff calls f with numbers that carry their derivatives: write f for any scalar, as "
      "[](const auto& x) { using std::exp; return exp(x[0]); }");
  if constexpr (jets::takes_one_scalar<Function>) {
    return Autodiff<void>{};
  } else {
    return Autodiff<Function>(std::forward<F>(f));
  }
}

}  // namespace natgrad
