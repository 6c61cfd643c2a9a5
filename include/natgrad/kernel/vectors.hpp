// SPDX-License-Identifier: MIT
#pragma once
/// Dot products, updates and rotations of contiguous numbers, of any scalar type.

#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/simd/vectors.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstring>

namespace natgrad::kernel {

using Eigen::Index;

/// x ← value; zeros at the speed of memory
template <class T>
void fill(T* x, Index n, const T& value) {
  if constexpr (Vectorizable<T>) {
    if (value == T(0)) {
      std::memset(static_cast<void*>(x), 0, static_cast<std::size_t>(n) * sizeof(T));
      return;
    }
  }
  for (Index i = 0; i < n; ++i) x[i] = value;
}

/// Σ wᵢxᵢ², in four sums: an addition would wait for the one before
template <class T>
T weighted_square(const T* x, const T* w, Index n) {
  T a(0), b(0), c(0), d(0);
  Index i = 0;
  for (; i + 4 <= n; i += 4) {
    a += w[i] * (x[i] * x[i]);
    b += w[i + 1] * (x[i + 1] * x[i + 1]);
    c += w[i + 2] * (x[i + 2] * x[i + 2]);
    d += w[i + 3] * (x[i + 3] * x[i + 3]);
  }
  for (; i < n; ++i) a += w[i] * (x[i] * x[i]);
  return (a + b) + (c + d);
}

/// Fewer numbers are summed by a loop, which costs little more than the choice of an instruction set, and gives every machine the same
/// bits: where a small run goes from a wild start is not left to the processor.
inline constexpr Index few_numbers = 32;

/// Σ xᵢyᵢ, in four sums
template <class T>
T short_dot(const T* x, const T* y, Index n) {
  T a(0), b(0), c(0), d(0);
  Index i = 0;
  for (; i + 4 <= n; i += 4) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    c += x[i + 2] * y[i + 2];
    d += x[i + 3] * y[i + 3];
  }
  a += c;
  b += d;
  if (i + 2 <= n) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    i += 2;
  }
  const T sum = a + b;
  return i < n ? T(sum + x[i] * y[i]) : sum;
}

inline namespace NATGRAD_ABI {

/// Σ xᵢyᵢ
template <class T>
T dot(const T* x, const T* y, Index n) {
  if (n < few_numbers) return short_dot(x, y, n);
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(dot<T>(x, y, n))
  }
  T sum(0);
  for (Index i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

/// y ← y + ax
template <class T>
void add_scaled(const T& a, const T* x, T* y, Index n) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(add_scaled<T>(a, x, y, n))
  }
  for (Index i = 0; i < n; ++i) y[i] += a * x[i];
}

/// y ← y + ax + bz
template <class T>
void add_two_scaled(const T& a, const T* x, const T& b, const T* z, T* y, Index n) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(add_two_scaled<T>(a, x, b, z, y, n))
  }
  for (Index i = 0; i < n; ++i) y[i] += a * x[i] + b * z[i];
}

/// y ← y + ax; returns Σ xᵢvᵢ
template <class T>
T add_scaled_and_dot(const T& a, const T* x, const T* v, T* y, Index n) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(add_scaled_and_dot<T>(a, x, v, y, n))
  }
  T sum(0);
  for (Index i = 0; i < n; ++i) {
    y[i] += a * x[i];
    sum += x[i] * v[i];
  }
  return sum;
}

/// y ← y + Av. A: n×d, columns lda apart.
template <class T>
void add_columns(const T* a, Index lda, Index n, Index d, const T* v, T* y) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(add_columns<T>(a, lda, n, d, v, y))
  }
  for (Index j = 0; j < d; ++j, a += lda) {
    for (Index i = 0; i < n; ++i) y[i] += v[j] * a[i];
  }
}

/// out ← out + Aᵀv. A: n×d, columns lda apart.
template <class T>
void add_columns_transposed(const T* a, Index lda, Index n, Index d, const T* v, T* out) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(add_columns_transposed<T>(a, lda, n, d, v, out))
  }
  for (Index j = 0; j < d; ++j, a += lda) {
    T sum(0);
    for (Index i = 0; i < n; ++i) sum += a[i] * v[i];
    out[j] += sum;
  }
}

/// No NaN and no infinity among n contiguous values
template <class T>
bool all_finite(const T* x, Index n) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(all_finite<T>(x, n))
  }
  T sum(0);
  for (Index i = 0; i < n; ++i) sum += x[i] - x[i];
  return sum == T(0);
}

/// (x, y) ← (cx + sy, cy − sx)
template <class T>
void rotate(T* x, T* y, const T& c, const T& s, Index n) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(rotate<T>(x, y, c, s, n))
  }
  for (Index i = 0; i < n; ++i) {
    const T a = x[i], b = y[i];
    x[i] = c * a + s * b;
    y[i] = c * b - s * a;
  }
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
