// SPDX-License-Identifier: MIT
#pragma once

/// ∂φ/∂xᵢ = (φ(x + heᵢ) − φ(x − heᵢ))/2h + O(h²), extrapolated to h = 0 from a falling row of steps, with an error estimate.

#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace natgrad::detail {

/// The values of a vector-valued φ, or of one number.
template <class Scalar>
using Values = std::vector<Scalar>;

/// One component's derivative.
template <class Scalar>
struct Derivative {
  Scalar value = Scalar(0);
  Scalar uncertainty = std::numeric_limits<Scalar>::infinity();  ///< Inf where no step gave a finite φ
};

/// Ridders' tableau (1982) of one component: the entry that disagrees least with its neighbours wins, whichever steps it came
/// from, so that no single bad step decides.
template <class Scalar>
class Extrapolation {
 public:
  /// The steps fall by this ratio: not a whole number, so that a periodic φ cannot vanish at all of them.
  static constexpr double ratio = 2.7;

  /// quotient: the central difference with the next step; rounding: its error by the noise of φ
  void add(Scalar quotient, Scalar rounding) {
    std::array<Scalar, kOrders> row{quotient};
    Scalar power(1);
    for (std::size_t k = 1; k < kOrders && k <= rows_; ++k) {
      power *= Scalar(ratio * ratio);
      row[k] = (power * row[k - 1] - last_[k - 1]) / (power - Scalar(1));
      if (k == 1) continue;  // two steps agree by chance more easily than three
      const Scalar error = std::max(abs(row[k] - row[k - 1]), abs(row[k] - last_[k - 1])) + rounding;
      if (error < best_.uncertainty) best_ = {row[k], error};
    }
    last_ = row;
    ++rows_;
  }

  /// Whether the quotient of a far smaller step agrees, within ten times its rounding. If not, all that was found is dropped.
  bool confirm(Scalar quotient, Scalar rounding) {
    const Scalar least = std::max(abs(quotient), abs(best_.value)) * Scalar(1e-3);  // its own truncation
    if (!is_finite(quotient)
        || abs(quotient - best_.value) <= best_.uncertainty + Scalar(10) * rounding + least)
      return true;
    best_ = {};
    restart();
    return false;
  }

  /// φ was not finite: smaller steps begin a new tableau.
  void restart() { rows_ = 0; }

  const Derivative<Scalar>& best() const { return best_; }

 private:
  static constexpr std::size_t kOrders = 4;
  static Scalar abs(const Scalar& a) { return Eigen::numext::abs(a); }

  std::array<Scalar, kOrders> last_{};
  std::size_t rows_ = 0;
  Derivative<Scalar> best_;
};

/// The rounding noise in values along a line: from fourth divided differences, which a smooth φ does not have (Hamming 1973;
/// Moré & Wild 2011), and at least ε|φ|. `blind`: the values are few and repeat, so that the steps are below the noise.
template <class Scalar>
struct LineNoise {
  /// Uneven, or a φ that is rounded to a grid could rise by the same whole number of grid steps each time.
  static constexpr std::array<double, 9> nodes{-4, -2.87, -2.13, -0.91, 0, 1.19, 1.83, 3.07, 4};

  explicit LineNoise(const std::array<Scalar, 9>& values) {
    Scalar squares(0);
    int repeats = 0;
    for (std::size_t first = 0; first + 4 < 9; ++first) {
      Scalar difference(0), variance(0);
      for (std::size_t j = first; j < first + 5; ++j) {
        Scalar weight(1);
        for (std::size_t m = first; m < first + 5; ++m)
          weight *= m == j ? Scalar(1) : Scalar(nodes[j] - nodes[m]);
        difference += values[j] / weight;
        variance += Scalar(1) / (weight * weight);
      }
      squares += difference * difference / (Scalar(5) * variance);
    }
    for (std::size_t k = 0; k + 1 < 9; ++k) repeats += values[k] == values[k + 1];
    blind = repeats > 2;
    const Scalar least = epsilon<Scalar>() * Eigen::numext::abs(values[4]);
    const Scalar found = Scalar(2) * Eigen::numext::sqrt(squares);
    size = is_finite(found) && found > least ? found : least;
  }

  Scalar size;
  bool blind;
};

/// A direction of the size of x, of entries without a common measure and of both signs; `unit`: of size 1 where x is smaller.
template <class V>
V noise_direction(const V& x, bool unit) {
  using Scalar = ScalarOf<V>;
  const bool zero = !(max_norm(x) > Scalar(0));
  V direction(x.size());
  for (Index i = 0; i < x.size(); ++i) {
    const double share = 0.5 + 0.5 * std::fmod(0.6180339887498949 * static_cast<double>(i), 1.0);
    Scalar size = zero ? Scalar(1) : Eigen::numext::abs(x[i]);
    if (unit && size < Scalar(1)) size = Scalar(1);
    direction[i] = Scalar(i % 2 ? -share : share) * size;
  }
  return direction;
}

/// The rounding noise of each component of φ near x: 9 calls of φ, and 9 more for each size of steps that is below the noise.
template <class V, class Phi>
Values<ScalarOf<V>> noise(const Phi& phi, const V& x) {
  using Scalar = ScalarOf<V>;
  Values<Scalar> out;
  std::vector<bool> blind;
  for (const auto& [power, unit] : {std::pair{0.5, false}, {0.375, false}, {0.29, false}, {0.29, true}}) {
    const V step = noise_direction(x, unit) * Scalar(std::pow(static_cast<double>(epsilon<Scalar>()), power));
    std::array<Values<Scalar>, 9> line;
    for (std::size_t k = 0; k < 9; ++k) line[k] = phi(V(x + Scalar(LineNoise<Scalar>::nodes[k]) * step));
    if (out.empty()) {
      out.resize(line[0].size());
      blind.resize(line[0].size(), true);
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!blind[i]) continue;
      std::array<Scalar, 9> values;
      for (std::size_t k = 0; k < 9; ++k) values[k] = line[k][i];
      const LineNoise<Scalar> found(values);
      out[i] = std::max(out[i], found.size);
      blind[i] = found.blind;
    }
    if (std::find(blind.begin(), blind.end(), true) == blind.end()) break;
  }
  return out;
}

/// Central differences of φ along xᵢ, one step after the other.
template <class V, class Phi>
class Ladder {
 public:
  using Scalar = ScalarOf<V>;

  Ladder(const Phi& phi, const V& x, Index i, const Values<Scalar>& noise_of_phi)
      : phi_(phi), x_(x), moved_(x), i_(i), noise_(noise_of_phi), tableaux_(noise_of_phi.size()) {}

  /// φ at x ± step·eᵢ enters every tableau where it is finite.
  void climb(Scalar step) {
    evaluate(step);
    for (std::size_t k = 0; k < size(); ++k) {
      const Scalar quotient = (above_[k] - below_[k]) / width_;
      if (is_finite(quotient)) {
        tableaux_[k].add(quotient, rounding(k));
      } else {
        tableaux_[k].restart();
      }
    }
  }

  /// False where a step far below those used contradicts what they found: they were too long to see φ as it is at x.
  bool confirm(Scalar step) {
    evaluate(step);
    bool all = true;
    for (std::size_t k = 0; k < size(); ++k)
      all = tableaux_[k].confirm((above_[k] - below_[k]) / width_, rounding(k)) && all;
    return all;
  }

  std::size_t size() const { return tableaux_.size(); }
  const Derivative<Scalar>& best(std::size_t k) const { return tableaux_[k].best(); }

  /// The noise of φ leaves nothing to gain from smaller steps.
  bool settled(std::size_t k) const {
    return is_finite(best(k).uncertainty) && rounding(k) >= best(k).uncertainty;
  }

 private:
  /// The error of the last quotient by the noise of φ, at x and at the ends of the step.
  Scalar rounding(std::size_t k) const {
    const Scalar ends = std::max(Eigen::numext::abs(above_[k]), Eigen::numext::abs(below_[k]));
    return Scalar(3) * std::max(noise_[k], epsilon<Scalar>() * ends) / width_;
  }

  void evaluate(Scalar step) {
    moved_[i_] = x_[i_] + step;
    const Scalar right = moved_[i_];
    above_ = phi_(moved_);
    moved_[i_] = x_[i_] - step;
    width_ = right - moved_[i_];  // the step that was taken, after rounding
    below_ = phi_(moved_);
  }

  const Phi& phi_;
  const V& x_;
  V moved_;
  Index i_;
  const Values<Scalar>& noise_;
  std::vector<Extrapolation<Scalar>> tableaux_;
  Values<Scalar> above_, below_;
  Scalar width_ = Scalar(1);
};

/// ∂φ/∂xᵢ of every component. Steps fall from 1.5ε^(1/12)·max(|xᵢ|, 1) until enough(k, derivative) holds for each component k, or
/// the noise of φ leaves nothing to gain; then one far smaller step has to agree. Ten calls of φ where it is smooth on the
/// scale of x.
template <class V, class Phi, class Enough>
std::vector<Derivative<ScalarOf<V>>> differentiate(const Phi& phi, const V& x, Index i,
                                                   const Values<ScalarOf<V>>& noise_of_phi,
                                                   const Enough& enough) {
  using Scalar = ScalarOf<V>;
  Ladder<V, Phi> ladder(phi, x, i, noise_of_phi);
  const Scalar scale = Eigen::numext::abs(x[i]);
  const Scalar least =
      Scalar(8) * Eigen::numext::sqrt(epsilon<Scalar>()) * (scale > Scalar(0) ? scale : Scalar(1));
  const Scalar first =
      Scalar(1.5 * std::pow(static_cast<double>(epsilon<Scalar>()), 1.0 / 12));  // 0.07 in double
  Scalar step = first * (scale > Scalar(1) ? scale : Scalar(1));
  bool confirmed = false;
  for (int level = 0; level < 32 && step > Scalar(64) * epsilon<Scalar>() * scale; ++level) {
    ladder.climb(step);
    step /= Scalar(Extrapolation<Scalar>::ratio);
    if (level < 3) continue;
    bool done = true;
    for (std::size_t k = 0; k < ladder.size() && done; ++k) {
      done = ladder.settled(k) || enough(k, ladder.best(k));
    }
    if (done && (confirmed || step <= least)) break;
    if (done) {
      confirmed = ladder.confirm(least);
      if (confirmed) break;
    }
  }
  std::vector<Derivative<Scalar>> out;
  for (std::size_t k = 0; k < ladder.size(); ++k) out.push_back(ladder.best(k));
  return out;
}

}  // namespace natgrad::detail
