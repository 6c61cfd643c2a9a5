// SPDX-License-Identifier: MIT
// What factorizations do to long columns: dot products, updates and rotations. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_VECTORS
#define NATGRAD_KERNEL_SIMD_VECTORS
#include "natgrad/kernel/simd/lanes.hpp"

#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/vectors.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// Σ xᵢyᵢ, in a fixed order
template <class T>
NATGRAD_SIMD_ENTRY T dot(const T* x, const T* y, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[4]{};
  std::ptrdiff_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) acc[u] += load(x + i + u * lanes) * load(y + i + u * lanes);
  }
  for (; i + lanes <= n; i += lanes) acc[0] += load(x + i) * load(y + i);
  T rest(0);
  for (; i < n; ++i) rest += x[i] * y[i];
  return sum<T>((acc[0] + acc[1]) + (acc[2] + acc[3])) + rest;
}

/// y ← y + ax
template <class T>
NATGRAD_SIMD_ENTRY void add_scaled(T a, const T* x, T* y, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  std::ptrdiff_t i = 0;
  for (; i + lanes <= n; i += lanes) store(y + i, load(y + i) + a * load(x + i));
  for (; i < n; ++i) y[i] += a * x[i];
}

/// y ← y + ax + bz
template <class T>
NATGRAD_SIMD_ENTRY void add_two_scaled(T a, const T* x, T b, const T* z, T* y, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  std::ptrdiff_t i = 0;
  for (; i + lanes <= n; i += lanes) store(y + i, load(y + i) + (a * load(x + i) + b * load(z + i)));
  for (; i < n; ++i) y[i] += a * x[i] + b * z[i];
}

/// y ← y + ax; returns Σ xᵢvᵢ: one column of a symmetric matrix, of which only this half is stored, times v.
template <class T>
NATGRAD_SIMD_ENTRY T add_scaled_and_dot(T a, const T* x, const T* v, T* y, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[2]{};
  std::ptrdiff_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
#pragma GCC unroll 2
    for (int u = 0; u < 2; ++u) {
      const Vector<T> value = load(x + i + u * lanes);
      store(y + i + u * lanes, load(y + i + u * lanes) + a * value);
      acc[u] += value * load(v + i + u * lanes);
    }
  }
  T rest(0);
  for (; i < n; ++i) {
    y[i] += a * x[i];
    rest += x[i] * v[i];
  }
  return sum<T>(acc[0] + acc[1]) + rest;
}

/// y ← y + Av. A: n×d, columns lda apart.
template <class T>
NATGRAD_SIMD_ENTRY void add_columns(const T* a, std::ptrdiff_t lda, std::ptrdiff_t n, std::ptrdiff_t d,
                                    const T* v, T* y) {
  constexpr int lanes = Lanes<T>::count;
  const std::ptrdiff_t whole = n / lanes * lanes;
  std::ptrdiff_t j = 0;
  for (; j + 4 <= d; j += 4, a += 4 * lda) {
    for (std::ptrdiff_t i = 0; i < whole; i += lanes)
      store(y + i, load(y + i)
                       + ((v[j] * load(a + i) + v[j + 1] * load(a + lda + i))
                          + (v[j + 2] * load(a + 2 * lda + i) + v[j + 3] * load(a + 3 * lda + i))));
    for (std::ptrdiff_t i = whole; i < n; ++i)
      y[i] += (v[j] * a[i] + v[j + 1] * a[lda + i]) + (v[j + 2] * a[2 * lda + i] + v[j + 3] * a[3 * lda + i]);
  }
  for (; j < d; ++j, a += lda) {
    for (std::ptrdiff_t i = 0; i < whole; i += lanes) store(y + i, load(y + i) + v[j] * load(a + i));
    for (std::ptrdiff_t i = whole; i < n; ++i) y[i] += v[j] * a[i];
  }
}

/// out ← out + Aᵀv. A: n×d, columns lda apart.
template <class T>
NATGRAD_SIMD_ENTRY void add_columns_transposed(const T* a, std::ptrdiff_t lda, std::ptrdiff_t n,
                                               std::ptrdiff_t d, const T* v, T* out) {
  constexpr int lanes = Lanes<T>::count;
  const std::ptrdiff_t whole = n / lanes * lanes;
  for (std::ptrdiff_t j = 0; j < d; j += 4) {
    const T* column[4];
    for (int c = 0; c < 4; ++c) column[c] = a + lda * (j + c < d ? j + c : d - 1);
    Vector<T> acc[4]{};
    for (std::ptrdiff_t i = 0; i < whole; i += lanes) {
      const Vector<T> factor = load(v + i);
#pragma GCC unroll 4
      for (int c = 0; c < 4; ++c) acc[c] += factor * load(column[c] + i);
    }
    for (int c = 0; c < 4 && j + c < d; ++c) {
      T total = sum<T>(acc[c]);
      for (std::ptrdiff_t i = whole; i < n; ++i) total += column[c][i] * v[i];
      out[j + c] += total;
    }
  }
}

/// No NaN and no infinity among n contiguous values: x − x = 0 is false of both, and a sum keeps that.
template <class T>
NATGRAD_SIMD_ENTRY bool all_finite(const T* x, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[4]{};
  std::ptrdiff_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) {
      const Vector<T> value = load(x + i + u * lanes);
      acc[u] += value - value;
    }
  }
  T rest(0);
  for (; i < n; ++i) rest += x[i] - x[i];
  return sum<T>((acc[0] + acc[1]) + (acc[2] + acc[3])) + rest == T(0);
}

/// (x, y) ← (cx + sy, cy − sx)
template <class T>
NATGRAD_SIMD_ENTRY void rotate(T* x, T* y, T c, T s, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  std::ptrdiff_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const Vector<T> a = load(x + i), b = load(y + i);
    store(x + i, c * a + s * b);
    store(y + i, c * b - s * a);
  }
  for (; i < n; ++i) {
    const T a = x[i], b = y[i];
    x[i] = c * a + s * b;
    y[i] = c * b - s * a;
  }
}
#endif
