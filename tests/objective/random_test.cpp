// SPDX-License-Identifier: MIT
#include "natgrad/objective/random.hpp"

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

using natgrad::IndexedRandom;

TEST_CASE("the numbers depend on seed and index alone") {
  IndexedRandom a(7, 3), b(7, 3);
  for (int k = 0; k < 10; ++k) CHECK(a.bits() == b.bits());
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (std::uint64_t index = 0; index < 40; ++index) first.insert(IndexedRandom(seed, index).bits());
  }
  CHECK(first.size() == 1600);
}

TEST_CASE("uniform numbers fill the unit interval evenly, along an index and across indices") {
  // 10 bins of 2000: the standard deviation of a bin is 42; 5 of them bound 20 bins at a chance of 1e-5.
  std::array<int, 10> along{}, across{};
  IndexedRandom random(1, 0);
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double u = random.uniform(), v = IndexedRandom(1, i).uniform();
    REQUIRE((u >= 0 && u < 1 && v >= 0 && v < 1));
    ++along[static_cast<std::size_t>(10 * u)];
    ++across[static_cast<std::size_t>(10 * v)];
  }
  for (const auto& bins : {along, across}) {
    for (const int count : bins) CHECK(std::abs(count - 2000) < 5 * 43);
  }
}

TEST_CASE("normal numbers have the moments of N(0, 1)") {
  const int n = 40000;
  double mean = 0, square = 0, fourth = 0;
  for (int i = 0; i < n; ++i) {
    const double z = IndexedRandom(2, static_cast<std::uint64_t>(i)).normal();
    mean += z / n;
    square += z * z / n;
    fourth += z * z * z * z / n;
  }
  const double error = 5 / std::sqrt(double(n));  // of five standard deviations: 1, √2 and √96 of them
  CHECK(std::abs(mean) < error);
  CHECK(std::abs(square - 1) < std::sqrt(2.0) * error);
  CHECK(std::abs(fourth - 3) < std::sqrt(96.0) * error);
}

TEST_CASE("the numbers are the same on every machine") {
  IndexedRandom random(123, 456);
  CHECK(random.bits() == 0xE3C8657EB8992943u);
  CHECK(random.bits() == 0xE043E0B4B6163F13u);
  CHECK(IndexedRandom(123, 456).uniform() == static_cast<double>(0xE3C8657EB8992943u >> 11) * 0x1.0p-53);
}

TEST_CASE("draw_rows gives that many different rows, in order, each set as likely as another") {
  using natgrad::draw_rows;
  CHECK(draw_rows(5, 5, 1) == std::vector<Eigen::Index>{0, 1, 2, 3, 4});
  CHECK(draw_rows(5, 0, 1).empty());
  CHECK(draw_rows(1000, 10, 3) == draw_rows(1000, 10, 3));
  CHECK(draw_rows(1000, 10, 3) != draw_rows(1000, 10, 4));
  std::map<std::vector<Eigen::Index>, int> sets;
  const int draws = 6000;
  for (int seed = 0; seed < draws; ++seed) ++sets[draw_rows(4, 2, static_cast<std::uint64_t>(seed))];
  CHECK(sets.size() == 6);
  for (const auto& [rows, count] : sets) {
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] < rows[1]);
    CHECK(std::abs(count - draws / 6) < 5 * 29);  // five standard deviations
  }
}
