// SPDX-License-Identifier: MIT
#pragma once

/// The Fisher matrix of a sample of the rows, at the sample's own optimum: it knows the units and the conditioning of the
/// whole data, and costs a few per cent of one pass over them. Quasi-Newton memory corrects what it has wrong.

#include "natgrad/core/minimize.hpp"
#include "natgrad/fisher/penalty.hpp"
#include "natgrad/metric/fisher.hpp"
#include "natgrad/metric/fixed_matrix.hpp"
#include "natgrad/metric/lbfgs.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/hager_zhang.hpp"

#include <algorithm>
#include <cstdint>
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
    return exact_ ? exact_->solve(Scalar(0), g, d) : matrix_.solve(g, d);
  }

  bool descend(const V& g, V& d) { return exact_ ? exact_->descend(g, d) : solve(Scalar(0), g, d); }

  Scalar size_of_terms(const V& x) const {
    return exact_ ? exact_->size_of_terms(x) : matrix_.size_of_terms(x);
  }

  std::string_view name() const {
    return exact_ ? "metric: expected Fisher information of all rows, as a sample would save little; "
                    "quasi-Newton memory"
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

  /// Fits the sample with the matrix at x, to a decrement of a tenth of the sample's own error, d/2m in the units of f (Wilks
  /// 1938): a thousandth saves no pass over the data. The matrix at the sample's optimum then takes its place, unless two steps
  /// have shown them to be alike and it would cost more than the pass that it saves. False where the sample has no optimum: its
  /// labels may be separated where those of all rows are not.
  template <class Evaluator>
  bool fit(Evaluator& f, const V& x) {
    fitted_ = true;
    const auto part = f.objective().sample(rows_, options_.seed);
    if (!factor(f, part, x)) return false;
    const double error = 0.5 * static_cast<double>(x.size()) / static_cast<double>(rows_);
    const Lbfgs<FixedMatrix<V>> metric{options_.memory, {&matrix_}};
    auto fit = minimize(part, x, SteepestDescent{metric, HagerZhang{}},
                        StopWhen{.gradient_norm = 0.0, .decrement = 0.1 * error, .max_iterations = 50});
    if (!fit.usable()) return false;
    const Index rows_a_matrix = rows_ * x.size() / 20;  // whose pass takes as long, measured
    if (fit.iterations > 2 || rows_a_matrix < f.objective().sample_count()) factor(f, part, fit.x);
    proposal_ = std::move(fit.x);
    return true;
  }

  template <class Evaluator, class Part>
  bool factor(Evaluator& f, const Part& part, const V& x) {
    ++f.counts().fishers;
    ++f.counts().factorizations;
    return factored_ = matrix_.factor(fisher_of(part, x));
  }

  template <class Part>
  static SquareMatrix<V> fisher_of(const Part& part, const V& x) {
    SquareMatrix<V> M(x.size(), x.size());
    part.fisher(x, M);
    add_penalty(part, x, M);
    return M;
  }

  SampledFisher options_;
  Index rows_ = 0;
  std::optional<Exact> exact_;
  FactoredMatrix<V> matrix_;
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
