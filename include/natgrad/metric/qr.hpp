// SPDX-License-Identifier: MIT
#pragma once

/// M + λD = JᵀJ with J = [R/√n; √P; √λD^½], solved by the triangle of J = QT: T'T is never formed from squares, so that M
/// may have a condition number up to 1/ε². Time 2nd², memory 3d² (Golub & Van Loan 2013, 5.3).

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/householder.hpp"
#include "natgrad/metric/scaled_state.hpp"
#include "natgrad/metric/spectrum.hpp"

#include <algorithm>
#include <utility>

namespace natgrad {

template <class V, class Source>
class QrState : public ScaledState<V> {
 public:
  using Scalar = ScalarOf<V>;

  QrState(const Source& source, double damping, bool scale_free, Index dimension)
      : ScaledState<V>(dimension, damping, scale_free, detail::kept_scale<Source>(damping)),
        source_(source),
        root_(dimension),
        diagonal_(dimension),
        scaled_(dimension),
        triangle_(dimension, dimension),
        gram_(dimension, dimension) {
    spectrum_.reserve(dimension);
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    factorizations_ = &f.counts().factorizations;
    spectrum_known_ = false;
    if (!source_.prepare(f, at)) return false;
    const Index d = at.x.size();
    filled_ = 0;
    source_.each_block([&](Index, Scores<V>& S) { take_rows(S, d); });
    add_penalty(d);
    reduce(d, filled_);
    triangle_ = stack_.topRows(d);
    triangle_ /= Eigen::numext::sqrt(Scalar(static_cast<double>(source_.samples())));
    // the columns' norms are those of J: diag(M) without a sum of squares over the data
    diagonal_ = triangle_.cwiseAbs2().colwise().sum().transpose();
    if (!this->set_scale(diagonal_)) return false;
    root_ = this->D_.cwiseSqrt();
    for (Index j = 0; j < d; ++j) triangle_.col(j) /= root_[j];
    return true;
  }

  bool forget() {
    scaled_ = root_;
    if (!ScaledState<V>::forget()) return false;
    root_ = this->D_.cwiseSqrt();
    for (Index j = 0; j < root_.size(); ++j) triangle_.col(j) *= scaled_[j] / root_[j];
    spectrum_known_ = false;
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    const Scalar total = lambda + this->own_damping_;
    ++*factorizations_;
    const Index size = g.size();
    stack_.topRows(size) = triangle_;
    if (total > Scalar(0)) {
      stack_.middleRows(size, size).setZero();
      stack_.middleRows(size, size).diagonal().setConstant(Eigen::numext::sqrt(total));
      reduce(size, 2 * size);
    }
    const Scalar* t = stack_.data();
    const Index ld = stack_.rows();
    // a pivot below d·ε of its column is rounding
    const Scalar rounding = Scalar(static_cast<double>(size)) * epsilon<Scalar>();
    for (Index j = 0; j < size; ++j) {
      if (!(Eigen::numext::abs(t[j * ld + j]) > rounding * stack_.col(j).head(j + 1).norm())) return false;
    }
    scaled_ = -g.cwiseQuotient(root_);
    kernel::solve_upper_transposed(t, ld, size, scaled_.data());
    const Scalar decrease = scaled_.squaredNorm();  // −gᵀd
    kernel::solve_upper(t, ld, size, scaled_.data());
    d = scaled_.cwiseQuotient(root_);
    return this->measure(d, decrease - total * scaled_.squaredNorm());
  }

  /// The minimum-norm step, through the spectrum of TᵀT.
  bool descend(const V& g, V& d) {
    modified_ = true;
    this->lambda_ = Scalar(0);
    if (!spectrum_known_) {
      ++*factorizations_;
      kernel::gram(kernel::Design<Triangle>{triangle_}, nullptr, gram_);
      scaled_.setOnes();
      spectrum_known_ = spectrum_.compute(gram_, scaled_);
    }
    if (!spectrum_known_) return false;
    scaled_ = g.cwiseQuotient(root_);
    spectrum_.descend(scaled_, d);
    d = d.cwiseQuotient(root_).eval();
    return this->measure(d, spectrum_.curvature());
  }

  bool within(Scalar radius, const V& g, V& d) { return this->solve_within(*this, radius, g, d); }

  std::string_view name() const { return modified_ ? modified_label : label; }

 private:
  using Triangle = SquareMatrix<V>;
  using Stack = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  static constexpr std::string_view kHow = ", QR of the scores";
  static constexpr std::string_view kModified = ", QR of the scores; minimum norm where it was singular";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;

  /// The triangle so far lies on top; rows gather below it until the stack is full.
  void take_rows(const Scores<V>& S, Index d) {
    if (stack_.rows() == 0) {
      stack_.resize(kernel::padded(d + std::max(d, S.rows())), d);
      room_.resize(kernel::ReflectionPanel<Scalar>::width * (stack_.rows() + d));
    }
    if (filled_ == 0) {
      stack_.topRows(d).setZero();
      filled_ = d;
    }
    for (Index taken = 0; taken < S.rows();) {
      const Index some = std::min(stack_.rows() - filled_, S.rows() - taken);
      stack_.middleRows(filled_, some) = S.middleRows(taken, some);
      filled_ += some;
      taken += some;
      if (filled_ == stack_.rows()) reduce(d, filled_);
    }
  }

  /// √(nP) as d rows more: P = QΛQᵀ.
  void add_penalty(Index d) {
    const auto& penalty = source_.penalty();
    if (penalty.is_zero()) return;
    if (filled_ > d) reduce(d, filled_);
    const Scalar n = Scalar(static_cast<double>(source_.samples()));
    auto rows = stack_.middleRows(d, d);
    rows.setZero();
    if (penalty.is_diagonal()) {
      rows.diagonal() = (penalty.diagonal() * n).cwiseSqrt();
    } else {
      gram_ = penalty.matrix();
      kernel::SymmetricEigen<Scalar>(gram_.data(), d, d, diagonal_.data(), triangle_.data(), root_.data(),
                                     scaled_.data())
          .compute();
      diagonal_ = (diagonal_ * n).cwiseMax(Scalar(0)).cwiseSqrt();
      for (Index i = 0; i < d; ++i) rows.row(i) = diagonal_[i] * triangle_.col(i).transpose();
    }
    filled_ = 2 * d;
  }

  /// The first `rows` of the stack ← [T; 0] by Householder reflections
  void reduce(Index d, Index rows) {
    ++*factorizations_;
    const Index all = kernel::padded(rows);
    stack_.middleRows(rows, all - rows).setZero();
    kernel::triangularize(stack_.data(), stack_.rows(), all, d, room_.data());
    filled_ = d;
  }

  Source source_;
  V root_;      // D^½
  V diagonal_;  // of M
  V scaled_;
  Triangle triangle_;  // T of [R/√n; √P]·D^{−½}
  Triangle gram_;
  Stack stack_;
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> room_;  // of the reflections
  Spectrum<V> spectrum_;
  Index filled_ = 0;
  Index* factorizations_ = nullptr;
  bool spectrum_known_ = false;
  bool modified_ = false;
};

/// Solve by an orthogonal factorization of the scores, for when digits matter.
struct Qr {
  double damping = 0;      ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;  ///< D from diag(M); false: D = I

  template <class Source>
  static consteval bool requirements_hold() {
    static_assert(Source::has_rows,
                  "natgrad: Qr needs rows R with M = R'R/n: a Fisher kind whose objective gives score, "
                  "scores, sampled_scores "
                  "or fisher_rows. A Hessian and a moving average have none: use Dense.");
    return Source::has_rows;
  }

  template <class V, class Source>
  auto start(const Source& source, const V& x0) const {
    return QrState<V, Source>(source, damping, scale_free, x0.size());
  }

  void validate() const { detail::require_non_negative("Qr.damping", damping); }
};

}  // namespace natgrad
