// SPDX-License-Identifier: MIT
#include "natgrad/kernel/scratch.hpp"

#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <thread>

using natgrad::kernel::Scratch;
using natgrad::test::AllocationCount;

TEST_CASE("memory is aligned to a cache line, and two pieces do not overlap") {
  const Scratch outer_unused;
  Scratch scratch;
  double* a = scratch.take<double>(3);
  float* b = scratch.take<float>(5000);
  CHECK(reinterpret_cast<std::uintptr_t>(a) % 64 == 0);
  CHECK(reinterpret_cast<std::uintptr_t>(b) % 64 == 0);
  std::fill(a, a + 3, 1.0);
  std::fill(b, b + 5000, 2.0F);
  CHECK((a[0] == 1 && a[2] == 1 && b[0] == 2 && b[4999] == 2));
}

TEST_CASE("what an inner call took, the outer one may take again, and what the outer holds stays") {
  std::thread([] {
    Scratch outer;
    int* mine = outer.take<int>(100);
    std::fill(mine, mine + 100, 7);
    for (const int size : {10, 1000, 100000, 3}) {
      Scratch inner;
      int* theirs = inner.take<int>(size);
      std::fill(theirs, theirs + size, -1);
    }
    for (int i = 0; i < 100; ++i) CHECK(mine[i] == 7);
  }).join();
}

TEST_CASE("calls that repeat allocate nothing, in whatever pieces they take") {
  std::thread([] {
    const auto call = [] {
      Scratch outer;
      outer.take<double>(10);
      for (int size = 1; size < 5000; size *= 3) {
        Scratch inner;
        inner.take<double>(size);
        outer.take<double>(1);
      }
      outer.take<double>(4000);
    };
    call();
    const AllocationCount allocations;
    for (int k = 0; k < 10; ++k) call();
    CHECK(allocations.count() == 0);
  }).join();
}
