// SPDX-License-Identifier: MIT
#pragma once

/// A programmer's error throws std::invalid_argument that names the argument, its value and what is wanted.

#include <sstream>
#include <stdexcept>
#include <string>

namespace natgrad::detail {

template <class Value>
[[noreturn]] void reject(const char* argument, const Value& value, const char* wanted) {
  std::ostringstream text;
  text << "natgrad: " << argument << " = " << value << ", wanted " << wanted;
  throw std::invalid_argument(text.str());
}

template <class Value>
void require(bool holds, const char* argument, const Value& value, const char* wanted) {
  if (!holds) reject(argument, value, wanted);
}

/// What every λ and radius has to be.
inline void require_non_negative(const char* argument, double value) {
  require(value >= 0 && value - value == 0, argument, value, "a finite number ≥ 0");
}

template <class Index>
void require_dimension(const char* argument, Index size, Index dimension) {
  if (size == dimension) return;
  reject(argument, size, ("the objective's dimension, " + std::to_string(dimension)).c_str());
}

/// Rejects a vector or matrix that holds NaN or Inf, naming the first such entry.
template <class Dense>
void require_finite(const char* argument, const Dense& values) {
  for (auto col = values.cols() * 0; col < values.cols(); ++col) {
    for (auto row = values.rows() * 0; row < values.rows(); ++row) {
      const auto value = values.coeff(row, col);
      if (value - value == value - value) continue;
      std::ostringstream where;
      where << argument << '(' << row;
      if (values.cols() > 1) where << ", " << col;
      where << ')';
      reject(where.str().c_str(), value, "finite numbers");
    }
  }
}

}  // namespace natgrad::detail
