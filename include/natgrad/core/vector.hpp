// SPDX-License-Identifier: MIT
#pragma once

/// The types that follow from V, the plain Eigen column vector the parameters live in.

#if !defined(__cpp_concepts) || __cpp_concepts < 201907L
#error "natgrad needs C++20: compile with -std=c++20."
#endif
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0)
#error \
    "natgrad tells NaN and infinity from numbers: compile without -ffast-math, -Ofast and -ffinite-math-only."
#endif

#if defined(__ASSOCIATIVE_MATH__)
#error "natgrad rounds on purpose: compile without -fassociative-math and -funsafe-math-optimizations."
#endif
#if !defined(__cpp_exceptions)
#error "natgrad tells of a wrong argument by an exception: compile without -fno-exceptions."
#endif
#if defined(min) || defined(max) || defined(Status)
#error \
    "natgrad: min, max or Status is a macro, as of windows.h or X11: include natgrad before it, or #undef it."
#endif
#if defined(EIGEN_DEFAULT_TO_ROW_MAJOR)
#error \
    "natgrad reads matrices column by column: compile without EIGEN_DEFAULT_TO_ROW_MAJOR. X may be row-major."
#endif

#include <Eigen/Core>

#include <concepts>
#include <type_traits>

namespace natgrad {

using Index = Eigen::Index;

template <class V>
using ScalarOf = typename V::Scalar;

namespace detail {

template <class Derived>
void accepts_matrix(const Eigen::MatrixBase<Derived>&);

template <class T>
concept MatrixExpression = requires(const T& t) {
  accepts_matrix(t);
};

template <class T>
struct PlainVectorOf {
  using type = Eigen::VectorXd;  // keeps a misuse from cascading; the sentence comes from minimize()
};

template <MatrixExpression T>
  requires(T::ColsAtCompileTime == 1)
struct PlainVectorOf<T> {
  using type =
      Eigen::Matrix<typename T::Scalar, T::RowsAtCompileTime, 1, Eigen::ColMajor, T::MaxRowsAtCompileTime, 1>;
};

}  // namespace detail

/// Any Eigen expression with one column at compile time.
template <class T>
concept VectorExpression = detail::MatrixExpression<T> &&(T::ColsAtCompileTime == 1);

/// A scalar to optimise over: real, inexact, with Eigen's traits (float, double, long double, or one like them).
template <class T>
concept RealScalar = !Eigen::NumTraits<T>::IsInteger && !Eigen::NumTraits<T>::IsComplex;

/// V: the plain column vector of an expression: its scalar and its compile-time size.
template <class T>
using PlainVector = typename detail::PlainVectorOf<std::remove_cvref_t<T>>::type;

/// d×d, the type of a Hessian or a Fisher matrix over V.
template <class V>
using SquareMatrix = Eigen::Matrix<ScalarOf<V>, V::RowsAtCompileTime, V::RowsAtCompileTime, Eigen::ColMajor,
                                   V::MaxRowsAtCompileTime, V::MaxRowsAtCompileTime>;

/// Any number of rows × d, row-major: row i is one sample's score, contiguous. (At d = 1 Eigen allows only column-major.)
template <class V>
using Scores = Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, V::RowsAtCompileTime,
                             V::RowsAtCompileTime == 1 ? Eigen::ColMajor : Eigen::RowMajor, Eigen::Dynamic,
                             V::MaxRowsAtCompileTime>;

/// The relative rounding error of one operation in this scalar.
template <class Scalar>
inline Scalar epsilon() {
  return Eigen::NumTraits<Scalar>::epsilon();
}

template <class Scalar>
inline bool is_finite(const Scalar& a) {
  return (Eigen::numext::isfinite)(a);
}

namespace detail {

template <class Scalar>
[[gnu::noinline]] Scalar largest_size(const Scalar* v, Index size) {
  Scalar largest(0);
  for (Index i = 0; i < size; ++i) {
    const Scalar entry = Eigen::numext::abs(v[i]);
    if (!(entry <= largest)) largest = entry;
    if (!(largest == largest)) return largest;
  }
  return largest;
}

}  // namespace detail

/// ‖v‖∞, NaN where any entry is NaN (a plain maximum may lose it).
template <class Derived>
EIGEN_ALWAYS_INLINE typename Derived::Scalar max_norm(const Eigen::MatrixBase<Derived>& v) {
  using Scalar = typename Derived::Scalar;
  if constexpr (Derived::SizeAtCompileTime == Eigen::Dynamic
                && std::is_base_of_v<Eigen::PlainObjectBase<Derived>, Derived>)
    return detail::largest_size(v.derived().data(), v.size());
  Scalar largest(0);
  for (Index j = 0; j < v.cols(); ++j) {
    for (Index i = 0; i < v.rows(); ++i) {
      const Scalar size = Eigen::numext::abs(v.derived().coeff(i, j));
      if (!(size <= largest)) largest = size;
      if (!(largest == largest)) return largest;
    }
  }
  return largest;
}

// What metrics ask of vectors again and again, as loops: an Eigen expression each would cost every user's compiler seconds.

/// No entry is NaN or infinite.
template <class V>
inline bool all_finite(const V& v) {
  const auto* entry = v.data();
  for (Index i = 0; i < v.size(); ++i) {
    if (!is_finite(entry[i])) return false;
  }
  return true;
}

/// Σ vᵢ²Dᵢ
template <class V>
inline ScalarOf<V> weighted_square(const V& v, const V& D) {
  ScalarOf<V> sum(0);
  for (Index i = 0; i < v.size(); ++i) sum += v[i] * (v[i] * D[i]);  // v = g/D may be too large to square
  return sum;
}

/// Σ vᵢ²/Dᵢ
template <class V>
inline ScalarOf<V> inverse_weighted_square(const V& v, const V& D) {
  ScalarOf<V> sum(0);
  for (Index i = 0; i < v.size(); ++i) sum += v[i] * v[i] / D[i];
  return sum;
}

}  // namespace natgrad
