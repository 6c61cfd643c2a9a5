// SPDX-License-Identifier: MIT
// The vocabulary of the vector code: Lanes<T>::Vector, load, store, pick, sum. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_LANES
#define NATGRAD_KERNEL_SIMD_LANES
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/lanes.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// A vector of NATGRAD_SIMD_BYTES, with the integers of the same width.
template <class T>
struct Lanes {
  using Integer = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
  using Unsigned = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
  static constexpr int count = NATGRAD_SIMD_BYTES / static_cast<int>(sizeof(T));
  typedef T Vector __attribute__((vector_size(NATGRAD_SIMD_BYTES)));
  typedef Integer Mask __attribute__((vector_size(NATGRAD_SIMD_BYTES)));
  typedef Unsigned Bits __attribute__((vector_size(NATGRAD_SIMD_BYTES)));
};

template <class T>
using Vector = typename Lanes<T>::Vector;

/// No alignment is asked for.
template <class T>
NATGRAD_SIMD_INLINE Vector<T> load(const T* from) {
  Vector<T> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class T>
NATGRAD_SIMD_INLINE void store(T* to, Vector<T> v) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// Asks for the cache line `ahead` elements after `from`, which may lie outside the array.
template <class T>
NATGRAD_SIMD_INLINE void prefetch(const T* from, std::ptrdiff_t ahead) {
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::intptr_t>(from)
                                                   + ahead * static_cast<std::ptrdiff_t>(sizeof(T))),
                     0, 2);
}

template <class T>
NATGRAD_SIMD_INLINE Vector<T> splat(T value) {
  return value - Vector<T>{};  // minus, so that −0 stays −0
}

/// Where the first `count` of C columns begin; the last one stands in for those that are missing.
template <int C, class T>
NATGRAD_SIMD_INLINE void take_columns(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t count,
                                      const T** column) {
#pragma GCC unroll 16
  for (int c = 0; c < C; ++c) column[c] = x + ldx * (c < count ? c : count - 1);
}

/// The sum of the lanes, pairwise.
template <class T>
NATGRAD_SIMD_INLINE T sum(Vector<T> v) {
  T lane[Lanes<T>::count];
  store(lane, v);
  for (int width = Lanes<T>::count / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i) lane[i] += lane[i + width];
  return lane[0];
}

/// Two vectors as a 2×2 matrix of blocks of Step lanes, transposed: a ← (a₀ b₀), b ← (a₁ b₁) in each pair of blocks.
template <class T, int Step, int... Lane>
NATGRAD_SIMD_INLINE void exchange(Vector<T>& a, Vector<T>& b, std::integer_sequence<int, Lane...>) {
  constexpr int count = Lanes<T>::count;
  const Vector<T> first = __builtin_shufflevector(a, b, (Lane & Step ? Lane - Step + count : Lane)...);
  b = __builtin_shufflevector(a, b, (Lane & Step ? Lane + count : Lane + Step)...);
  a = first;
}

template <class T, int Step>
NATGRAD_SIMD_INLINE void exchange(Vector<T>& a, Vector<T>& b) {
  exchange<T, Step>(a, b, std::make_integer_sequence<int, Lanes<T>::count>{});
}

/// As many vectors as lanes, transposed in place.
template <class T, int Step = 1>
NATGRAD_SIMD_INLINE void transpose(Vector<T>* v) {
  if constexpr (Step < Lanes<T>::count) {
#pragma GCC unroll 16
    for (int i = 0; i < Lanes<T>::count; ++i)
      if ((i & Step) == 0) exchange<T, Step>(v[i], v[i + Step]);
    transpose<T, 2 * Step>(v);
  }
}

/// As many vectors as lanes: lane k of the result is the sum of the lanes of v[k]. v is used up.
template <class T, int Step = 1>
NATGRAD_SIMD_INLINE Vector<T> sum_each(Vector<T>* v) {
  if constexpr (Step == Lanes<T>::count) {
    return v[0];
  } else {
    constexpr int pairs = Lanes<T>::count / (2 * Step);
#pragma GCC unroll 8
    for (int i = 0; i < pairs; ++i) {
      exchange<T, Step>(v[2 * i], v[2 * i + 1]);
      v[i] = v[2 * i] + v[2 * i + 1];
    }
    return sum_each<T, 2 * Step>(v);
  }
}
#endif
