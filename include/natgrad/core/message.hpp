// SPDX-License-Identifier: MIT
#pragma once

/// Why a run ended, kept as figures and turned into words only when somebody reads them: a run allocates nothing for it.

#include <cmath>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

namespace natgrad {

/// An inequality with its two sides: "‖∇f(x)‖∞ = 3.1e-12 ≤ gradient_norm = 1e-08".
struct Reason {
  const char* measured_name = "";
  double measured = 0;
  const char* bound_name = "";
  double bound = 0;
  const char* remark = "";  ///< a sentence, alone or after the inequality

  bool empty() const { return *measured_name == 0 && *remark == 0; }

  friend std::ostream& operator<<(std::ostream& out, const Reason& r) {
    if (*r.measured_name) {
      out << r.measured_name << " = ";
      if (r.measured == std::floor(r.measured) && std::abs(r.measured) < 1e15) {
        out << static_cast<long long>(r.measured);  // a count
      } else {
        out << r.measured;
      }
      if (*r.bound_name) out << " ≤ " << r.bound_name << " = " << r.bound;
    }
    return out << (*r.measured_name && *r.remark ? "; " : "") << r.remark;
  }
};

class Message {
 public:
  static constexpr std::size_t npos = std::string::npos;

  Message() = default;
  Message(Reason reason, std::string_view metric, std::string_view objective = {})
      : reason_(reason), metric_(metric), objective_(objective) {}

  /// The whole message as one string.
  std::string str() const {
    std::ostringstream text;
    text.precision(3);
    text << reason_;
    for (std::string_view part : {metric_, std::string_view(detail_), objective_}) {
      if (!part.empty()) text << (text.tellp() > 0 ? "; " : "") << part;
    }
    return text.str();
  }
  operator std::string() const { return str(); }

  bool empty() const { return reason_.empty() && metric_.empty() && detail_.empty() && objective_.empty(); }
  std::size_t size() const { return str().size(); }
  std::size_t find(std::string_view words) const { return str().find(words); }
  bool contains(std::string_view words) const { return find(words) != npos; }

  /// What a metric or an objective has to say that cannot be said in a fixed sentence.
  void add_detail(std::string_view words) {
    if (words.empty()) return;
    if (!detail_.empty()) detail_ += "; ";
    detail_ += words;
  }

  friend bool operator==(const Message& a, const Message& b) { return a.str() == b.str(); }
  friend std::ostream& operator<<(std::ostream& out, const Message& m) { return out << m.str(); }

 private:
  Reason reason_;
  std::string_view metric_;     // of static storage
  std::string_view objective_;  // of static storage
  std::string detail_;
};

}  // namespace natgrad
