// SPDX-License-Identifier: MIT
#pragma once

/// Whether |given − wanted| ≤ uncertainty + tolerance·max(|given|, |wanted|) in every entry; and if not, which fault it looks like.

#include "natgrad/check/report.hpp"
#include "natgrad/check/table.hpp"

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace natgrad::detail {

/// given = factor·wanted, and what a reader should be told then.
struct Fault {
  double factor;
  std::string words;
};

/// The faults that are made in any member: a sign, a factor 2, a sum for a mean. n: the number of samples, 0 without.
inline std::vector<Fault> usual_faults(Index n) {
  std::vector<Fault> faults{{-1, "a minus is missing, or one too many"},
                            {2, "a factor 2 too many, or a missing 1/2"},
                            {0.5, "a factor 2 is missing, or a 1/2 too many"},
                            {-2, "the sign is wrong, and a factor 2 too many"},
                            {-0.5, "the sign is wrong, and a factor 2 is missing"},
                            {0, "it is zero"}};
  if (n > 2) {
    const auto count = static_cast<double>(n);
    const std::string sum =
        "wrong normalisation, a sum over the n = " + std::to_string(n) + " samples where the mean is wanted";
    const std::string twice = "wrong normalisation, divided by n = " + std::to_string(n) + " once too often";
    faults.push_back({count, sum});
    faults.push_back({1 / count, twice});
    faults.push_back({-count, "the sign is wrong; " + sum});
    faults.push_back({-1 / count, "the sign is wrong; " + twice});
  }
  return faults;
}

/// One comparison in the making: four tables of the same size.
struct Comparison {
  std::string name;
  std::string reference;
  Table given;
  Table wanted;
  Table uncertainty;
  double tolerance = 0;
  std::vector<Fault> faults{};  ///< to look for
  std::string remark{};         ///< what to add when it fails
  double clear_below = 1e-3;    ///< a resolution that needs no remark; Inf: it has no meaning

  Check judge() const {
    Check check;
    check.name = name;
    check.reference = reference;
    check.entries = given.size();
    double most = -1;
    for (Index j = 0; j < given.columns(); ++j) {
      for (Index i = 0; i < given.rows(); ++i) {
        const double ratio = excess(i, j, 1);
        if (ratio > 1) check.wrong.push_back(entry(i, j));
        if (ratio > most) {
          most = ratio;
          check.worst = entry(i, j);
        }
      }
    }
    check.ok = check.wrong.empty();
    const double spread = uncertainty.size_of_largest();
    if (spread > 0 && clear_below < std::numeric_limits<double>::infinity())
      check.resolution = spread / std::fmax(wanted.size_of_largest(), given.size_of_largest());
    check.sentence = check.ok ? reservation(check) : name + ' ' + diagnosis(check);
    if (!check.ok && !remark.empty()) check.sentence += ' ' + remark;
    return check;
  }

  /// The one of `faults` that explains every entry best; null where none does.
  const Fault* fault() const {
    const Fault* nearest = nullptr;
    double least = 1;  // at most what is allowed
    for (const Fault& candidate : faults) {
      const double ratio = excess(candidate.factor);
      if (!(ratio <= least)) continue;
      least = ratio;
      nearest = &candidate;
    }
    return nearest;
  }

 private:
  /// The error in units of what is allowed, if factor·wanted were wanted.
  double excess(Index i, Index j, double factor) const {
    const double infinity = std::numeric_limits<double>::infinity();
    const double want = factor * wanted(i, j);
    const double spread = std::fmax(1.0, std::abs(factor)) * uncertainty(i, j);
    const double error = std::abs(given(i, j) - want);
    if (error == 0 || spread == infinity) return 0;
    const double ratio = error / (spread + tolerance * std::fmax(std::abs(given(i, j)), std::abs(want)));
    return ratio <= infinity ? ratio : infinity;  // NaN is as wrong as can be
  }

  double excess(double factor) const {
    double most = 0;
    for (Index j = 0; j < given.columns(); ++j) {
      for (Index i = 0; i < given.rows(); ++i) most = std::fmax(most, excess(i, j, factor));
    }
    return most;
  }

  CheckedEntry entry(Index i, Index j) const {
    CheckedEntry at;
    if (given.size() > 1) at.row = i;
    if (given.columns() > 1) at.column = j;
    at.given = given(i, j);
    at.wanted = wanted(i, j);
    at.uncertainty = uncertainty(i, j);
    return at;
  }

  /// What the comparison cannot tell.
  std::string reservation(const Check& check) const {
    if (check.resolution <= clear_below) return {};
    std::ostringstream text;
    text.precision(2);
    if (check.resolution <= 1e6) {
      text << "Only errors above " << 100 * check.resolution
           << " % of the largest entry could be seen; try another x.";
    } else {
      text << "Not every entry could be compared: nothing but zeros, or no finite values beside x; try "
              "another x.";
    }
    return text.str();
  }

  std::string diagnosis(const Check& check) const {
    if (!given.all_finite()) return "is not finite.";
    if (const Fault* found = fault())
      return "is " + times(found->factor) + reference + ": " + found->words + '.';
    const double factor = common_factor();
    if (given.size() > 1 && excess(factor) <= 1)
      return "is " + times(factor) + reference + " in every entry.";
    if (given.rows() == given.columns() && given.rows() > 1) {
      Comparison other = *this;
      other.given = given.transpose();
      if (other.excess(1) <= 1) return "is the transpose of " + reference + '.';
    }
    std::ostringstream text;
    if (check.wrong.size() == 1 && check.entries > 1) {
      text << "is wrong in one entry, " << check.worst << ", and agrees with " << reference
           << " in the others.";
    } else {
      text << "does not agree with " << reference << '.';
    }
    return text.str();
  }

  /// given/wanted of the entry that is known best
  double common_factor() const {
    double factor = 1, sharpest = 0;
    for (Index j = 0; j < given.columns(); ++j) {
      for (Index i = 0; i < given.rows(); ++i) {
        const double sharpness =
            std::abs(wanted(i, j)) / (uncertainty(i, j) + tolerance * std::abs(wanted(i, j)));
        if (!(sharpness > sharpest)) continue;
        sharpest = sharpness;
        factor = given(i, j) / wanted(i, j);
      }
    }
    return factor;
  }

  static std::string times(double factor) {
    std::ostringstream text;
    text.precision(5);
    text << factor << " times ";
    return text.str();
  }
};

}  // namespace natgrad::detail
