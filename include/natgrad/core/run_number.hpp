// SPDX-License-Identifier: MIT
#pragma once

/// Which call of minimize a thread is in. What an objective keeps from one call of its members to the next is good for that
/// long: outside, the data that it views may change under it.

#include <cstdint>

namespace natgrad::detail {

class RunNumber {
 public:
  RunNumber() : outer_(current_) { current_ = ++last_; }
  ~RunNumber() { current_ = outer_; }
  RunNumber(const RunNumber&) = delete;
  RunNumber& operator=(const RunNumber&) = delete;

  /// No other call of this thread has had the number; 0 outside of all calls.
  static std::uint64_t current() { return current_; }

 private:
  inline static thread_local constinit std::uint64_t current_ = 0;
  inline static thread_local constinit std::uint64_t last_ = 0;
  std::uint64_t outer_;
};

}  // namespace natgrad::detail
