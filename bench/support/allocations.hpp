// SPDX-License-Identifier: MIT
#pragma once

/// Counts what the whole program takes from the heap: operator new ends in malloc, and so does Eigen, so that it is
/// malloc and its siblings that are counted. Include it in one source file of a program. Where the C library is not
/// glibc, nothing is counted and allocations_are_counted is false.

#include <cstddef>
#include <cstdlib>

namespace bench {

inline long allocation_count = 0;

#if defined(__GLIBC__)
inline constexpr bool allocations_are_counted = true;
#else
inline constexpr bool allocations_are_counted = false;
#endif

}  // namespace bench

#if defined(__GLIBC__)
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  ++bench::allocation_count;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  ++bench::allocation_count;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) noexcept {
  ++bench::allocation_count;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++bench::allocation_count;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  ++bench::allocation_count;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : 12;  // ENOMEM
}

}  // extern "C"
#endif
