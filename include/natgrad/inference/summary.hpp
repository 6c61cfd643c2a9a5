// SPDX-License-Identifier: MIT
#pragma once

/// An Inference as a table: estimate, standard error, z, p, interval and stars, one line a parameter.

#include "natgrad/inference/inference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>

namespace natgrad {

namespace detail {

template <class... Values>
std::string print_number(const char* format, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

/// Characters, not bytes, of a UTF-8 string.
inline std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

inline std::string pad_left(const std::string& text, std::size_t width) {
  const std::size_t has = width_of(text);
  return has < width ? std::string(width - has, ' ') + text : text;
}

inline std::string pad_right(const std::string& text, std::size_t width) {
  const std::size_t has = width_of(text);
  return has < width ? text + std::string(width - has, ' ') : text;
}

/// One notation for estimates and their errors: as many decimals as give the smallest error four digits.
template <class V>
struct ColumnFormat {
  int decimals = 4;
  bool scientific = false;

  explicit ColumnFormat(const Inference<V>& table) {
    double smallest = std::numeric_limits<double>::infinity(), largest = 0;
    for (Index i = 0; i < table.estimates.size(); ++i) {
      const double error = static_cast<double>(table.standard_errors[i]);
      if (error > 0 && error < smallest) smallest = error;
      largest = std::max(largest, std::abs(static_cast<double>(table.estimates[i])));
    }
    if (smallest < std::numeric_limits<double>::infinity())
      decimals = 3 - static_cast<int>(std::floor(std::log10(smallest)));
    scientific = decimals > 8 || largest >= 1e8 || largest + smallest < 1e-6;
    decimals = std::clamp(decimals, 0, 8);
  }

  template <class Scalar>
  std::string operator()(const Scalar& a) const {
    const double value = static_cast<double>(a);
    return scientific ? print_number("%.4e", value) : print_number("%.*f", decimals, value);
  }
};

inline std::string print_p(double p) { return p < 2e-16 ? "<2e-16" : print_number("%.3g", p); }

inline const char* stars(double p) {
  return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : p < 0.1 ? "." : "";
}

template <class V>
void print_remarks(std::ostream& out, const Inference<V>& table) {
  out << "standard errors: " << to_string(table.information) << "; n = " << print_number("%g", table.samples);
  if (table.degrees_of_freedom <= 0) {
    out << "; no degree of freedom is left to estimate the dispersion by";
  } else if (std::isfinite(table.degrees_of_freedom)) {
    out << "; dispersion " << print_number("%.6g", static_cast<double>(table.dispersion)) << " on "
        << print_number("%g", table.degrees_of_freedom) << " degrees of freedom";
  }
  out << '\n';
  if (is_finite(table.information_gap) && table.information_gap > ScalarOf<V>(1e-3)) {
    out << "observed and expected information differ by up to "
        << print_number("%.2g", 100 * static_cast<double>(table.information_gap)) << " %\n";
  }
  for (const std::string& direction : table.unidentified_directions)
    out << "not identified: " << direction << '\n';
  const double condition = static_cast<double>(table.condition_number);
  if (std::isfinite(condition) && condition > 1e8) {
    out << "nearly collinear: the information has condition number " << print_number("%.1e", condition)
        << '\n';
  }
  if (!table.exists)
    out << "no estimate exists: the data are separated, and these numbers tell only where the fit ended\n";
  if (!table.maximum) out << "not a maximum: the information is not positive definite here\n";
  if (!(table.score_statistic <= ScalarOf<V>(1e-4))
      && !std::isnan(static_cast<double>(table.score_statistic))) {
    out << "not yet at the optimum: n·∇fᵀM⁻¹∇f = "
        << print_number("%.2g", static_cast<double>(table.score_statistic)) << '\n';
  }
}

}  // namespace detail

/// The table of R's summary(glm), with the interval beside it.
template <class V>
std::ostream& operator<<(std::ostream& out, const Inference<V>& table) {
  using detail::pad_left, detail::pad_right, detail::print_number;
  const detail::ColumnFormat<V> number(table);
  const auto both = table.intervals();
  const bool student = std::isfinite(table.degrees_of_freedom);
  const double tail = 50 * (1 - table.level);
  std::vector<std::vector<std::string>> rows = {
      {"", "estimate", "std. error", student ? "t value" : "z value", student ? "Pr(>|t|)" : "Pr(>|z|)",
       print_number("%g %%", tail), print_number("%g %%", 100 - tail)}};
  for (Index i = 0; i < table.estimates.size(); ++i) {
    rows.push_back({table.names[static_cast<std::size_t>(i)], number(table.estimates[i]),
                    number(table.standard_errors[i]), print_number("%.3f", static_cast<double>(table.z[i])),
                    detail::print_p(static_cast<double>(table.p[i])), number(both(i, 0)),
                    number(both(i, 1))});
  }
  std::vector<std::size_t> width(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], detail::width_of(row[c]));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out << pad_right(rows[r][0], width[0]);
    for (std::size_t c = 1; c < rows[r].size(); ++c) out << "  " << pad_left(rows[r][c], width[c]);
    if (r > 0) {
      const std::string mark = detail::stars(static_cast<double>(table.p[static_cast<Index>(r) - 1]));
      if (!mark.empty()) out << ' ' << mark;
    }
    out << '\n';
  }
  detail::print_remarks(out, table);
  return out;
}

}  // namespace natgrad
