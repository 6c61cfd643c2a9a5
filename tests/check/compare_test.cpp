// SPDX-License-Identifier: MIT
#include "natgrad/check/compare.hpp"

#include "natgrad/check/z_test.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

using namespace natgrad;
using detail::Comparison;
using detail::Table;

namespace {

const Table kWanted = Table::of(3, 3, [](Index i, Index j) { return 1.0 + static_cast<double>(i + 3 * j); });

Comparison comparison(Table given, double spread = 1e-12) {
  return {"hessian",           "the truth", std::move(given),        kWanted,
          Table(3, 3, spread), 1e-5,        detail::usual_faults(50)};
}

std::string sentence(double factor) {
  return comparison(kWanted.map([&](Index, Index, double entry) { return factor * entry; })).judge().sentence;
}

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("an entry is wrong above uncertainty + tolerance·max(|given|, |wanted|), and not at it") {
  const auto ok = [](double given) {
    return Comparison{"a", "b", Table(1, 1, given), Table(1, 1, 2.0), Table(1, 1, 0.25), 0.125, {}}
        .judge()
        .ok;
  };
  // upwards: given − 2 ≤ 0.25 + given/8 up to given = 18/7; downwards: 2 − given ≤ 0.25 + 2/8 down to 1.5
  CHECK(ok(2.571));
  CHECK_FALSE(ok(2.572));
  CHECK(ok(1.5));
  CHECK_FALSE(ok(1.499));
}

TEST_CASE("a constant factor is named, and the usual ones in words") {
  CHECK(sentence(1).empty());
  CHECK(has(sentence(-1), "hessian is -1 times the truth: a minus is missing"));
  CHECK(has(sentence(2), "a factor 2 too many"));
  CHECK(has(sentence(0.5), "a factor 2 is missing"));
  CHECK(has(sentence(-2), "the sign is wrong, and a factor 2 too many"));
  CHECK(has(sentence(50), "a sum over the n = 50 samples where the mean is wanted"));
  CHECK(has(sentence(0.02), "divided by n = 50 once too often"));
  CHECK(has(sentence(0), "it is zero"));
  CHECK(has(sentence(1.25), "1.25 times the truth in every entry"));
}

TEST_CASE("a transposed matrix, one wrong entry and a NaN are told apart") {
  CHECK(has(comparison(kWanted.transpose()).judge().sentence, "is the transpose of the truth"));
  Table one = kWanted;
  one(1, 2) += 0.1;
  const Check check = comparison(one).judge();
  CHECK(has(check.sentence, "wrong in one entry, (1, 2)"));
  CHECK(check.worst.given == Approx(8.1));
  CHECK(check.worst.wanted == 8);
  one(0, 0) = std::nan("");
  CHECK(has(comparison(one).judge().sentence, "hessian is not finite"));
  CHECK(comparison(one).judge().wrong.size() == 2);
}

TEST_CASE("what is too uncertain to be compared is not wrong, and is said") {
  const Check vague = comparison(Table(3, 3, 5.0), 8.0).judge();
  CHECK(vague.ok);
  CHECK(has(vague.sentence, "Only errors above 89 % of the largest entry could be seen"));
  const Check blind = comparison(Table(3, 3, 5.0), std::numeric_limits<double>::infinity()).judge();
  CHECK(blind.ok);
  CHECK(has(blind.sentence, "Not every entry could be compared"));
}

TEST_CASE("a report holds if all of its checks do, and prints one line for each that does") {
  CheckReport report;
  report.add(comparison(kWanted).judge());
  CHECK(report.ok());
  CHECK(report.first_wrong() == nullptr);
  Check bad = comparison(kWanted.map([](Index, Index, double entry) { return 2 * entry; })).judge();
  bad.name = "fisher";
  report.add(bad);
  CHECK_FALSE(report.ok());
  CHECK(report.first_wrong()->name == "fisher");
  CHECK(report.find("fisher") == report.first_wrong());
  CHECK(report.find("score") == nullptr);
  std::ostringstream text;
  text << report;
  CHECK(has(text.str(), "WRONG: 1 of 2 checks failed\n  ok     hessian, against the truth (to 1.1e-13)\n"));
  CHECK(
      has(text.str(), "; 9 of 9 wrong: (0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2), (1, 2), …\n"));
}

TEST_CASE("thresholds are the quantiles of the normal and of Student's t") {
  // tables: P(|Z| > 1.959964) = .05; P(|t₁₀| > 2.228139) = .05; P(|t₃₀| > 3.646) = .001
  CHECK(detail::normal_threshold(0.05, 1) == Approx(1.959963985).epsilon(1e-9));
  CHECK(detail::normal_threshold(0.5, 10) == Approx(1.959963985).epsilon(1e-9));
  CHECK(detail::student_threshold(0.05, 1, 10) == Approx(2.228139).epsilon(2e-3));
  CHECK(detail::student_threshold(0.001, 1, 30) == Approx(3.646).epsilon(2e-3));
  CHECK(detail::student_threshold(1e-6, 10, 100000)
        == Approx(detail::normal_threshold(1e-6, 10)).epsilon(1e-3));
}
