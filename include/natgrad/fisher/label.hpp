// SPDX-License-Identifier: MIT
#pragma once

/// Sentences put together at compile time, so that a run that says which metric it used allocates nothing for it.

#include <array>
#include <cstddef>
#include <string_view>

namespace natgrad::detail {

/// The parts one after the other, each a constant of static storage.
template <const std::string_view&... Parts>
struct Joined {
  static constexpr std::size_t length = (Parts.size() + ... + 0);

  static constexpr std::array<char, length + 1> letters = [] {
    std::array<char, length + 1> text{};
    std::size_t at = 0;
    const auto append = [&](std::string_view part) {
      for (char letter : part) text[at++] = letter;
    };
    (append(Parts), ...);
    return text;
  }();

  static constexpr std::string_view value{letters.data(), length};
};

inline constexpr std::string_view kMetric = "metric: ";

/// "metric: <what M is>, <how it is solved>"
template <const std::string_view& What, const std::string_view& How>
inline constexpr std::string_view metric_label = Joined<kMetric, What, How>::value;

}  // namespace natgrad::detail
