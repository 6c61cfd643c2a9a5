// SPDX-License-Identifier: MIT
#pragma once

/// Memory that a user's function writes, kept by the thread between calls.

#include <utility>

namespace natgrad::detail {

/// A T for the span of a scope, with what its last use left in it, so that repeated uses allocate nothing. A use within another, as
/// where a user's residual runs a fit of its own, has a T of its own.
template <class T>
class Lent {
 public:
  Lent() : value_(std::move(kept())) {}
  ~Lent() { kept() = std::move(value_); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  T& operator*() { return value_; }
  T* operator->() { return &value_; }

 private:
  static T& kept() {
    thread_local T value;
    return value;
  }

  T value_;
};

}  // namespace natgrad::detail
