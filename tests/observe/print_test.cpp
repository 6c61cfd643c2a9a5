// SPDX-License-Identifier: MIT
#include "natgrad/observe/print.hpp"

#include "support/catch.hpp"
#include "support/progress.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/function.hpp>
#include <natgrad/optimizer/gradient_descent.hpp>
#include <natgrad/step/fixed_step.hpp>

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::Vector2d;

namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

/// Columns on the screen: UTF-8 bytes that do not continue a character.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(
      line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::vector<std::string> printed(int iterations, Index every) {
  const auto bowl = function([](const Vector2d& x) { return 0.5 * x.squaredNorm(); },
                             [](const Vector2d& x, Vector2d& g) { g = x; });
  std::ostringstream out;
  minimize(bowl, Vector2d(8, -4), GradientDescent{FixedStep{0.5}}, StopWhen{.max_iterations = iterations},
           Print{&out, every});
  return lines(out.str());
}

}  // namespace

TEST_CASE("Print writes a heading and one line an iteration, aligned, in 80 columns") {
  const std::vector<std::string> all = printed(12, 1);
  REQUIRE(all.size() == 1 + 13);
  for (const std::string& line : all) {
    CHECK(columns(line) <= 80);
    CHECK(columns(line) == columns(all[0]));
  }
  CHECK(all[0].find("f(x)") != std::string::npos);
  CHECK(all[1].find("4.000000000e+01") != std::string::npos);
  CHECK(all[2].find("1.000000000e+01") != std::string::npos);
}

TEST_CASE("Print.every leaves lines out") {
  const std::vector<std::string> all = printed(12, 5);
  REQUIRE(all.size() == 1 + 3);
  CHECK(std::stoi(all[2]) == 5);
  CHECK(std::stoi(all[3]) == 10);
}

TEST_CASE("Print stays aligned for the largest and the oddest numbers") {
  std::ostringstream out;
  Moment moment;
  moment.iteration = 99999;
  moment.value = -1.7976931348623157e308;
  moment.gradient_norm = std::numeric_limits<double>::denorm_min();
  moment.value_change = -std::numeric_limits<double>::infinity();
  moment.step = 1e-300;
  moment.damping = 1e300;
  moment.counts.values = 99999999;
  Print{&out}(moment.progress());
  CHECK(columns(lines(out.str())[0]) <= 84);
}
