// SPDX-License-Identifier: MIT
#pragma once

/// The curvatures of the rows at the point evaluated last. Newton's method asks for the Hessian where it has just asked for f:
/// what f's pass over the data knew is then not computed again. Each thread has its own, so that a const objective stays
/// free of state, and what is found has the bits that would be computed.

#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

namespace natgrad::detail {

/// A number that no other data in this program has. Copies of an objective share their data, and so the number.
inline std::uint64_t new_data_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

template <class Scalar>
class CurvatureMemory {
 public:
  static CurvatureMemory& mine() {
    thread_local CurvatureMemory memory;
    return memory;
  }

  /// Room for the n curvatures at x, or null as long as nobody asks for them: most optimizers never do.
  template <class V>
  Scalar* keep(std::uint64_t data, const V& x, Index n) {
    if (!is_wanted(data) || unread_ >= 8) return nullptr;
    ++unread_;
    return place(data, x, n);
  }

  /// The n curvatures at x, or null where they have to be computed first: then room for them is place(data, x, n).
  template <class V>
  const Scalar* find(std::uint64_t data, const V& x) {
    wanted_by_ = data;
    unread_ = 0;
    const bool known = data == data_ && std::equal(x_.begin(), x_.end(), x.data(), x.data() + x.size());
    return known ? curvature_.data() : nullptr;
  }

  /// To be filled at once, before anything else is asked.
  template <class V>
  Scalar* place(std::uint64_t data, const V& x, Index n) {
    data_ = data;
    x_.assign(x.data(), x.data() + x.size());
    curvature_.resize(static_cast<std::size_t>(n));
    return curvature_.data();
  }

 private:
  bool is_wanted(std::uint64_t data) const { return data == wanted_by_; }

  std::uint64_t data_ = 0;
  std::uint64_t wanted_by_ = 0;
  int unread_ = 0;  // points kept since the last one that was read
  std::vector<Scalar> x_;
  std::vector<Scalar> curvature_;
};

}  // namespace natgrad::detail
