// SPDX-License-Identifier: MIT
// Every Newton, L-BFGS and the natural gradient (= Gauss–Newton) on the 35 problems of Moré, Garbow & Hillstrom (ACM TOMS
// 7(1), 1981) from x0, 10·x0 and 100·x0. What each reaches is written to more_garbow_hillstrom.md in the build folder.

// natgrad_test_problems compiles the problems, and says where the table goes.
#ifdef NATGRAD_TABLE_FOLDER

#include "contract/mgh.hpp"

#include "natgrad/optimizer/newton.hpp"
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/hager_zhang.hpp"
#include "natgrad/step/trust_region.hpp"
#include "support/catch.hpp"

#include <fstream>
#include <iomanip>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using natgrad::Status;
using natgrad::test::Minimum;
using natgrad::test::Run;
using natgrad::test::run_all;
using natgrad::test::Summary;

namespace {

const std::vector<Summary>& all() {
  static const std::vector<Summary> summaries = [] {
    std::vector<Summary> list{
        run_all("Newton{}", natgrad::Newton{}),
        run_all("Newton{TrustRegion{}}", natgrad::Newton{natgrad::TrustRegion{}}),
        run_all("Newton{HagerZhang{}}", natgrad::Newton{natgrad::HagerZhang{}}),
        run_all("Newton{Armijo{}}", natgrad::Newton{natgrad::Armijo{}}),
    };
    for (Summary& other : natgrad::test::runs_without_hessian()) list.push_back(std::move(other));
    return list;
  }();
  return summaries;
}

// ---- the table -----------------------------------------------------------------------------------------------------

const char* word(const Run& r) {
  if (!r.reached) return r.saddle ? "saddle" : "-";
  switch (r.reached->kind) {
    case Minimum::Kind::published:
      return "minimum";
    case Minimum::Kind::local:
      return "local";
    case Minimum::Kind::infimum:
      return "infimum";
  }
  return "";
}

void write_table(std::ostream& out) {
  out << "# Moré, Garbow & Hillstrom: what each optimizer reaches\n\n"
         "52 rows (35 problems) from x0, 10·x0 and 100·x0, all options at their defaults. A minimum counts "
         "as reached by f "
         "alone; *converged* is checked by the gradient in long double.\n\n"
         "| optimizer | x0 | 10·x0 | 100·x0 | false converged | at a saddle | false failures | NaN | worse | "
         "iterations, evaluations from x0 (median) |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Summary& s : all()) {
    out << "| `" << s.name << "` | " << s.reached(1) << " | " << s.reached(10) << " | " << s.reached(100)
        << " | " << s.count(0, [](const Run& r) { return r.false_converged; }) << " | "
        << s.count(0, [](const Run& r) { return r.saddle && r.result.usable(); }) << " | "
        << s.count(0, [](const Run& r) { return r.false_failure; }) << " | "
        << s.count(0, [](const Run& r) { return r.nan; }) << " | "
        << s.count(0, [](const Run& r) { return r.worse; }) << " | "
        << s.median([](const Run& r) { return r.result.iterations; }) << ", "
        << s.median([](const Run& r) { return r.result.counts.values; }) << " |\n";
  }
  out << "\n## Each run: Σr², how it counts, status, iterations/evaluations\n\n| # | name | n | start |";
  for (const Summary& s : all()) out << " `" << s.name << "` |";
  out << "\n|---|---|---|---|" << std::string(all().size(), '-') << "|\n";
  for (std::size_t i = 0; i < all().front().runs.size(); ++i) {
    const Run& first = all().front().runs[i];
    out << "| " << first.problem->number << " | " << first.problem->name << " | " << first.problem->size()
        << " | " << first.factor << " |";
    for (const Summary& s : all()) {
      const Run& r = s.runs[i];
      out << ' ' << std::setprecision(4) << r.result.value * r.unit << ' ' << word(r) << ", "
          << r.result.status << ' ' << r.result.iterations << '/' << r.result.counts.values
          << (r.false_converged ? " FALSE" : "") << (r.false_failure ? " FALSE FAILURE" : "")
          << (r.worse ? " WORSE" : "") << (r.nan ? " NAN" : "") << " |";
    }
    out << '\n';
  }
}

/// The runs for which something holds, a line each, for the message of a failed check
template <class Predicate>
std::string list(const Predicate& holds) {
  std::ostringstream text;
  for (const Summary& s : all()) {
    for (const Run& r : s.runs) {
      if (!holds(r)) continue;
      text << '\n'
           << s.name << ": " << r.problem->label() << " from " << r.factor << "·x0: f = " << r.result.value
           << ", " << r.result.status << ", ‖∇f‖∞ = " << r.result.gradient_norm << ", " << r.result.message;
    }
  }
  return text.str();
}

}  // namespace

// One case, since ctest gives each case a process of its own, and all share the same runs.
TEST_CASE("the problems of Moré, Garbow and Hillstrom from x0, 10·x0 and 100·x0") {
  SECTION("the table of what each optimizer reaches is written to the build folder") {
    std::ofstream file(NATGRAD_TABLE_FOLDER "/more_garbow_hillstrom.md");
    write_table(file);
    CHECK(file.good());
  }
  SECTION("Newton{} reaches a listed minimum in 51 of 52 rows from x0, 50 from 10·x0 and 48 from 100·x0") {
    const Summary& newton = all().front();
    CHECK(newton.reached(1) >= 51);
    CHECK(newton.reached(10) >= 50);
    CHECK(newton.reached(100) >= 48);
  }
  SECTION(
      "NaturalGradient{} on LeastSquares reaches one in 50 rows from x0, 47 from 10·x0 and 42 from 100·x0") {
    const Summary& residuals = all()[5];
    REQUIRE(residuals.name == "NaturalGradient{} on LeastSquares");
    CHECK(residuals.reached(1) >= 50);
    CHECK(residuals.reached(10) >= 47);
    CHECK(residuals.reached(100) >= 42);
  }
  SECTION("every row is solved from x0 by some Newton") {
    std::set<std::string> solved;
    for (std::size_t i = 0; i < 4; ++i) {
      for (const Run& r : all()[i].runs) {
        if (r.factor == 1 && r.reached) solved.insert(r.problem->label());
      }
    }
    CHECK(solved.size() == 52);
  }
  SECTION("no run claims convergence that the gradient in long double denies") {
    const std::string runs = list([](const Run& r) { return r.false_converged; });
    INFO(runs);
    CHECK(runs.empty());
  }
  SECTION("no Newton claims convergence at a saddle") {
    for (std::size_t i = 0; i < 4; ++i) {
      INFO(all()[i].name);
      CHECK(all()[i].count(0, [](const Run& r) { return r.saddle && r.result.converged(); }) == 0);
    }
  }
  SECTION("at most 1 % of the runs report a failure at a point that is solved") {
    int runs = 0;
    int failures = 0;
    for (const Summary& s : all()) {
      runs += static_cast<int>(s.runs.size());
      failures += s.count(0, [](const Run& r) { return r.false_failure; });
    }
    const std::string failed = list([](const Run& r) { return r.false_failure; });
    INFO(failed);
    CHECK(100 * failures <= runs);
  }
  SECTION("no run returns NaN") {
    const std::string runs = list([](const Run& r) { return r.nan; });
    INFO(runs);
    CHECK(runs.empty());
  }
  SECTION("no run ends above its start, or with the value of another point") {
    const std::string runs = list([](const Run& r) { return r.worse; });
    INFO(runs);
    CHECK(runs.empty());
  }
  SECTION("a start where f overflows is reported as not finite") {
    for (const Summary& s : all()) {
      for (const Run& r : s.runs) {
        if (r.problem->number != 6 || r.factor != 100) continue;
        INFO(s.name);
        CHECK(r.result.status == Status::not_finite);
        CHECK(r.result.x == r.problem->scaled_start(100));
      }
    }
  }
}

#endif
