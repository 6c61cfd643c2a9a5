// SPDX-License-Identifier: MIT
#pragma once

/// Random numbers that depend on a seed and an index alone, not on the order or the blocks in which they are drawn.

#include <cmath>
#include <cstdint>

namespace natgrad {

/// A counter-based generator: SplitMix64 (Steele, Lea & Flood 2014) started from a mix of seed and index.
class IndexedRandom {
 public:
  IndexedRandom(std::uint64_t seed, std::uint64_t index) : state_(mix(seed + kGolden) ^ mix(index * kGolden + 1)) {}

  std::uint64_t bits() { return mix(state_ += kGolden); }

  /// uniform on [0, 1), 53 bits
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

  /// standard normal (Box & Muller 1958)
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;

  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace natgrad
