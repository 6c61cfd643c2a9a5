// SPDX-License-Identifier: MIT
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include <natgrad/fisher/score_blocks.hpp>

#include <Eigen/Dense>

using namespace natgrad;

TEST_CASE("Blocks visit every row once and in order, whatever their size") {
  for (const Index rows : {1, 3, 10, 11, 0}) {
    ScoreBlocks<Eigen::VectorXd> blocks(10, 2, rows);
    Index next = 0;
    blocks.each([](Index first, Scores<Eigen::VectorXd>& S) { S.setConstant(static_cast<double>(first)); },
                [&](Index first, Scores<Eigen::VectorXd>& S) {
                  CHECK(first == next);
                  CHECK(S(0, 0) == static_cast<double>(first));
                  next += S.rows();
                });
    CHECK(next == 10);
  }
}

TEST_CASE("The second pass over the blocks allocates nothing") {
  ScoreBlocks<Eigen::VectorXd> blocks(10, 2, 4);
  const auto fill = [](Index, Scores<Eigen::VectorXd>& S) { S.setZero(); };
  const auto use = [](Index, Scores<Eigen::VectorXd>&) {};
  blocks.each(fill, use);
  natgrad::test::AllocationCount allocations;
  blocks.each(fill, use);
  CHECK(allocations.count() == 0);
}

TEST_CASE("Single scores make a batch") {
  struct Single {
    Index sample_count() const { return 3; }
    void score(const Eigen::VectorXd& x, Index i, Eigen::VectorXd& s) const {
      s = x * static_cast<double>(i);
    }
  };
  Scores<Eigen::VectorXd> S(2, 2);
  Eigen::VectorXd row(2);
  fill_scores(Single{}, Eigen::VectorXd(Eigen::VectorXd::Ones(2)), 1, S, row);
  CHECK(S(0, 1) == 1);
  CHECK(S(1, 0) == 2);
}
