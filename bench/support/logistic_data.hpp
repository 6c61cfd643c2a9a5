// SPDX-License-Identifier: MIT
#pragma once

/// Data for logistic regression: isotropic, or as ill-conditioned as columns in unlike units and highly correlated are.
///
///     Z: n×d, independent standard normal      P(y = 1) = σ(z·β), ‖β‖ = 1
///     isotropic:        X = Z
///     ill-conditioned:  X = Z·S·Q·U, where S = diag(1 … 1e-2) evenly on a log scale and Q is orthogonal, so that the
///                       features correlate and their κ is 1e4; and U = diag of units from 1e-2 to 1e2, shuffled

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace bench {

using Eigen::Index;

enum class Conditioning { isotropic, ill };

inline const char* to_string(Conditioning c) { return c == Conditioning::isotropic ? "isotropic" : "ill"; }

inline constexpr double kRidge = 1e-3;

struct LogisticData {
  Eigen::MatrixXd X;
  Eigen::VectorXd y;
};

/// What does the same on every machine, which std::normal_distribution does not promise: Box & Muller (1958).
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : engine_(seed) {}

  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }

  double operator()() {
    if (has_spare_) return has_spare_ = false, spare_;
    const double radius = std::sqrt(-2 * std::log(uniform())), angle = 6.283185307179586 * uniform();
    spare_ = radius * std::sin(angle), has_spare_ = true;
    return radius * std::cos(angle);
  }

  Eigen::VectorXd direction(Index d) {
    Eigen::VectorXd v(d);
    for (double& entry : v) entry = (*this)();
    return v.normalized();
  }

 private:
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

/// k-th of d numbers from `first` to `last`, evenly on a log scale.
inline double log_spaced(double first, double last, Index k, Index d) {
  return d < 2 ? first : first * std::pow(last / first, static_cast<double>(k) / static_cast<double>(d - 1));
}

/// X ← X·S·Q·U in place. Q is a product of three reflections, so that no d×d product is needed.
inline void correlate(Eigen::MatrixXd& X, Normal& normal) {
  const Index d = X.cols();
  for (Index j = 0; j < d; ++j) X.col(j) *= log_spaced(1, 1e-2, j, d);
  for (int reflection = 0; reflection < 3; ++reflection) {
    const Eigen::VectorXd v = normal.direction(d);
    const Eigen::VectorXd along = X * v;
    X.noalias() -= (2 * along) * v.transpose();
  }
  std::vector<Index> place(static_cast<std::size_t>(d));
  std::iota(place.begin(), place.end(), Index(0));
  for (Index j = d - 1; j > 0; --j)
    std::swap(place[static_cast<std::size_t>(j)],
              place[static_cast<std::size_t>(normal.uniform() * static_cast<double>(j + 1))]);
  for (Index j = 0; j < d; ++j) X.col(j) *= log_spaced(1e-2, 1e2, place[static_cast<std::size_t>(j)], d);
}

inline LogisticData logistic_data(Index n, Index d, Conditioning conditioning, std::uint64_t seed = 1) {
  Normal normal(seed);
  LogisticData data{Eigen::MatrixXd(n, d), Eigen::VectorXd(n)};
  for (Index j = 0; j < d; ++j)
    for (double& entry : data.X.col(j)) entry = normal();
  const Eigen::VectorXd margin = data.X * normal.direction(d);
  for (Index i = 0; i < n; ++i) data.y[i] = normal.uniform() * (1 + std::exp(-margin[i])) < 1 ? 1.0 : 0.0;
  if (conditioning == Conditioning::ill) correlate(data.X, normal);
  return data;
}

/// The last data asked for, and no others: the largest are 1.6 GB.
inline const LogisticData& kept_logistic_data(Index n, Index d, Conditioning conditioning) {
  static LogisticData data;
  static Conditioning of = Conditioning::isotropic;
  if (data.X.rows() != n || data.X.cols() != d || of != conditioning) {
    data = {};
    data = logistic_data(n, d, conditioning);
    of = conditioning;
  }
  return data;
}

}  // namespace bench
