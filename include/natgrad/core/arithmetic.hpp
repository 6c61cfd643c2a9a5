// SPDX-License-Identifier: MIT
#pragma once

/// Arithmetic of V as functions, on the path of every run: one more type of an Eigen expression costs each user's compiler 40 ms,
/// and there were sixty.

#include "natgrad/core/vector.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <algorithm>

namespace natgrad::detail {

/// v ← (a, a, …)
template <class V>
void fill(V& v, const ScalarOf<V>& a) {
  for (Index i = 0; i < v.size(); ++i) v.coeffRef(i) = a;
}

/// v ← 0, of that size
template <class V>
void set_zero(V& v, Index size) {
  v.resize(size);
  fill(v, ScalarOf<V>(0));
}

template <class V>
V zeros(Index size) {
  V v(size);
  fill(v, ScalarOf<V>(0));
  return v;
}

/// xᵀy
template <class V>
ScalarOf<V> dot(const V& x, const V& y) {
  if constexpr (V::RowsAtCompileTime == Eigen::Dynamic) return kernel::dot(x.data(), y.data(), x.size());
  ScalarOf<V> sum(0);
  for (Index i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

/// ‖v‖₂
template <class V>
ScalarOf<V> norm(const V& v) {
  return Eigen::numext::sqrt(dot(v, v));
}

/// out ← x + ad
template <class V, class W>
void set_sum(V& out, const V& x, const ScalarOf<V>& a, const W& d) {
  for (Index i = 0; i < x.size(); ++i) out[i] = x[i] + a * d[i];
}

/// y ← y + ax
template <class V>
void add_scaled(const ScalarOf<V>& a, const V& x, V& y) {
  if constexpr (V::RowsAtCompileTime == Eigen::Dynamic)
    kernel::add_scaled(a, x.data(), y.data(), y.size());
  else
    set_sum(y, y, a, x);
}

/// Whether v is x + ad, as set_sum rounds it.
template <class V>
bool is_sum(const V& v, const V& x, const ScalarOf<V>& a, const V& d) {
  for (Index i = 0; i < v.size(); ++i) {
    if (v[i] != x[i] + a * d[i]) return false;
  }
  return true;
}

/// A ← aA
template <class V>
void scale(V& v, const ScalarOf<V>& a) {
  for (Index i = 0; i < v.size(); ++i) v.coeffRef(i) *= a;
}

/// ‖x − y‖∞, NaN where any difference is
template <class V>
ScalarOf<V> distance(const V& x, const V& y) {
  ScalarOf<V> largest(0);
  for (Index i = 0; i < x.size(); ++i) {
    const ScalarOf<V> size = Eigen::numext::abs(x[i] - y[i]);
    if (!(size <= largest)) largest = size;
    if (!(largest == largest)) return largest;
  }
  return largest;
}

/// v ← max(v, |x|), each entry
template <class V, class W>
void raise_to_size(V& v, const W& x) {
  for (Index i = 0; i < v.size(); ++i) v[i] = std::max(v[i], ScalarOf<V>(Eigen::numext::abs(x[i])));
}

template <class V>
bool equal(const V& x, const V& y) {
  for (Index i = 0; i < x.size(); ++i) {
    if (x[i] != y[i]) return false;
  }
  return true;
}

}  // namespace natgrad::detail
