// SPDX-License-Identifier: MIT
#pragma once

/// A programmer's error throws std::invalid_argument that names the argument, its value and what is wanted.

#include <cstddef>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace natgrad::detail {

/// "StopWhen.step_norm", "Quadratic: b(3)": what is at fault. Put into words only where something is.
class Argument {
 public:
  constexpr Argument(const char* name) : name_(name) {}
  constexpr Argument(const char* owner, const char* name) : owner_(owner), name_(name) {}

  constexpr Argument size() const {
    Argument count = *this;
    count.is_size_ = true;
    return count;
  }

  /// its entry
  constexpr Argument at(std::ptrdiff_t row, std::ptrdiff_t column = -1) const {
    Argument entry = *this;
    entry.row_ = row;
    entry.column_ = column;
    return entry;
  }

  friend std::ostream& operator<<(std::ostream& out, const Argument& a) {
    if (*a.owner_) out << a.owner_ << ": ";
    out << a.name_ << (a.is_size_ ? ".size()" : "");
    if (a.row_ < 0) return out;
    out << '(' << a.row_;
    if (a.column_ >= 0) out << ", " << a.column_;
    return out << ')';
  }

 private:
  const char* owner_ = "";
  const char* name_;
  bool is_size_ = false;
  std::ptrdiff_t row_ = -1;
  std::ptrdiff_t column_ = -1;
};

template <class Value>
[[noreturn]] void reject(const Argument& argument, const Value& value, const char* wanted) {
  std::ostringstream text;
  text << "natgrad: " << argument << " = " << value << ", wanted " << wanted;
  throw std::invalid_argument(text.str());
}

/// Name: of an Argument, or what makes one; made only where it is needed
template <class Value, class Name = Argument>
void require(bool holds, const Name& argument, const Value& value, const char* wanted) {
  if (!holds) reject(argument, value, wanted);
}

/// What every λ and radius has to be.
template <class Name>
void require_non_negative(const Name& argument, double value) {
  require(value >= 0 && value - value == 0, argument, value, "a finite number ≥ 0");
}

template <class Index>
void require_dimension(const Argument& argument, Index size, Index dimension) {
  if (size == dimension) return;
  reject(argument, size, ("the objective's dimension, " + std::to_string(dimension)).c_str());
}

/// Rejects a vector or matrix that holds NaN or Inf, naming the first such entry.
template <class Dense>
void require_finite(const Argument& argument, const Dense& values) {
  for (auto col = values.cols() * 0; col < values.cols(); ++col) {
    for (auto row = values.rows() * 0; row < values.rows(); ++row) {
      const auto value = values.coeff(row, col);
      if (value - value == value - value) continue;
      reject(values.cols() > 1 ? argument.at(row, col) : argument.at(row), value, "finite numbers");
    }
  }
}

}  // namespace natgrad::detail
