// SPDX-License-Identifier: MIT
#pragma once

/// The curvatures of the rows at the point evaluated last. Newton's method asks for the Hessian where it has just asked for f:
/// what f's pass over the data knew is then not computed again. Kept for one call of minimize, by each thread for itself, so
/// that a const objective stays free of state, and what is found has the bits that would be computed.

#include "natgrad/core/run_number.hpp"
#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

namespace natgrad::detail {

/// Which second derivative of a row's loss: ∂²loss/∂m², the Hessian's, or its expectation, the Fisher information's.
enum class Curvature { observed, expected };

/// A number that no other data in this program has. Copies of an objective share their data, and so the number. A shared library
/// of hidden symbols counts for itself: the place of its count tells it from others.
inline std::uint64_t new_data_number() {
  static std::atomic<std::uint64_t> last{0};
  return (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&last)) << 16) + ++last;
}

template <class Scalar>
class CurvatureMemory {
 public:
  static CurvatureMemory& mine() {
    thread_local CurvatureMemory memory;
    return memory;
  }

  /// Room for the n curvatures at x, to be filled before know(data, x); null as long as nobody asks for them: most
  /// optimizers never do.
  Scalar* keep(std::uint64_t data, Index n) {
    if (!wants(data)) return nullptr;
    ++unread_;
    return room(n);
  }

  bool wants(std::uint64_t data) const {
    const std::uint64_t run = RunNumber::current();
    return run != 0 && run == wanted_in_ && data == wanted_of_ && unread_ < 8;
  }

  /// The n curvatures at x, or null where they have to be computed: then room(n) is for them.
  template <class V>
  const Scalar* find(std::uint64_t data, const V& x) {
    const std::uint64_t run = RunNumber::current();
    wanted_in_ = run;
    wanted_of_ = data;
    unread_ = 0;
    const bool known = run != 0 && run == known_in_ && data == known_of_
                    && std::equal(x_.begin(), x_.end(), x.data(), x.data() + x.size());
    return known ? curvature_.data() : nullptr;
  }

  /// What was known is forgotten.
  Scalar* room(Index n) {
    known_in_ = 0;
    curvature_.resize(static_cast<std::size_t>(n));
    return curvature_.data();
  }

  /// The room now holds the curvatures at x.
  template <class V>
  void know(std::uint64_t data, const V& x) {
    known_in_ = RunNumber::current();
    known_of_ = data;
    x_.assign(x.data(), x.data() + x.size());
  }

 private:
  std::uint64_t known_in_ = 0, known_of_ = 0;    // the run and the data of what is kept
  std::uint64_t wanted_in_ = 0, wanted_of_ = 0;  // … of what was asked for last
  int unread_ = 0;                               // points kept since the last one that was read
  std::vector<Scalar> x_;
  std::vector<Scalar> curvature_;
};

}  // namespace natgrad::detail
