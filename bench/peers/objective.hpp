// SPDX-License-Identifier: MIT
#pragma once

/// Logistic regression as a competent user of Eigen writes it for another library: two matrix-vector products, and
/// vectorised array expressions between them.
///
/// A library without a test on ‖∇f‖∞ is stopped by the objective, which throws at the first point where the test holds:
/// each peer gets the same test, and none goes on polishing.

#include "data_file.hpp"

#include <chrono>
#include <limits>
#include <stdexcept>

namespace peers {

inline constexpr double kGradient = 1e-8;       ///< of the logistic regressions
inline constexpr double kSmallGradient = 1e-9;  ///< of Rosenbrock's function

struct Reached {};

struct OutOfTime : std::runtime_error {
  OutOfTime() : std::runtime_error("out of time") {}
};

class Objective {
 public:
  Objective(const Data& data, double seconds)
      : data_(data),
        deadline_(std::chrono::steady_clock::now()
                  + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                      std::chrono::duration<double>(seconds))),
        m_(data.X.rows()),
        e_(data.X.rows()),
        p_(data.X.rows()) {}

  /// f(x), and ∇f(x) into g
  double operator()(const VectorXd& x, VectorXd& g) {
    if (std::chrono::steady_clock::now() > deadline_) throw OutOfTime();
    ++evaluations_;
    m_.noalias() = data_.X * x;
    e_ = (-m_.array().abs()).exp();
    const double share = 1 / static_cast<double>(m_.size());
    const double loss = (m_.array().max(0.0) - data_.y.array() * m_.array() + (1 + e_).log()).sum() * share;
    p_ = (m_.array() > 0).select(1 / (1 + e_), e_ / (1 + e_));
    g.noalias() = data_.X.transpose() * (p_ - data_.y.array()).matrix();
    g = share * g + data_.ridge * x;
    const double norm = g.lpNorm<Eigen::Infinity>();
    if (norm < best_norm_) best_norm_ = norm, best_ = x;
    return loss + 0.5 * data_.ridge * x.squaredNorm();
  }

  /// The same; throws Reached where the test holds.
  double until_reached(const VectorXd& x, VectorXd& g) {
    const double f = (*this)(x, g);
    if (best_norm_ <= kGradient) throw Reached{};
    return f;
  }

  /// ∇²f at the last point, lower triangle
  void hessian(MatrixXd& H) {
    weighted_.noalias() =
        (p_ * (1 - p_) / static_cast<double>(m_.size())).sqrt().matrix().asDiagonal() * data_.X;
    H.setZero(data_.X.cols(), data_.X.cols());
    H.selfadjointView<Eigen::Lower>().rankUpdate(weighted_.transpose());
    H.diagonal().array() += data_.ridge;
  }

  Index dimension() const { return data_.X.cols(); }
  const Data& data() const { return data_; }
  long evaluations() const { return evaluations_; }
  /// For a library that counts for itself.
  void count(long evaluations) { evaluations_ = evaluations; }
  double seconds_left() const {
    return std::chrono::duration<double>(deadline_ - std::chrono::steady_clock::now()).count();
  }
  /// the point of the smallest gradient so far, for a run that ends without an answer; empty before the first evaluation
  const VectorXd& best() const { return best_; }
  bool reached() const { return best_norm_ <= kGradient; }

 private:
  const Data& data_;
  std::chrono::steady_clock::time_point deadline_;
  VectorXd m_;
  Eigen::ArrayXd e_, p_;
  MatrixXd weighted_;
  VectorXd best_;
  double best_norm_ = std::numeric_limits<double>::infinity();
  long evaluations_ = 0;
};

/// Rosenbrock's function for libraries that take pointers.
inline double rosenbrock(const double* x, double* g) {
  const double a = 1 - x[0], b = x[1] - x[0] * x[0];
  if (g) g[0] = -2 * a - 400 * x[0] * b, g[1] = 200 * b;
  return a * a + 100 * b * b;
}

}  // namespace peers
