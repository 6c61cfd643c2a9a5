// SPDX-License-Identifier: MIT
#include "support/allocations.hpp"

#include <cerrno>
#include <cstdlib>
#include <new>

namespace {

// A thread's own counters: nothing to synchronize, and other threads do not disturb a test.
thread_local std::size_t allocation_count = 0;
thread_local std::size_t allocated_bytes = 0;

void record(std::size_t bytes) noexcept {
  ++allocation_count;
  allocated_bytes += bytes;
}

}  // namespace

#ifdef __linux__

// tests/CMakeLists.txt links with --wrap=malloc: a call of malloc goes to __wrap_malloc, and of __real_malloc
// to malloc.
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* old, std::size_t size);
void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
int __real_posix_memalign(void** memory, std::size_t alignment, std::size_t size);

void* __wrap_malloc(std::size_t size) {
  record(size);
  return __real_malloc(size);
}

void* __wrap_calloc(std::size_t count, std::size_t size) {
  record(count * size);
  return __real_calloc(count, size);
}

void* __wrap_realloc(void* old, std::size_t size) {
  record(size);
  return __real_realloc(old, size);
}

void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
  record(size);
  return __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  record(size);
  return __real_posix_memalign(memory, alignment, size);
}
}

namespace {
void* uncounted_malloc(std::size_t size) noexcept { return __real_malloc(size); }
int uncounted_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  return __real_posix_memalign(memory, alignment, size);
}
}  // namespace

#else

namespace {
void* uncounted_malloc(std::size_t size) noexcept { return std::malloc(size); }
int uncounted_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  return posix_memalign(memory, alignment, size);
}
}  // namespace

#endif

namespace {

[[maybe_unused]] void* allocate(std::size_t size) noexcept {
  record(size);
  return uncounted_malloc(size == 0 ? 1 : size);
}

[[maybe_unused]] void* allocate(std::size_t size, std::align_val_t alignment) noexcept {
  record(size);
  void* memory = nullptr;
  const auto boundary = static_cast<std::size_t>(alignment);
  const int error = uncounted_memalign(&memory, boundary < sizeof(void*) ? sizeof(void*) : boundary, size);
  return error == 0 ? memory : nullptr;
}

[[maybe_unused]] void* or_throw(void* memory) {
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

}  // namespace

// The thread sanitizer brings operators of its own, and lets nobody replace them; nothing is counted under it.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NATGRAD_TEST_COUNTS_NOTHING
#endif
#endif

#ifndef NATGRAD_TEST_COUNTS_NOTHING

void* operator new(std::size_t size) { return or_throw(allocate(size)); }
void* operator new[](std::size_t size) { return or_throw(allocate(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return or_throw(allocate(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return or_throw(allocate(size, alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, alignment);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }

#endif

namespace natgrad::test {

AllocationCount::AllocationCount() noexcept
    : count_at_start_(allocation_count), bytes_at_start_(allocated_bytes) {}

std::size_t AllocationCount::count() const noexcept { return allocation_count - count_at_start_; }

std::size_t AllocationCount::bytes() const noexcept { return allocated_bytes - bytes_at_start_; }

bool AllocationCount::sees_malloc() noexcept {
#ifdef __linux__
  return true;
#else
  return false;
#endif
}

}  // namespace natgrad::test
