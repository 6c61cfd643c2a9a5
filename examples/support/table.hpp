// SPDX-License-Identifier: MIT
#pragma once

/// Tables for a terminal: the first column flush left, all others flush right, each as wide as its widest cell.

#include <algorithm>
#include <concepts>
#include <cstdio>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace example {

/// "0.2322" for fixed(0.23216, 4)
inline std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

/// "1.2e-09" for scientific(1.234e-9)
inline std::string scientific(double number, int digits = 1) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*e", digits, number);
  return text;
}

/// A time in the unit that leaves one to three digits before the point.
inline std::string duration(double seconds) {
  if (seconds < 1e-6) return fixed(seconds * 1e9, 0) + " ns";
  if (seconds < 1e-3) return fixed(seconds * 1e6, 1) + " µs";
  if (seconds < 1.0) return fixed(seconds * 1e3, 1) + " ms";
  return fixed(seconds, 1) + "  s";
}

/// Table t{"optimizer", "iterations"}; t.heading("κ = 100"); t.row("Newton", 1); std::cout << t;
class Table {
 public:
  template <class... Titles>
  explicit Table(const Titles&... titles) {
    row(titles...);
  }

  template <class... Cells>
  void row(const Cells&... cells) {
    rows_.push_back({text(cells)...});
  }

  /// A line of its own above the rows that follow.
  void heading(const std::string& words) { rows_.push_back({words}); }

  friend std::ostream& operator<<(std::ostream& out, const Table& table) {
    const std::vector<std::size_t> widths = table.widths();
    for (std::size_t r = 0; r < table.rows_.size(); ++r) {
      const std::vector<std::string>& row = table.rows_[r];
      const bool heading = row.size() == 1 && widths.size() > 1;
      out << (heading ? "\n  " : "  ");
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string padding(heading ? 0 : widths[c] - columns(row[c]), ' ');
        out << (c == 0 ? row[c] + padding : "  " + padding + row[c]);
      }
      out << '\n';
      if (r == 0) out << table.line(widths);
    }
    return out;
  }

 private:
  static std::string text(const std::string& cell) { return cell; }
  static std::string text(std::integral auto number) { return std::to_string(number); }

  /// How wide a cell is on the screen: UTF-8 continuation bytes take no column.
  static std::size_t columns(const std::string& cell) {
    return static_cast<std::size_t>(
        std::count_if(cell.begin(), cell.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
  }

  static std::string line(const std::vector<std::size_t>& widths) {
    std::size_t total = 2 * (widths.size() - 1);
    for (const std::size_t width : widths) total += width;
    return "  " + std::string(total, '-') + '\n';
  }

  std::vector<std::size_t> widths() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
      if (row.size() < widths.size()) continue;  // a heading
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], columns(row[c]));
    }
    return widths;
  }

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace example
