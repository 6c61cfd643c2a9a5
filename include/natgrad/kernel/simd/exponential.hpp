// SPDX-License-Identifier: MIT
// The exponential on vectors. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_EXPONENTIAL
#define NATGRAD_KERNEL_SIMD_EXPONENTIAL
#include "natgrad/kernel/simd/lanes.hpp"

#include <algorithm>
#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/exponential.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// Several vectors in step: each of the two polynomials is a chain of dependent operations, and one chain alone
/// leaves the arithmetic units waiting.
template <class T>
struct Batch {
  static constexpr int size = NATGRAD_SIMD_BYTES == 32 ? 8 : 4;
  Vector<T> v[size];
};

/// p ← c₀ + c₁x + … by Horner's rule.
template <class T, int N>
NATGRAD_SIMD_INLINE void polynomial(const Batch<T>& x, const T (&c)[N], Batch<T>& p) {
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) p.v[u] = x.v[u] * c[N - 1] + c[N - 2];
#pragma GCC unroll 16
  for (int k = N - 3; k >= 0; --k) {
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) p.v[u] = p.v[u] * x.v[u] + c[k];
  }
}

/// t ← e^{−a} for a ≥ 0, or of any sign, with gradual underflow; NaN for NaN. a = n·ln 2 − f, e^{−a} = 2^{−n} e^f, |f| ≤ ½ ln 2.
template <class T, bool AnySign = false>
NATGRAD_SIMD_INLINE void exp_minus(const Batch<T>& a, Batch<T>& t) {
#ifdef __clang__
#pragma clang fp reassociate( \
    off)  // clang tells of no flag but -ffast-math: shift − (shift − y) is not y here
#endif
  constexpr bool wide = sizeof(T) == 8;
  constexpr int mantissa = wide ? 52 : 23;
  // Beyond the limit e^{−a} is below half the smallest number, or above the largest. A comparison with NaN is false and keeps it.
  constexpr T limit = wide ? T(750) : T(106);
  // Adding 1.5·2^mantissa rounds to an integer, which then stands in the low bits: here twice the exponent's bias − n.
  constexpr T bias = wide ? T(2046) : T(254);
  constexpr T shift = (wide ? T(6755399441055744.0) : T(12582912.0)) + bias;
  constexpr T ln2_high = wide ? T(0x1.62e42fee00000p-1) : T(0x1.62ep-1f);
  constexpr T ln2_low = wide ? T(0x1.a39ef35793c76p-33) : T(0x1.0bfbe8p-15f);
  // e^f to a relative error of 3.6e-18 and 3.1e-9 (minimax).
  constexpr double fine[] = {1,
                             1,
                             0.5000000000000011,
                             0.16666666666666413,
                             0.041666666666530155,
                             0.008333333333494466,
                             0.0013888888943630192,
                             0.00019841269506566575,
                             2.4801493098804297e-05,
                             2.755758638523288e-06,
                             2.7630248419671823e-07,
                             2.5000057872136165e-08};
  constexpr float coarse[] = {1,
                              1,
                              0.4999999344780805f,
                              0.1666652063186226f,
                              0.04166838803982631f,
                              0.008368716868994874f,
                              0.0013814599042417202f};
  Batch<T> f, shifted;
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) {
    Vector<T> x = a.v[u] > limit ? splat(limit) : a.v[u];
    if constexpr (AnySign) x = x < -limit ? splat(-limit) : x;
    shifted.v[u] = shift - x * T(1.4426950408889634074);
    const Vector<T> n = shift - shifted.v[u];
    f.v[u] = n * ln2_low + (n * ln2_high - x);
  }
  if constexpr (wide)
    polynomial<T>(f, fine, t);
  else
    polynomial<T>(f, coarse, t);
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) {
    // 2^{−n} in two factors, since n goes beyond the exponents of normal numbers, on either side.
    const auto exponent = reinterpret_cast<typename Lanes<T>::Bits>(shifted.v[u]);
    const auto half = exponent >> 1;
    t.v[u] = t.v[u] * reinterpret_cast<Vector<T>>(half << mantissa)
           * reinterpret_cast<Vector<T>>((exponent - half) << mantissa);
  }
}

/// The next `count` values, or as many as a batch has; zeros for the rest.
template <class T>
NATGRAD_SIMD_INLINE void read(const T* from, std::ptrdiff_t count, Batch<T>& to) {
  constexpr int lanes = Lanes<T>::count, batch = lanes * Batch<T>::size;
  T part[batch];
  if (count < batch) {
    for (int i = 0; i < batch; ++i) part[i] = i < count ? from[i] : T(0);
    from = part;
  }
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) to.v[u] = load(from + u * lanes);
}

template <class T>
NATGRAD_SIMD_INLINE void write(const Batch<T>& from, std::ptrdiff_t count, T* to) {
  constexpr int lanes = Lanes<T>::count, batch = lanes * Batch<T>::size;
  T part[batch];
  T* const all = count < batch ? part : to;
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) store(all + u * lanes, from.v[u]);
  if (count < batch) std::copy_n(part, count, to);
}

/// See kernel::exponential.
template <class T>
NATGRAD_SIMD_ENTRY void exponential(const T* x, std::ptrdiff_t n, T* out) {
  constexpr int batch = Lanes<T>::count * Batch<T>::size;
  for (std::ptrdiff_t i = 0; i < n; i += batch) {
    Batch<T> a, t;
    read(x + i, n - i, a);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) a.v[u] = -a.v[u];
    exp_minus<T, true>(a, t);
    write(t, n - i, out + i);
  }
}
#endif
