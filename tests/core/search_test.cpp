// SPDX-License-Identifier: MIT
#include "natgrad/core/descent.hpp"
#include "support/catch.hpp"
#include "support/line.hpp"

using namespace natgrad;
using namespace natgrad::test;

TEST_CASE("of trials the lowest is kept, the first of equals, and the latest") {
  Trials<Vector1d> trials(1);
  const auto add = [&](double alpha, double value) {
    Trial<Vector1d>& t = trials.place();
    t.length = alpha;
    t.point.value = value;
  };
  add(1, 5);
  add(2, 5);
  add(3, 5);  // in the place of 2
  CHECK(trials.find(1.0));
  CHECK_FALSE(trials.find(2.0));
  add(4, 4);  // in that of 3
  add(5, 6);  // in that of 1: 4 is lower
  CHECK(trials.find(4.0));
  CHECK(trials.find(5.0));
  CHECK_FALSE(trials.find(1.0));
}

TEST_CASE("a measured noise counts twice, until f falls by a thousand times as much") {
  Line line = parabola(1e-3);
  auto& search = line.search;
  const double usual = search.noise();
  CHECK_FALSE(search.learn_noise([] { return 1e-4; }));  // no policy has asked for a length
  search.initial_length();
  CHECK_FALSE(search.learn_noise([&] { return 0.5 * usual; }));
  REQUIRE(search.learn_noise([] { return 1e-4; }));
  CHECK(search.noise() == 2e-4);
  REQUIRE(search.accept({0.1}));
  CHECK(search.noise() == 2e-4);
  REQUIRE(search.accept({0.4}));
  CHECK(search.noise() < 1e-10);
}

TEST_CASE("a search made again begins at another length, so that f is asked at no point twice") {
  Line line = parabola(1);
  const double first = line.search.initial_length();
  REQUIRE(line.search.learn_noise([] { return 1e-4; }));
  CHECK(line.search.initial_length() == Approx(0.9 * first));
}
