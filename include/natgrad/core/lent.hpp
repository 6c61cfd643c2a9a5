// SPDX-License-Identifier: MIT
#pragma once

/// Memory that a user's function writes, kept by the thread between calls.

#include <cstddef>
#include <memory>
#include <vector>

namespace natgrad::detail {

/// A T for the span of a scope, with what its last use left in it, so that repeated uses allocate nothing. A use within another, as
/// where a user's residual runs a fit of its own, has a T of its own.
template <class T>
class Lent {
 public:
  Lent() : shelf_(shelf()) {
    const std::size_t depth = shelf_.used;
    if (depth > shelf_.nested.size()) shelf_.nested.push_back(std::make_unique<T>());
    value_ = depth == 0 ? &shelf_.outermost : shelf_.nested[depth - 1].get();
    ++shelf_.used;
  }
  ~Lent() { --shelf_.used; }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  T& operator*() { return *value_; }
  T* operator->() { return value_; }

 private:
  /// The T of each depth of nesting: scopes end in the reverse order of their beginnings.
  struct Shelf {
    T outermost;
    std::vector<std::unique_ptr<T>> nested;
    std::size_t used = 0;
  };
  static Shelf& shelf() {
    thread_local Shelf kept;
    return kept;
  }

  Shelf& shelf_;
  T* value_;
};

}  // namespace natgrad::detail
