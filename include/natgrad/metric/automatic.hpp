// SPDX-License-Identifier: MIT
#pragma once

/// The metric whose form is chosen when a run starts, and changed where conjugate gradients turn out to cost more than a matrix.

#include "natgrad/fisher/automatic.hpp"
#include "natgrad/fisher/planner.hpp"
#include "natgrad/metric/conjugate_gradient.hpp"
#include "natgrad/metric/dual.hpp"
#include "natgrad/metric/solve.hpp"

#include <optional>
#include <string>
#include <utility>

namespace natgrad {

namespace detail {
/// A form that the source cannot serve.
struct NoForm {};
}  // namespace detail

template <class F, class V, class Source>
class AutomaticState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;

  static constexpr bool can_damp = true;
  static constexpr bool can_bound = true;
  static constexpr bool has_curvature = true;
  static constexpr bool is_hessian = requires { requires Source::is_hessian; };

  AutomaticState(const Source& source, const Automatic& options, const F& f, Index dimension)
      : source_(source),
        options_(options),
        dimension_(dimension),
        problem_(pose(f)),
        plan_(plan_solve(problem_)) {
    open(plan_.form);
  }

  bool prepare(Evaluator<F, V>& f, const Iterate<V>& at) {
    f_ = &f;
    at_ = &at;
    if (!visit([&](auto& state) { return state.prepare(f, at); })) return false;
    if constexpr (kDual) {
      if (dual_ && !dual_->cheap())
        return change_to_dense("the penalty couples the parameters", [](auto&) { return true; });
    }
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    const bool solved = visit([&](auto& state) { return state.solve(lambda, g, d); });
    if (!exhausted()) return solved;
    return change_to_dense("conjugate gradients had cost as much",
                           [&](auto& dense) { return dense.solve(lambda, g, d); });
  }

  bool descend(const V& g, V& d) {
    return visit([&](auto& state) { return state.descend(g, d); });
  }

  bool within(Scalar radius, const V& g, V& d) {
    const bool solved = visit([&](auto& state) { return state.within(radius, g, d); });
    if (!exhausted()) return solved;
    return change_to_dense("conjugate gradients had cost as much",
                           [&](auto& dense) { return dense.within(radius, g, d); });
  }

  bool indefinite() {
    return visit([](auto& state) { return state.indefinite(); });
  }
  bool negative_curvature(const Iterate<V>& at, V& d) {
    return visit([&](auto& state) { return state.negative_curvature(at, d); });
  }
  bool forget() {
    return visit([](auto& state) { return state.forget(); });
  }
  bool met_singular() const {
    return visit([](const auto& state) { return state.met_singular(); });
  }
  bool flat_direction(const V& g, V& d) {
    return visit([&](auto& state) { return state.flat_direction(g, d); });
  }

  Scalar curvature() const {
    return visit([](const auto& state) { return state.curvature(); });
  }
  Scalar scaled_norm() const {
    return visit([](const auto& state) { return state.scaled_norm(); });
  }
  Scalar scaled_square(const V& v) const {
    return visit([&](const auto& state) { return state.scaled_square(v); });
  }
  Scalar dual_norm(const V& g) const {
    return visit([&](const auto& state) { return state.dual_norm(g); });
  }
  Scalar size_of_terms(const V& x) const {
    return visit([&](const auto& state) { return state.size_of_terms(x); });
  }
  Scalar gradient_noise(const V& x) const {
    return visit([&](const auto& state) { return state.gradient_noise(x); });
  }
  Scalar damping() const {
    return visit([](const auto& state) { return state.damping(); });
  }
  bool knows_length() const {
    return visit([](const auto& state) { return state.knows_length(); });
  }
  std::string_view warning() const {
    return visit([](const auto& state) { return state.warning(); });
  }
  std::string_view name() const {
    return visit([](const auto& state) { return state.name(); });
  }
  std::string detail() const { return describe(plan_, problem_); }

 private:
  static constexpr bool kDense = Source::has_matrix;
  static constexpr bool kDual = Source::has_rows;
  static constexpr bool kProduct = Source::streams_products;
  using DenseForm = DenseState<V, detail::MatrixSource<V, Source>>;
  using DualForm = DualState<V, Source>;
  using ProductForm = ConjugateGradientState<V, Source>;
  template <bool Has, class State>
  using Kept = std::optional<std::conditional_t<Has, State, detail::NoForm>>;

  SolveProblem pose(const F& f) const {
    SolveProblem p{.dimension = static_cast<double>(dimension_),
                   .scalar = sizeof(Scalar),
                   .memory = options_.memory_budget,
                   .has_dense = kDense,
                   .has_dual = kDual,
                   .has_product = kProduct};
    if constexpr (kDual) {
      p.writes_rows = Source::AllRows::written;
      p.rows = static_cast<double>(p.writes_rows ? source_.row_count() : source_.samples());
    } else if constexpr (HasSampleCount<F> && (CountsEntries<F> || !Source::semidefinite)) {
      p.rows = static_cast<double>(f.sample_count());
    }
    if constexpr (CountsEntries<F>) p.entries = static_cast<double>(f.data_entries());
    return p;
  }

  void open(Form form) {
    if constexpr (kDual) {
      if (form == Form::dual) dual_.emplace(source_, options_.damping, options_.scale_free, dimension_);
    }
    if constexpr (kProduct) {
      if (form == Form::conjugate_gradient) {
        product_.emplace(source_,
                         ConjugateGradient{.damping = options_.damping, .scale_free = options_.scale_free},
                         dimension_);
        if (plan_.products > 0) product_->allow(plan_.products);
      }
    }
    if constexpr (kDense) {
      if (form == Form::dense) {
        dense_.emplace(detail::MatrixSource<V, Source>{source_},
                       Dense{.damping = options_.damping, .scale_free = options_.scale_free}, dimension_);
      }
    }
  }

  bool exhausted() const {
    if constexpr (kProduct && kDense) {
      return product_ && product_->exhausted();
    } else {
      return false;
    }
  }

  template <class Then>
  bool change_to_dense(const char* reason, const Then& then) {
    if constexpr (kDense) {
      dual_.reset();
      product_.reset();
      plan_ = {Form::dense, reason, 0};
      open(Form::dense);
      return dense_->prepare(*f_, *at_) && then(*dense_);
    } else {
      return false;
    }
  }

  template <class Call>
  auto visit(const Call& call) {
    return visit(*this, call);
  }
  template <class Call>
  auto visit(const Call& call) const {
    return visit(*this, call);
  }
  template <class Self, class Call>
  static auto visit(Self& self, const Call& call) {
    if constexpr (kDual) {
      if (self.dual_) return call(*self.dual_);
    }
    if constexpr (kDense && kProduct) {
      if (self.product_) return call(*self.product_);
      return call(*self.dense_);
    } else if constexpr (kProduct) {
      return call(*self.product_);
    } else {
      return call(*self.dense_);
    }
  }

  Source source_;  // as it was before the first point; every form opened has its own copy
  Automatic options_;
  Index dimension_;
  SolveProblem problem_;
  SolvePlan plan_;
  Kept<kDense, DenseForm> dense_;
  Kept<kDual, DualForm> dual_;
  Kept<kProduct, ProductForm> product_;
  Evaluator<F, V>* f_ = nullptr;
  const Iterate<V>* at_ = nullptr;
};

namespace detail {

/// Where there is nothing to choose (the size is fixed at compile time and small, or the matrix is all there is), no choice.
template <class F, class V, class Source>
auto start_solve(const Automatic& solve, const Source& source, const F& f, const V& x0) {
  constexpr bool fixed = V::RowsAtCompileTime != Eigen::Dynamic;
  if constexpr (Source::has_matrix && (fixed || (!Source::has_rows && !Source::streams_products))) {
    return dense_state<V>(source, solve.damping, solve.scale_free, x0.size());
  } else {
    return AutomaticState<F, V, Source>(source, solve, f, x0.size());
  }
}

}  // namespace detail

}  // namespace natgrad
