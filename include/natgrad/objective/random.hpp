// SPDX-License-Identifier: MIT
#pragma once

/// Random numbers that depend on a seed and an index alone, not on the order or the blocks in which they are drawn.

#include "natgrad/core/require.hpp"

#include <Eigen/Core>

#include <bit>
#include <cmath>
#include <cstdint>
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
  std::vector<std::uint64_t> taken(static_cast<std::size_t>(n / 64 + 1));  // one bit a number
  const auto take = [&taken](Eigen::Index i) {
    std::uint64_t& word = taken[static_cast<std::size_t>(i / 64)];
    const std::uint64_t bit = std::uint64_t(1) << (i % 64);
    const bool fresh = (word & bit) == 0;
    word |= bit;
    return fresh;
  };
  for (Eigen::Index last = n - rows; last < n; ++last) {
    if (!take(static_cast<Eigen::Index>(random.uniform() * static_cast<double>(last + 1)))) take(last);
  }
  std::vector<Eigen::Index> chosen;
  chosen.reserve(static_cast<std::size_t>(rows));
  for (std::size_t w = 0; w < taken.size(); ++w) {
    for (std::uint64_t word = taken[w]; word != 0; word &= word - 1)
      chosen.push_back(static_cast<Eigen::Index>(w) * 64 + std::countr_zero(word));
  }
  return chosen;
}

/// The rows that an objective's sample(rows, seed) consists of.
inline std::vector<Eigen::Index> sampled_rows(Eigen::Index n, Eigen::Index rows, std::uint64_t seed) {
  detail::require(rows >= 1 && rows <= n, "sample rows", rows, "a count in 1 … n");
  return draw_rows(n, rows, seed);
}

/// Those entries of an Eigen or standard vector; none where it is empty.
template <class Vector>
Vector chosen_entries(const Vector& all, const std::vector<Eigen::Index>& chosen) {
  Vector entries;
  if (all.size() == 0) return entries;
  entries.resize(static_cast<decltype(all.size())>(chosen.size()));
  auto next = entries.begin();
  for (const Eigen::Index i : chosen) *next++ = all.begin()[i];
  return entries;
}

}  // namespace natgrad
