// SPDX-License-Identifier: MIT
#pragma once

/// Keeps every point of a run in memory, and writes it as CSV.

#include "natgrad/core/progress.hpp"

#include <Eigen/Core>

#include <limits>
#include <locale>
#include <ostream>
#include <sstream>
#include <vector>

namespace natgrad {

/// Trace trace; minimize(f, x0, optimizer, stop, trace); trace.write_csv(file);
/// A Trace<V> takes runs over V; the default takes any and keeps double precision.
template <class V = Eigen::VectorXd>
class Trace {
 public:
  using Scalar = ScalarOf<V>;
  static constexpr bool is_read_afterwards = true;

  struct Row {
    Index iteration;
    V x;
    Scalar value;          ///< f(x)
    Scalar gradient_norm;  ///< ‖∇f(x)‖∞
    Scalar step;           ///< α that led here
    Scalar damping;        ///< λ that led here
    Counts counts;         ///< calls so far
    double seconds;        ///< since the start
  };

  template <class W>
  void operator()(const Progress<W>& now) {
    rows_.push_back({now.iteration, V(now.x.template cast<Scalar>()), Scalar(now.value),
                     Scalar(now.gradient_norm), Scalar(now.step), Scalar(now.damping), now.counts,
                     now.seconds()});
  }

  const std::vector<Row>& rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }
  const Row& operator[](std::size_t i) const { return rows_[i]; }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  void clear() { rows_.clear(); }

  /// A header line, then a line a point: all columns by name, x0 … x(d−1) last, with every digit.
  void write_csv(std::ostream& stream) const {
    std::ostringstream out;
    out.imbue(std::locale::classic());  // no separator but ours
    out.precision(std::numeric_limits<Scalar>::max_digits10);
    out << "iteration,value,gradient_norm,step,damping,values,gradients,hessians,fishers,products,"
           "factorizations,seconds";
    const Index d = rows_.empty() ? 0 : rows_.front().x.size();
    for (Index j = 0; j < d; ++j) out << ",x" << j;
    out << '\n';
    for (const Row& r : rows_) {
      const Counts& c = r.counts;
      out << r.iteration << ',' << r.value << ',' << r.gradient_norm << ',' << r.step << ',' << r.damping
          << ',' << c.values << ',' << c.gradients << ',' << c.hessians << ',' << c.fishers << ','
          << c.products << ',' << c.factorizations << ',' << r.seconds;
      for (Index j = 0; j < d; ++j) out << ',' << r.x[j];
      out << '\n';
    }
    stream << out.str();
  }

  /// The same.
  friend std::ostream& operator<<(std::ostream& out, const Trace& trace) {
    trace.write_csv(out);
    return out;
  }

 private:
  std::vector<Row> rows_;
};

}  // namespace natgrad
