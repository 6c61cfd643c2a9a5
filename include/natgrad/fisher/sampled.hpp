// SPDX-License-Identifier: MIT
#pragma once

/// The Fisher matrix of a sample of the rows, at the sample's own optimum: it knows the units and the conditioning of the
/// whole data, and costs a few per cent of one pass over them. Quasi-Newton memory corrects what it has wrong.

#include "natgrad/core/minimize.hpp"
#include "natgrad/metric/fisher.hpp"
#include "natgrad/metric/lbfgs.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace natgrad {

/// m = rows_per_parameter·d rows drawn without replacement. NaturalGradient{SampledFisher{}} fits the sample first, takes its
/// optimum as the first trial point, and then needs full gradients only: about ten, whatever the conditioning. Where the sample
/// would be most of the data, or has no optimum of its own, the expected Fisher of all rows is taken instead.
struct SampledFisher {
  double rows_per_parameter = 100;  ///< m/d > 0; fewer where that is more than a third of the data
  std::uint64_t seed = 1;           ///< of the draw
  Index memory = 10;                ///< pairs of the quasi-Newton correction, ≥ 1

  template <class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool fits = HasSample<F> && HasFisher<F, V>;
    static_assert(fits,
                  "natgrad: SampledFisher needs sample(rows, seed) and fisher(x, F): give the objective "
                  "`auto sample(Index rows, "
                  "std::uint64_t seed) const`, which returns the same objective on that many rows.");
    return fits;
  }

  void validate() const {
    using detail::require;
    require(rows_per_parameter > 0 && rows_per_parameter - rows_per_parameter == 0,
            "SampledFisher.rows_per_parameter", rows_per_parameter, "a finite number > 0");
    require(memory >= 1, "SampledFisher.memory", memory, "a count >= 1");
  }
};

namespace detail {

/// A run's matrix, and the point it belongs to, for when the run has ended.
template <class V>
struct KeptMatrix {
  SquareMatrix<V> M;
  V x;

  bool is_of(const V& point) const { return x.size() == point.size() && x == point; }
};

/// A source of M that leaves a copy; none where M is in other coordinates than x.
template <class V, class Source>
struct KeepingSource : MatrixSource<V, Source> {
  KeptMatrix<V>* kept;

  template <class Evaluator>
  bool evaluate(Evaluator& f, const Iterate<V>& at, SquareMatrix<V>& M) {
    kept->x.resize(0);
    if (!MatrixSource<V, Source>::evaluate(f, at, M)) return false;
    if (this->centre(f)) return true;
    kept->M = M;
    kept->x = at.x;
    return true;
  }
};

/// Dense{}, from a source that leaves a copy
template <class V>
struct KeepingDense {
  KeptMatrix<V>* kept;

  template <class Source>
  static consteval bool requirements_hold() {
    return solve_fits<Dense, Source>();
  }

  template <class, class Source>
  auto start(Source source, const V& x0) const {
    using Keeping = KeepingSource<V, Source>;
    return DenseState<V, Keeping>(Keeping{{std::move(source)}, kept}, Dense{}, x0.size());
  }

  void validate() const {}
};

}  // namespace detail

/// The run state: fits the sample when it first sees a point, and keeps its factored Fisher matrix from then on.
template <class F, class V>
class SampledFisherState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;
  using Exact = decltype(Fisher<ExpectedFisher, Automatic>{}.template start<F, V>(std::declval<const F&>(),
                                                                                  std::declval<const V&>()));

  SampledFisherState(const F& f, const V& x0, const SampledFisher& options) : options_(options) {
    rows_ = sample_rows(options.rows_per_parameter, f.sample_count(), x0.size());
    if (rows_ == 0) take_exact(f, x0);
  }

  /// The exact metric changes from point to point, so pairs of earlier points would mislead it.
  bool changes() const { return exact_.has_value(); }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    if (!exact_ && !fitted_ && !fit(f, at.x)) take_exact(f.objective(), at.x);
    return exact_ ? exact_->prepare(f, at) : factored_;
  }

  /// The sample's optimum, once.
  template <class Evaluator>
  bool propose(Evaluator&, const Iterate<V>& at, V& d) {
    if (!proposal_) return false;
    d = *proposal_ - at.x;
    proposal_.reset();
    return d.allFinite() && max_norm(d) > Scalar(0);
  }

  bool solve(Scalar, const V& g, V& d) {
    if (exact_) return exact_->solve(Scalar(0), g, d);
    cholesky_.solve_negative(g, d);
    return d.allFinite();
  }

  bool descend(const V& g, V& d) { return exact_ ? exact_->descend(g, d) : solve(Scalar(0), g, d); }

  Scalar size_of_terms(const V& x) const {
    return exact_ ? exact_->size_of_terms(x) : Scalar(root_diagonal_.dot(x.cwiseAbs()));
  }

  std::string_view name() const {
    return exact_
             ? "metric: expected Fisher information (no sample of the rows would do), quasi-Newton memory"
             : "metric: expected Fisher information of a sample of the rows, quasi-Newton memory";
  }

 private:
  /// m, or 0 where the exact matrix is the better bargain. A matrix of many parameters costs so much more than a gradient that
  /// even a quarter of the rows, or five a parameter, save most of it.
  static Index sample_rows(double per_parameter, Index n, Index d) {
    const double all = static_cast<double>(n), size = static_cast<double>(d), rows = per_parameter * size;
    if (3 * rows < all) return static_cast<Index>(rows);
    const double fewer = std::min(rows, std::max(all / 4, 5 * size));
    return d >= 32 && 2 * fewer <= all ? static_cast<Index>(fewer) : 0;
  }

  void take_exact(const F& f, const V& x) {
    exact_.emplace(Fisher<ExpectedFisher, Automatic>{}.template start<F, V>(f, x));
  }

  /// False where the sample has no optimum: its labels may be separated where those of all rows are not.
  template <class Evaluator>
  bool fit(Evaluator& f, const V& x) {
    fitted_ = true;
    const auto part = f.objective().sample(rows_, options_.seed);
    detail::KeptMatrix<V> kept;
    V start = x;
    if (const Index few = rows_ / 10; few >= 5 * x.size()) {
      // A tenth of the sample first: the whole of it then needs one or two steps in place of six.
      const auto first = optimum(f.objective().sample(few, options_.seed + 1), start, kept);
      if (first.usable()) start = first.x;
    }
    const auto fit = optimum(part, start, kept);
    if (!fit.usable()) return false;
    proposal_ = fit.x;
    ++f.counts().fishers;
    ++f.counts().factorizations;
    SquareMatrix<V>& M = kept.M;  // where the fit ended, it has just asked for it
    if (!kept.is_of(*proposal_)) M = fisher_of(part, *proposal_);
    root_diagonal_ = M.diagonal().cwiseAbs().cwiseSqrt();
    V scale = M.diagonal();
    for (Index i = 0; i < scale.size(); ++i)
      scale[i] = std::max(Scalar(Eigen::numext::abs(scale[i])), Scalar(std::numeric_limits<float>::min()));
    factored_ = cholesky_.factor(M, scale, Scalar(0)) || cholesky_.factor(M, scale, Scalar(1e-6));
    return true;
  }

  /// To a decrement of a tenth of the part's own error, d/2m in the units of f (Wilks 1938). Measured: a thousandth costs a step
  /// and a matrix more, and saves no pass over the data.
  template <class Part>
  static Result<V> optimum(const Part& part, const V& x, detail::KeptMatrix<V>& kept) {
    kept.x.resize(0);
    const double error = 0.5 * static_cast<double>(x.size()) / static_cast<double>(part.sample_count());
    const SteepestDescent<Fisher<ExpectedFisher, detail::KeepingDense<V>>, LevenbergMarquardt> natural{
        {.solve = {&kept}}};
    const StopWhen stop{.gradient_norm = 0.0, .decrement = 0.1 * error, .max_iterations = 50};
    return minimize(part, x, natural, stop);
  }

  template <class Part>
  static SquareMatrix<V> fisher_of(const Part& part, const V& x) {
    SquareMatrix<V> M(x.size(), x.size());
    part.fisher(x, M);
    if constexpr (HasPenaltyHessian<Part, V>) {
      SquareMatrix<V> P(x.size(), x.size());
      part.penalty_hessian(x, P);
      M += P;
    }
    return M;
  }

  SampledFisher options_;
  Index rows_ = 0;
  std::optional<Exact> exact_;
  Cholesky<V> cholesky_;
  V root_diagonal_;
  std::optional<V> proposal_;
  bool fitted_ = false;
  bool factored_ = false;
};

/// The metric without its memory: Lbfgs<SampledFisherMetric> is the whole.
struct SampledFisherMetric {
  SampledFisher options{};

  template <class F, class V>
  static consteval bool requirements_hold() {
    return SampledFisher::requirements_hold<F, V>();
  }

  template <class F, class V>
  SampledFisherState<F, V> start(const F& f, const V& x0) const {
    return {f, x0, options};
  }

  void validate() const { options.validate(); }
};

}  // namespace natgrad
