// SPDX-License-Identifier: MIT
#include "natgrad/observe/trace.hpp"

#include "support/catch.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/function.hpp>
#include <natgrad/optimizer/gradient_descent.hpp>
#include <natgrad/step/fixed_step.hpp>

#include <locale>
#include <sstream>
#include <string>
#include <vector>

using namespace natgrad;
using Eigen::Vector2d;

namespace {

const auto bowl = function([](const Vector2d& x) { return 0.5 * x.squaredNorm(); },
                           [](const Vector2d& x, Vector2d& g) { g = x; });

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) out.push_back(cell);
  return out;
}

}  // namespace

TEST_CASE("Trace keeps every point, x0 and the last included") {
  Trace trace;
  const auto r =
      minimize(bowl, Vector2d(8, -4), GradientDescent{FixedStep{0.5}}, StopWhen{.max_iterations = 3}, trace);
  REQUIRE(trace.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(trace[k].iteration == static_cast<Index>(k));
    CHECK(trace[k].x == Vector2d(8, -4) * std::ldexp(1.0, -static_cast<int>(k)));
    CHECK(trace[k].value == 0.5 * trace[k].x.squaredNorm());
    CHECK(trace[k].gradient_norm == 8 * std::ldexp(1.0, -static_cast<int>(k)));
    CHECK(trace[k].step == (k == 0 ? 0 : 0.5));
    CHECK(trace[k].counts.values == static_cast<Index>(k) + 1);
    if (k > 0) CHECK(trace[k].seconds >= trace[k - 1].seconds);
  }
  CHECK(trace.rows().back().x == r.x);
}

TEST_CASE("Trace keeps adding until it is cleared") {
  Trace trace;
  for (int run = 0; run < 2; ++run) {
    minimize(bowl, Vector2d(8, -4), GradientDescent{FixedStep{0.5}}, StopWhen{.max_iterations = 3}, trace);
  }
  CHECK(trace.size() == 8);
  trace.clear();
  CHECK(trace.size() == 0);
  CHECK(trace.begin() == trace.end());
}

TEST_CASE("the CSV is the same whatever the stream's locale") {
  struct German : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  Trace trace;
  minimize(bowl, Vector2d(8000.5, -4), GradientDescent{FixedStep{0.5}}, StopWhen{.max_iterations = 3}, trace);
  std::ostringstream plain, german;
  german.imbue(std::locale(std::locale::classic(), new German));
  trace.write_csv(plain);
  trace.write_csv(german);
  CHECK(german.str() == plain.str());
  german << 1234.5;
  CHECK(german.str() == plain.str() + "1.234,5");
}

TEST_CASE("the CSV has a header, a line a point, and every digit") {
  Trace<Vector2d> trace;
  minimize(bowl, Vector2d(1.0 / 3, 0.1), GradientDescent{FixedStep{0.3}}, StopWhen{.max_iterations = 2},
           trace);
  std::ostringstream out;
  out.precision(4);
  trace.write_csv(out);
  CHECK(out.precision() == 4);
  std::istringstream in(out.str());
  std::string line;
  REQUIRE(std::getline(in, line));
  CHECK(line
        == "iteration,value,gradient_norm,step,damping,values,gradients,hessians,fishers,products,factorizations,seconds,"
           "x0,x1");
  for (std::size_t k = 0; k < 3; ++k) {
    REQUIRE(std::getline(in, line));
    const std::vector<std::string> row = cells(line);
    REQUIRE(row.size() == 14);
    CHECK(std::stol(row[0]) == static_cast<long>(k));
    CHECK(std::stod(row[1]) == trace[k].value);
    CHECK(std::stod(row[2]) == trace[k].gradient_norm);
    CHECK(std::stod(row[3]) == trace[k].step);
    CHECK(std::stol(row[5]) == static_cast<long>(k) + 1);
    CHECK(std::stol(row[6]) == static_cast<long>(k) + 1);
    CHECK(std::stod(row[12]) == trace[k].x[0]);
    CHECK(std::stod(row[13]) == trace[k].x[1]);
  }
  CHECK(!std::getline(in, line));
  std::ostringstream same;
  same.precision(4);
  same << trace;
  CHECK(same.str() == out.str());
}

TEST_CASE("an empty Trace writes its header alone") {
  std::ostringstream out;
  Trace<>().write_csv(out);
  CHECK(out.str().back() == '\n');
  CHECK(out.str().find("seconds\n") != std::string::npos);
}
