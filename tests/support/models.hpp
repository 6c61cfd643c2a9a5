// SPDX-License-Identifier: MIT
/// Small models of the literature, by hand: a Cauchy location, a mixture of two normals, a soft committee machine and
/// a sum of decays.
#pragma once

#include "natgrad/core/objective.hpp"
#include "natgrad/objective/least_squares.hpp"
#include "natgrad/objective/random.hpp"

#include <cmath>
#include <cstdint>
#include <utility>

namespace natgrad::test {

/// yᵢ = θ + Cauchy noise; the Fisher information is ½ everywhere, while f has a valley beside each outlier.
struct CauchyLocation {
  using V = Eigen::Matrix<double, 1, 1>;
  using M = Eigen::Matrix<double, 1, 1>;

  Eigen::VectorXd y;

  Index sample_count() const { return y.size(); }
  double value(const V& x) const { return (1 + (y.array() - x[0]).square()).log().mean() + std::log(kPi); }
  void gradient(const V& x, V& g) const { g[0] = -(2 * u(x) / (1 + u(x).square())).mean(); }
  void hessian(const V& x, M& H) const {
    H(0, 0) = (2 * (1 - u(x).square()) / (1 + u(x).square()).square()).mean();
  }
  void score(const V& x, Index i, V& s) const { s[0] = slope(y[i] - x[0]); }
  void sampled_scores(const V&, Index first, std::uint64_t seed, Scores<V>& S) const {
    for (Index i = 0; i < S.rows(); ++i) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(first + i));
      S(i, 0) = slope(std::tan(kPi * (random.uniform() - 0.5)));
    }
  }
  void fisher(const V&, M& F) const { F(0, 0) = 0.5; }

 private:
  static constexpr double kPi = 3.14159265358979323846;
  static double slope(double u) { return 2 * u / (1 + u * u); }
  Eigen::ArrayXd u(const V& x) const { return y.array() - x[0]; }
};

/// p(y) = w·N(y; a, 1) + (1 − w)·N(y; b, 1); x = (logit w, a, b)
struct NormalMixture {
  using V = Eigen::Vector3d;

  Eigen::VectorXd y;

  Index sample_count() const { return y.size(); }
  double value(const V& x) const {
    double sum = 0;
    for (const double t : y)
      sum -= std::log(weight(x) * density(t - x[1]) + (1 - weight(x)) * density(t - x[2]));
    return sum / static_cast<double>(y.size());
  }
  void gradient(const V& x, V& g) const {
    V s;
    g.setZero();
    for (Index i = 0; i < y.size(); ++i) {
      score(x, i, s);
      g -= s / static_cast<double>(y.size());
    }
  }
  void score(const V& x, Index i, V& s) const { s = score_at(x, y[i]); }
  void sampled_scores(const V& x, Index first, std::uint64_t seed, Scores<V>& S) const {
    for (Index i = 0; i < S.rows(); ++i) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(first + i));
      const bool from_a = random.uniform() < weight(x);
      S.row(i) = score_at(x, (from_a ? x[1] : x[2]) + random.normal()).transpose();
    }
  }

  /// One step of expectation and maximization (Dempster, Laird & Rubin 1977)
  V em_step(const V& x) const {
    double n = 0, a = 0, b = 0;
    for (const double t : y) {
      const double r = share(x, t);
      n += r;
      a += r * t;
      b += (1 - r) * t;
    }
    const double all = static_cast<double>(y.size());
    return {std::log(n / (all - n)), a / n, b / (all - n)};
  }

 private:
  static double density(double u) { return std::exp(-u * u / 2) / std::sqrt(2 * 3.14159265358979323846); }
  static double weight(const V& x) { return 1 / (1 + std::exp(-x[0])); }
  /// the probability that t came from a
  static double share(const V& x, double t) {
    return 1 / (1 + std::exp(-x[0] - ((t - x[2]) * (t - x[2]) - (t - x[1]) * (t - x[1])) / 2));
  }
  static V score_at(const V& x, double t) {
    const double r = share(x, t);
    return {r - weight(x), r * (t - x[1]), (1 - r) * (t - x[2])};
  }
};

/// ½E(Σᵢg(Jᵢᵀξ) − Σₙg(Bₙᵀξ))², g(h) = erf(h/√2), ξ ~ N(0, I), in closed form (Saad & Solla 1995); the columns of J and B are
/// the units of student and teacher, and x is J, column by column. Its Fisher matrix is that of y = Σᵢg(Jᵢᵀξ) + N(0, 1).
struct SoftCommittee {
  using V = Eigen::VectorXd;
  using M = Eigen::MatrixXd;

  M B;

  Index dimension() const { return B.size(); }
  Eigen::Map<const M> units(const V& x) const { return {x.data(), B.rows(), B.cols()}; }

  double value(const V& x) const {
    const auto J = units(x);
    double sum = 0;
    for (Index i = 0; i < J.cols(); ++i) {
      for (Index k = 0; k < J.cols(); ++k)
        sum += overlap(J.col(i), J.col(k)) - 2 * overlap(J.col(i), B.col(k)) + overlap(B.col(i), B.col(k));
    }
    return sum / kPi;
  }
  void gradient(const V& x, V& g) const {
    const auto J = units(x);
    for (Index i = 0; i < J.cols(); ++i) {
      V sum = V::Zero(J.rows());
      for (Index k = 0; k < J.cols(); ++k)
        sum += overlap_slope(J.col(i), J.col(k)) - overlap_slope(J.col(i), B.col(k));
      g.segment(i * J.rows(), J.rows()) = sum * 2 / kPi;
    }
  }
  void fisher(const V& x, M& F) const {
    const auto J = units(x);
    const Index n = J.rows();
    for (Index i = 0; i < J.cols(); ++i) {
      for (Index k = 0; k < J.cols(); ++k) {
        const V a = J.col(i), b = J.col(k);
        const double p = 1 + a.squaredNorm(), q = 1 + b.squaredNorm(), r = a.dot(b), delta = p * q - r * r;
        F.block(i * n, k * n, n, n) =
            2 / kPi / std::sqrt(delta)
            * (M::Identity(n, n)
               - (q * a * a.transpose() + p * b * b.transpose() - r * (a * b.transpose() + b * a.transpose()))
                     / delta);
      }
    }
  }

 private:
  static constexpr double kPi = 3.14159265358979323846;
  /// (π/2)·E g(aᵀξ)g(bᵀξ)
  static double overlap(const V& a, const V& b) {
    return std::asin(a.dot(b) / std::sqrt((1 + a.squaredNorm()) * (1 + b.squaredNorm())));
  }
  /// Its derivative by a, b held fast
  static V overlap_slope(const V& a, const V& b) {
    const double p = 1 + a.squaredNorm(), q = 1 + b.squaredNorm(), r = a.dot(b);
    return (b - r / p * a) / std::sqrt(p * q - r * r);
  }
};

/// A sum of two decays at nine times, whose valley bends without end
inline auto decays() {
  const auto time = [](Index i) { return 0.5 * static_cast<double>(i); };
  return LeastSquares{9,
                      [=](const Eigen::VectorXd& x, Eigen::VectorXd& r) {
                        for (Index i = 0; i < 9; ++i) {
                          const double t = time(i), y = std::exp(-0.3 * t) + 0.5 * std::exp(-2 * t);
                          r[i] =
                              std::exp(x[0] - std::exp(x[1]) * t) + std::exp(x[2] - std::exp(x[3]) * t) - y;
                        }
                      },
                      [=](const Eigen::VectorXd& x, Eigen::MatrixXd& J) {
                        for (Index i = 0; i < 9; ++i) {
                          const double t = time(i), a = std::exp(x[0] - std::exp(x[1]) * t),
                                       b = std::exp(x[2] - std::exp(x[3]) * t);
                          J.row(i) << a, -a * std::exp(x[1]) * t, b, -b * std::exp(x[3]) * t;
                        }
                      }};
}

}  // namespace natgrad::test
