// SPDX-License-Identifier: MIT
#pragma once

/// What a check of an objective found: each comparison with its worst entry, and a sentence where something is wrong.

#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace natgrad {

/// One entry of a vector or matrix as the objective gives it, beside what it should be.
struct CheckedEntry {
  Index row = -1;
  Index column = -1;  ///< −1 in a vector; both are −1 in a number
  double given = 0;   ///< by the objective
  double wanted = 0;  ///< by the reference
  double uncertainty =
      0;  ///< of wanted: the entry is wrong where |given − wanted| > uncertainty + tolerance·max(|given|, |wanted|)

  friend std::ostream& operator<<(std::ostream& out, const CheckedEntry& entry) {
    if (entry.row < 0) return out;
    out << '(' << entry.row;
    if (entry.column >= 0) out << ", " << entry.column;
    return out << ')';
  }
};

/// One comparison: a member of the objective against a reference.
struct Check {
  std::string name;                 ///< the member, or the identity
  std::string reference;            ///< what it was compared with
  Index entries = 0;                ///< compared
  CheckedEntry worst;               ///< where the error is largest for what is allowed
  std::vector<CheckedEntry> wrong;  ///< every wrong entry
  double resolution = 0;  ///< the largest uncertainty in units of the largest entry: smaller errors may hide
  bool ok = true;
  std::string sentence;  ///< what is wrong, in words; or what could not be told

  friend std::ostream& operator<<(std::ostream& out, const Check& check) {
    std::ostringstream text;
    text.precision(10);
    text << (check.ok ? "  ok     " : "  WRONG  ") << check.name;
    if (!check.reference.empty()) text << ", against " << check.reference;
    if (check.ok && check.resolution > 0) {
      text.precision(1);
      text << std::scientific << " (to " << check.resolution << ')';
    }
    if (!check.ok && check.entries > 0) {
      text << "\n         " << check.worst << (check.worst.row < 0 ? "" : ": ") << "given "
           << check.worst.given << ", wanted " << check.worst.wanted;
      text.precision(2);
      text << " ± " << check.worst.uncertainty << "; " << check.wrong.size() << " of " << check.entries
           << " wrong";
      const std::size_t shown = std::min<std::size_t>(check.wrong.size(), 8);
      for (std::size_t k = 0; k < shown && check.wrong.size() > 1; ++k)
        text << (k ? ", " : ": ") << check.wrong[k];
      if (shown < check.wrong.size()) text << ", …";
    }
    if (!check.sentence.empty()) text << "\n         " << check.sentence;
    return out << text.str() << '\n';
  }
};

/// All comparisons of one call, in the order in which a reader should repair them.
struct CheckReport {
  std::vector<Check> checks;

  /// Nothing was found wrong.
  bool ok() const {
    return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.ok; });
  }
  explicit operator bool() const { return ok(); }

  /// The comparison of that name; null where the objective has no such member.
  const Check* find(std::string_view name) const {
    const auto at =
        std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.name == name; });
    return at == checks.end() ? nullptr : &*at;
  }

  /// The first comparison that failed; null where all hold.
  const Check* first_wrong() const {
    const auto at = std::find_if(checks.begin(), checks.end(), [](const Check& check) { return !check.ok; });
    return at == checks.end() ? nullptr : &*at;
  }

  void add(Check check) { checks.push_back(std::move(check)); }

  friend std::ostream& operator<<(std::ostream& out, const CheckReport& report) {
    const auto failed = std::count_if(report.checks.begin(), report.checks.end(),
                                      [](const Check& check) { return !check.ok; });
    if (report.checks.empty())
      return out << "nothing to check: the objective has no member that this compares\n";
    out << (failed ? "WRONG: " : "ok: ") << failed << " of " << report.checks.size() << " checks failed\n";
    for (const Check& check : report.checks) out << check;
    return out;
  }
};

/// How strictly to check.
struct CheckOptions {
  double tolerance =
      1e-5;  ///< relative error that is not worth a word, ≥ 0; at least √ε of the scalar is allowed
  double false_alarm =
      1e-6;  ///< how often at most the z-tests of one call reject a right objective, in (0, 1)
  Index drawn_rows = 100000;  ///< how many scores to draw from the model for them, ≥ 1
  std::uint64_t seed = 1;     ///< of these draws
  bool labels_from_model =
      false;  ///< the labels of f were themselves drawn from the model at x: test the scores with them too

  void validate() const {
    using detail::require;
    require(tolerance >= 0 && tolerance < 1, "CheckOptions.tolerance", tolerance, "a number in [0, 1)");
    require(false_alarm > 0 && false_alarm < 1, "CheckOptions.false_alarm", false_alarm,
            "a number in (0, 1)");
    require(drawn_rows >= 1, "CheckOptions.drawn_rows", drawn_rows, "a count ≥ 1");
  }
};

}  // namespace natgrad
