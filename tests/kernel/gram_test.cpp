// SPDX-License-Identifier: MIT
#include "natgrad/kernel/gram.hpp"

#include "kernel/design_cases.hpp"
#include "kernel/every_path.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

namespace kernel = natgrad::kernel;
using namespace natgrad::test;
using kernel::Design;

namespace {

template <class T>
void check_gram(Index n, Index d, bool intercept, bool weighted) {
  CAPTURE(n, d, intercept, weighted);
  Problem<T> problem(n, d, 1, intercept);
  problem.weight.array() -= T(0.5);  // weights of both signs
  const Exact design = problem.design();
  const Exact w = weighted ? Exact(problem.weight.template cast<long double>()) : Exact(Exact::Ones(n, 1));
  const Exact expected = design.transpose() * w.col(0).asDiagonal() * design;
  in_every_layout<T>(problem.x, [&](const auto& features) {
    Columns<T> h = Columns<T>::Constant(design.cols(), design.cols(), T(9));
    kernel::gram(Design<std::decay_t<decltype(features)>>{features, intercept},
                 weighted ? problem.weight.data() : nullptr, h);
    for (Index j = 1; j < h.cols(); ++j) CHECK((h.col(j).head(j).array() == T(9)).all());
    kernel::symmetrize(h);
    CHECK(difference(h, expected) <= rounding<T>(n));
  });
}

}  // namespace

TEMPLATE_TEST_CASE("the Gram matrix is the textbook's for every number of columns", "", float, double) {
  on_every_path([] {
    for (Index d = 1; d <= 17; ++d) check_gram<TestType>(d % 2 ? 301 : 96, d, d % 3 == 0, d % 2 == 0);
    check_gram<TestType>(600, 100, true, true);
    check_gram<TestType>(3, 33, true, true);
  });
}

TEST_CASE("the Gram matrix of long doubles") {
  for (const Index d : {1, 5, 21}) check_gram<long double>(77, d, true, true);
}

TEST_CASE("beyond 128 columns a block is packed for the tiles, with the same answer") {
  on_every_path([] {
    check_gram<double>(530, 150, true, true);
    check_gram<float>(300, 191, true, false);
  });
}

TEST_CASE("beyond 256 columns the tiles are shared out, with the same answer") {
  on_every_path([] { check_gram<double>(sanitized ? 330 : 1100, 257, true, true); });
  check_gram<float>(sanitized ? 150 : 530, 300, true, false);
  check_gram<long double>(40, 260, true, true);
}

TEST_CASE("the result may be a block of a larger matrix, in either order") {
  const Problem<double> problem(200, 6, 1, true);
  const Exact expected = problem.design().transpose() * problem.design();
  const Design data{problem.x, true};
  Rows<double> large = Rows<double>::Zero(10, 10);
  kernel::gram(data, nullptr, large.block(2, 1, 7, 7));
  kernel::symmetrize(large.block(2, 1, 7, 7));
  CHECK(difference(large.block(2, 1, 7, 7), expected) < 1e-14);
  CHECK(large.row(1).isZero());
  CHECK(large.col(8).isZero());
  Eigen::Matrix<double, 7, 7> fixed;
  kernel::gram(data, nullptr, fixed);
  kernel::symmetrize(fixed);
  CHECK(difference(fixed, expected) < 1e-14);
}

TEST_CASE("symmetrize copies the lower triangle at any size") {
  for (const Index size : {1, 2, 31, 32, 33, 64, 100}) {
    Columns<double> a = Columns<double>::Random(size, size);
    const Columns<double> lower = a.triangularView<Eigen::Lower>();
    const Columns<double> strict = a.triangularView<Eigen::StrictlyLower>();
    const Columns<double> expected = lower + strict.transpose();
    kernel::symmetrize(a);
    CHECK(a == expected);
  }
}

TEST_CASE("the Gram matrix allocates nothing after the first call") {
  for (const Index d : {6, 300}) {
    const Problem<double> problem(900, d, 1, true);
    const Rows<double> rows = problem.x;
    Columns<double> h(d + 1, d + 1);
    const auto both = [&] {
      kernel::gram(Design{problem.x, true}, problem.weight.data(), h);
      kernel::gram(Design{rows, true}, problem.weight.data(), h);
    };
    both();
    const AllocationCount allocations;
    both();
    CHECK(allocations.count() == 0);
  }
}
