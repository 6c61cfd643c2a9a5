// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = ½(log det Σ + tr Σ⁻¹T + p·log 2π), T = mean of (y − μ)(y − μ)ᵀ: n observations of a p-variate normal N(μ, Σ).

#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/objective/gaussian_parameters.hpp"
#include "natgrad/objective/random.hpp"

#include <Eigen/Cholesky>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace natgrad {

/// GaussianLikelihood{Y}, Y: n×p, in (μ, vech Σ); GaussianLikelihood{MeanLogCholesky{}, Y}, {NaturalParameters{}, Y},
/// {ExpectationParameters{}, Y} in other coordinates. x has p + p(p+1)/2 entries. f is +∞ where Σ is not positive definite.
/// Keeps the data. Throws std::invalid_argument where Y is empty, or holds NaN.
template <class Number = double, class Parameters = MeanCovariance>
class GaussianLikelihood {
 public:
  using Scalar = Number;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  template <class Y>
    requires requires(const Y& y) { y.rowwise(); }
  explicit GaussianLikelihood(const Y& observations) : data_(observations) {
    detail::require(data_.rows() > 0, "GaussianLikelihood: Y.rows()", data_.rows(),
                    "at least one observation");
    detail::require(data_.cols() > 0, "GaussianLikelihood: Y.cols()", data_.cols(), "at least one variate");
    detail::require_finite("GaussianLikelihood: Y", data_);
    mean_ = data_.colwise().mean().transpose();
    const Matrix centred = data_.rowwise() - mean_.transpose();
    covariance_ = centred.transpose() * centred / Scalar(static_cast<double>(data_.rows()));
  }
  template <class Y>
  GaussianLikelihood(Parameters, const Y& observations) : GaussianLikelihood(observations) {}

  Index variates() const { return data_.cols(); }
  Index dimension() const { return variates() + variates() * (variates() + 1) / 2; }
  Index sample_count() const { return data_.rows(); }

  /// "mean[0]", …, "covariance[0,0]", "covariance[1,0]", …; without their indices at p = 1
  std::vector<std::string> parameter_names() const requires requires { Parameters::first; }
  {
    const Index p = variates();
    std::vector<std::string> names(static_cast<std::size_t>(dimension()));
    const auto name = [&](Index k, const char* word, const std::string& place) {
      names[static_cast<std::size_t>(k)] = p == 1 ? word : word + ('[' + place + ']');
    };
    for (Index i = 0; i < p; ++i) name(i, Parameters::first, std::to_string(i));
    detail::each_pair(p, [&](Index k, Index i, Index j) {
      name(k, Parameters::second, std::to_string(i) + ',' + std::to_string(j));
    });
    return names;
  }

  /// x of the mean and the variances of the sample, without its covariances; 1 for a variate that does not vary
  Vector start() const {
    Matrix variances = Matrix::Identity(variates(), variates());
    for (Index j = 0; j < variates(); ++j) {
      if (data_.col(j).minCoeff() < data_.col(j).maxCoeff()) variances(j, j) = covariance_(j, j);
    }
    return parameters(mean_, variances);
  }

  /// x of N(mean, covariance)
  Vector parameters(const Vector& mean, const Matrix& covariance) const {
    Moments m(variates());
    m.mean = mean;
    m.covariance = covariance;
    Vector x(dimension());
    Parameters::write(m, x);
    return x;
  }

  template <class V>
  Vector mean(const V& x) const {
    Moments m(variates());
    Parameters::read(x, m);
    return m.mean;
  }
  template <class V>
  Matrix covariance(const V& x) const {
    Moments m(variates());
    Parameters::read(x, m);
    return m.covariance;
  }

  template <class V>
  Scalar value(const V& x) const {
    const At at(*this, x);
    return at.inside ? at.value(*this) : std::numeric_limits<Scalar>::infinity();
  }

  template <class V>
  void gradient(const V& x, V& g) const {
    value_and_gradient(x, g);
  }

  template <class V>
  Scalar value_and_gradient(const V& x, V& g) const {
    const At at(*this, x);
    g.setZero();
    if (!at.inside) return std::numeric_limits<Scalar>::infinity();
    g = at.jacobian(x).transpose() * -at.score(mean_ - at.moments.mean, spread(at.moments.mean));
    return at.value(*this);
  }

  /// s = Jᵀ(Λe, vech ½(Λeeᵀ − I)Λ), e = yᵢ − μ, Λ = Σ⁻¹
  template <class V>
  void score(const V& x, Index i, V& s) const {
    const At at(*this, x);
    const Vector e = data_.row(i).transpose() - at.moments.mean;
    s = at.jacobian(x).transpose() * at.score(e, e * e.transpose());
  }

  template <class V>
  void scores(const V& x, Index first, Scores<V>& S) const {
    each_score(x, S, [&](Index i, const At& at) {
      return Vector(data_.row(first + i).transpose() - at.moments.mean);
    });
  }

  template <class V>
  void sampled_scores(const V& x, Index first, std::uint64_t seed, Scores<V>& S) const {
    each_score(x, S, [&](Index i, const At& at) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(first + i));
      Vector z(variates());
      for (Index k = 0; k < z.size(); ++k) z[k] = Scalar(random.normal());
      return Vector(at.cholesky.matrixL() * z);
    });
  }

  /// Jᵀ·diag(Λ, ½Dᵀ(Λ⊗Λ)D)·J
  template <class V>
  void fisher(const V& x, SquareMatrix<V>& F) const {
    const At at(*this, x);
    const Matrix J = at.jacobian(x);
    F = J.transpose() * at.fisher() * J;
  }

  /// in the natural parameters the Fisher matrix, in (μ, vech Σ) with the data's moments
  template <class V>
    requires(std::same_as<Parameters, NaturalParameters> || std::same_as<Parameters, MeanCovariance>)
  void hessian(const V& x, SquareMatrix<V>& H) const {
    if constexpr (std::same_as<Parameters, NaturalParameters>) {
      fisher(x, H);
    } else {
      const At at(*this, x);
      H = at.hessian(mean_ - at.moments.mean, spread(at.moments.mean));
    }
  }

  /// KL(N(μ, Σ) ‖ N(μ₁, Σ₁)) = ½(tr Σ₁⁻¹Σ + (μ₁ − μ)ᵀΣ₁⁻¹(μ₁ − μ) − p + log det Σ₁/det Σ)
  template <class V>
  Scalar kl(const V& x, const V& x_new) const {
    const At at(*this, x), other(*this, x_new);
    if (!other.inside) return std::numeric_limits<Scalar>::infinity();
    const Vector shift = other.moments.mean - at.moments.mean;
    const Scalar trace =
        other.cholesky.solve(at.moments.covariance).trace() + shift.dot(other.cholesky.solve(shift));
    return Scalar(0.5) * (trace - Scalar(static_cast<double>(variates()))) + other.half_log_det()
         - at.half_log_det();
  }

 private:
  using Moments = detail::MeanAndCovariance<Scalar>;

  /// All that is known of the distribution at x.
  struct At {
    Moments moments;
    Eigen::LLT<Matrix> cholesky;
    Matrix precision;
    bool inside;

    template <class V>
    At(const GaussianLikelihood& f, const V& x)
        : moments(f.variates()), inside(Parameters::read(x, moments)) {
      if (!inside || !moments.covariance.allFinite()) {
        inside = false;
        return;
      }
      cholesky.compute(moments.covariance);
      inside = cholesky.info() == Eigen::Success;
      if (inside) precision = cholesky.solve(Matrix::Identity(f.variates(), f.variates()));
    }

    Scalar half_log_det() const { return cholesky.matrixLLT().diagonal().array().log().sum(); }

    Scalar value(const GaussianLikelihood& f) const {
      const Scalar log_2pi = Scalar(1.837877066409345483560659472811235279L);
      const Scalar p = Scalar(static_cast<double>(f.variates()));
      return half_log_det() + Scalar(0.5) * (cholesky.solve(f.spread(moments.mean)).trace() + p * log_2pi);
    }

    template <class V>
    Matrix jacobian(const V& x) const {
      Matrix J(x.size(), x.size());
      Parameters::jacobian(x, moments, J);
      return J;
    }

    /// In (μ, vech Σ), for a mean deviation e and a mean square T. An entry off the diagonal stands for two.
    Vector score(const Vector& e, const Matrix& T) const {
      const Index p = e.size();
      Vector s(p + p * (p + 1) / 2);
      const Matrix G = Scalar(0.5) * (precision * T * precision - precision);
      s.head(p) = precision * e;
      detail::each_pair(p, [&](Index k, Index i, Index j) { s[k] = i == j ? G(i, i) : Scalar(2) * G(i, j); });
      return s;
    }

    /// ΛEΛ, E the change of Σ by its entry (i, j)
    Matrix change(Index i, Index j) const {
      const Matrix outer = precision.col(i) * precision.row(j);
      return i == j ? outer : Matrix(outer + outer.transpose());
    }

    Matrix fisher() const {
      const Index p = precision.rows(), d = p + p * (p + 1) / 2;
      Matrix F = Matrix::Zero(d, d);
      F.topLeftCorner(p, p) = precision;
      detail::each_pair(p, [&](Index a, Index i, Index j) {
        const Matrix M = change(i, j);
        detail::each_pair(
            p, [&](Index b, Index k, Index l) { F(a, b) = k == l ? Scalar(0.5) * M(k, k) : M(k, l); });
      });
      return F;
    }

    Matrix hessian(const Vector& e, const Matrix& T) const {
      const Index p = precision.rows();
      Matrix H = -fisher();
      H.topLeftCorner(p, p) = precision;
      detail::each_pair(p, [&](Index a, Index i, Index j) {
        const Matrix M = change(i, j), Q = precision * T * M;
        H.col(a).head(p) = M * e;
        H.row(a).head(p) = (M * e).transpose();
        detail::each_pair(
            p, [&](Index b, Index k, Index l) { H(a, b) += k == l ? Q(k, k) : Q(k, l) + Q(l, k); });
      });
      return H;
    }
  };

  /// mean of (y − mean)(y − mean)ᵀ over the data
  Matrix spread(const Vector& mean) const {
    return covariance_ + (mean_ - mean) * (mean_ - mean).transpose();
  }

  template <class V, class Deviation>
  void each_score(const V& x, Scores<V>& S, const Deviation& deviation) const {
    const At at(*this, x);
    const Matrix J = at.jacobian(x);
    for (Index i = 0; i < S.rows(); ++i) {
      const Vector e = deviation(i, at);
      S.row(i) = (J.transpose() * at.score(e, e * e.transpose())).transpose();
    }
  }

  Matrix data_;
  Vector mean_;
  Matrix covariance_;
};

template <class Y>
GaussianLikelihood(const Y&) -> GaussianLikelihood<typename Y::Scalar>;
template <class Parameters, class Y>
GaussianLikelihood(Parameters, const Y&) -> GaussianLikelihood<typename Y::Scalar, Parameters>;

}  // namespace natgrad
