// SPDX-License-Identifier: MIT
#include "support/allocations.hpp"

#include "support/catch.hpp"

#include <Eigen/Dense>

#include <cstdint>
#include <new>
#include <vector>

using natgrad::test::AllocationCount;

// Called as functions: a compiler may drop a new-expression whose object it can do without.
TEST_CASE("operator new is counted once") {
  const AllocationCount allocations;
  void* memory = ::operator new(24);
  const std::size_t count = allocations.count();
  const std::size_t bytes = allocations.bytes();
  ::operator delete(memory);
  CHECK(count == 1);
  CHECK(bytes == 24);
}

TEST_CASE("over-aligned operator new is counted and aligned") {
  constexpr std::align_val_t alignment{64};
  const AllocationCount allocations;
  void* memory = ::operator new(24, alignment);
  const std::size_t count = allocations.count();
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  ::operator delete(memory, alignment);
  CHECK(count == 1);
  CHECK(address % 64 == 0);
}

TEST_CASE("a growing vector is counted each time it grows") {
  std::vector<double> values;
  const AllocationCount allocations;
  values.reserve(10);
  values.reserve(1000);
  const std::size_t count = allocations.count();
  CHECK(count == 2);
}

TEST_CASE("Eigen's allocations are counted where malloc is") {
  if (!AllocationCount::sees_malloc()) return;
  const AllocationCount allocations;
  const Eigen::VectorXd x = Eigen::VectorXd::Zero(1000);
  const std::size_t count = allocations.count();
  const std::size_t bytes = allocations.bytes();
  CHECK(count == 1);
  CHECK(bytes >= 8000);
  CHECK(x.size() == 1000);
}

TEST_CASE("work in place counts nothing") {
  Eigen::MatrixXd A = Eigen::MatrixXd::Identity(50, 50);
  Eigen::VectorXd x = Eigen::VectorXd::Ones(50);
  Eigen::VectorXd y(50);
  const AllocationCount allocations;
  y.noalias() = A * x;
  Eigen::Matrix3d fixed = Eigen::Matrix3d::Identity();
  fixed *= 2.0;
  const std::size_t count = allocations.count();
  CHECK(count == 0);
  CHECK(y.sum() + fixed.sum() == 56.0);
}
