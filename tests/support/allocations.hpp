// SPDX-License-Identifier: MIT
/// Counts what is allocated on the heap between two points of a test.
#pragma once

#include <cstddef>

namespace natgrad::test {

/// The allocations of this thread since construction:
///
///     AllocationCount allocations;
///     run();
///     CHECK(allocations.count() == 0);
///
/// Counted are operator new in all its forms and, where sees_malloc(), every call of malloc, calloc, realloc,
/// aligned_alloc and posix_memalign made by the test executable itself, Eigen's included.
/// Read count() before CHECK, or inside it: CHECK allocates too, but after its arguments are evaluated.
class AllocationCount {
 public:
  AllocationCount() noexcept;

  /// Allocations since construction.
  [[nodiscard]] std::size_t count() const noexcept;
  /// Bytes asked for since construction.
  [[nodiscard]] std::size_t bytes() const noexcept;
  /// True where calls of malloc are counted beside operator new.
  [[nodiscard]] static bool sees_malloc() noexcept;

 private:
  std::size_t count_at_start_;
  std::size_t bytes_at_start_;
};

}  // namespace natgrad::test
