// SPDX-License-Identifier: MIT
#pragma once

/// x̃ = Tx: the parameters of a model whose columns were centred at c beside an intercept. In each block of as many parameters as c
/// has entries T changes the last alone, x̃_last = x_last + cᵀx, c_last = 0. Without a centre T = I.

#include "natgrad/core/arithmetic.hpp"

#include <cstddef>

namespace natgrad::detail {

template <class V>
class CentredCoordinates {
 public:
  using Scalar = ScalarOf<V>;

  /// c, or null; not copied. A vector of any type: a model's own may have another than the x of a fit.
  template <class C>
  void set_centre(const C* c) {
    centre_ = c ? c->data() : nullptr;
    size_ = c ? c->size() : 0;
  }
  void set_centre(std::nullptr_t) { set_centre(static_cast<const V*>(nullptr)); }
  bool centred() const { return centre_ != nullptr; }

  /// Tv
  const V& turned(const V& v) const {
    if (!centre_) return v;
    turned_ = v;
    each_block([&](Index first,
                   Index size) { turned_[first + size - 1] += kernel::dot(centre_, v.data() + first, size); },
               v);
    return turned_;
  }

  /// v ← T⁻¹v
  void turn_back(V& v) const {
    if (!centre_) return;
    each_block(
        [&](Index first, Index size) { v[first + size - 1] -= kernel::dot(centre_, v.data() + first, size); },
        v);
  }

  /// T⁻ᵀg
  const V& turned_gradient(const V& g) const {
    if (!centre_) return g;
    turned_ = g;
    each_block(
        [&](Index first, Index size) {
          kernel::add_scaled(Scalar(-g[first + size - 1]), centre_, turned_.data() + first, size);
        },
        g);
    return turned_;
  }

  /// g ← Tᵀg
  void turn_gradient_back(V& g) const {
    if (!centre_) return;
    each_block(
        [&](Index first, Index size) {
          kernel::add_scaled(Scalar(g[first + size - 1]), centre_, g.data() + first, size);
        },
        g);
  }

  /// (TᵀMT)ᵢᵢ, from the lower triangle of M
  template <class Matrix>
  Scalar diagonal_entry(const Matrix& M, Index i) const {
    if (!centre_) return M(i, i);
    const Index last = i / size_ * size_ + size_ - 1;
    const Scalar c = centre_[i % size_];
    return M(i, i) + Scalar(2) * c * M(last, i) + c * c * M(last, last);
  }

 private:
  template <class Use>
  void each_block(const Use& use, const V& all) const {
    for (Index first = 0; first < all.size(); first += size_) use(first, size_);
  }

  const Scalar* centre_ = nullptr;
  Index size_ = 0;
  mutable V turned_;
};

}  // namespace natgrad::detail
