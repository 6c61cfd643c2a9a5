// SPDX-License-Identifier: MIT
#pragma once

/// Random numbers that depend on a seed and an index alone, not on the order or the blocks in which they are drawn.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace natgrad {

/// A counter-based generator: SplitMix64 (Steele, Lea & Flood 2014) started from a mix of seed and index.
class IndexedRandom {
 public:
  IndexedRandom(std::uint64_t seed, std::uint64_t index)
      : state_(mix(seed + kGolden) ^ mix(index * kGolden + 1)) {}

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

/// `rows` of the numbers 0 … n − 1, each set equally likely, in ascending order (Floyd's algorithm, Bentley & Floyd 1987).
inline std::vector<Eigen::Index> draw_rows(Eigen::Index n, Eigen::Index rows, std::uint64_t seed) {
  IndexedRandom random(seed, 0);
  std::unordered_set<Eigen::Index> chosen;
  chosen.reserve(static_cast<std::size_t>(rows));
  for (Eigen::Index last = n - rows; last < n; ++last) {
    const auto draw = static_cast<Eigen::Index>(random.uniform() * static_cast<double>(last + 1));
    if (!chosen.insert(draw).second) chosen.insert(last);
  }
  std::vector<Eigen::Index> sorted(chosen.begin(), chosen.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace natgrad
