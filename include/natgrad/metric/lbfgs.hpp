// SPDX-License-Identifier: MIT
#pragma once

/// M⁻¹ = the limited-memory BFGS update of a base metric's inverse (Nocedal & Wright 2006, alg. 7.4 and 7.5).

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/metric/identity.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <vector>

namespace natgrad {

/// Quasi-Newton memory on top of a base metric's run state. The last `memory` pairs s = x − x₋, y = ∇f − ∇f₋ correct it.
template <class V, class BaseState>
class LbfgsState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;

  LbfgsState(BaseState base, Index memory, Index dimension)
      : base_(std::move(base)),
        memory_(std::min(memory, kMost)),
        inverse_sy_(memory_),
        part_(memory_),
        x_(dimension),
        g_(dimension),
        q_(dimension) {
    for (Pairs* pairs : {&s_, &y_}) {
      if constexpr (!kFixed) pairs->resize(std::size_t(memory_));
      for (V& v : *pairs) v.resize(dimension);
    }
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    if (!base_.prepare(f, at)) return false;
    if (has_last_) remember(at);
    if constexpr (requires { base_.changes(); }) {
      if (base_.changes()) count_ = 0;
    }
    x_ = at.x;
    g_ = at.gradient;
    has_last_ = true;
    return true;
  }

  template <class Evaluator>
  bool propose(Evaluator& f, const Iterate<V>& at, V& d) requires requires(BaseState& b) {
    b.propose(f, at, d);
  }
  { return base_.propose(f, at, d); }

  /// The two-loop recursion.
  bool solve(Scalar, const V& g, V& d) {
    q_ = g;
    for (Index k = count_; k-- > 0;) {
      const Index i = slot(k);
      part_[i] = inverse_sy_[i] * detail::dot(s(i), q_);
      detail::add_scaled(Scalar(-part_[i]), y(i), q_);
    }
    if (!base_.solve(Scalar(0), q_, d) && !base_.descend(q_, d)) return false;
    if (!base_.knows_length() && count_ > 0) detail::scale(d, length_);
    for (Index k = 0; k < count_; ++k) {
      const Index i = slot(k);
      detail::add_scaled(Scalar(-(part_[i] + inverse_sy_[i] * detail::dot(y(i), d))), s(i), d);
    }
    curvature_ = -detail::dot(g, d);  // dᵀMd with Md = −g
    scaled_norm_ = detail::norm(d);
    return is_finite(curvature_) && curvature_ > Scalar(0);
  }

  bool descend(const V& g, V& d) {
    count_ = 0;
    return solve(Scalar(0), g, d);
  }

  bool knows_length() const { return count_ > 0 || base_.knows_length(); }

  bool forget() {
    const bool had = count_ > 0;
    count_ = 0;
    return had;
  }

  Scalar size_of_terms(const V& x) const { return base_.size_of_terms(x); }
  Scalar curvature() const { return curvature_; }
  Scalar scaled_norm() const { return scaled_norm_; }
  std::string_view name() const {
    return base_.name().empty() ? std::string_view("metric: limited-memory BFGS") : base_.name();
  }

 private:
  static constexpr bool kFixed = V::MaxRowsAtCompileTime != Eigen::Dynamic;
  static constexpr int kMaxMemory = kFixed ? 32 : Eigen::Dynamic;
  static constexpr Index kMost = kFixed ? 32 : 1'000'000;
  using Pairs =
      std::conditional_t<kFixed, std::array<V, 32>, std::vector<V>>;  // no allocation where V has none
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1, Eigen::ColMajor, kMaxMemory, 1>;

  V& s(Index i) { return s_[std::size_t(i)]; }
  V& y(Index i) { return y_[std::size_t(i)]; }

  /// Where the k-th oldest pair lies.
  Index slot(Index k) const { return (newest_ + memory_ - (count_ - 1 - k)) % memory_; }

  /// Keeps the pair of the last step where it has positive curvature; otherwise M would not stay positive definite.
  void remember(const Iterate<V>& at) {
    const Index next = count_ == 0 ? 0 : (newest_ + 1) % memory_;
    detail::set_sum(s(next), at.x, Scalar(-1), x_);
    detail::set_sum(y(next), at.gradient, Scalar(-1), g_);
    const Scalar sy = detail::dot(s(next), y(next));
    const Scalar yy = detail::dot(y(next), y(next)), ss = detail::dot(s(next), s(next));
    const bool overwrites = count_ == memory_;
    if (!(sy > epsilon<Scalar>() * Eigen::numext::sqrt(yy * ss))) {
      if (overwrites) --count_;  // the oldest pair was in this place
      return;
    }
    inverse_sy_[next] = Scalar(1) / sy;
    learn_length(sy / yy);
    newest_ = next;
    count_ = std::min(count_ + 1, memory_);
  }

  /// The length of a step of the identity: the mean of sᵀy/yᵀy (7.20) over the pairs, the newest by a quarter; geometric, since it
  /// is a scale. Measured: by the newest alone, which is that of one direction, logistic fits take up to a tenth more evaluations.
  /// Beyond a factor of 3 f is of another scale here, and the newest alone tells.
  void learn_length(const Scalar& newest) {
    const bool alike = newest <= Scalar(3) * length_ && length_ <= Scalar(3) * newest;
    if (count_ == 0 || !alike) length_ = newest;
    length_ *= Eigen::numext::sqrt(Eigen::numext::sqrt(newest / length_));
  }

  BaseState base_;
  Index memory_;
  Pairs s_, y_;  // the steps, and what the gradient changed by along them
  Numbers inverse_sy_, part_;
  V x_, g_, q_;
  Index count_ = 0;
  Index newest_ = 0;
  Scalar length_ = Scalar(1);
  Scalar curvature_ = Scalar(0);
  Scalar scaled_norm_ = Scalar(0);
  bool has_last_ = false;
};

/// Quasi-Newton memory on top of any metric: with Identity it is plain L-BFGS.
template <class Base = Identity>
struct Lbfgs {
  Index memory = 10;  ///< pairs kept, ≥ 1 (at most 32 where the vector type has a fixed size)
  Base base{};

  template <class F, class V>
  static consteval bool requirements_hold() {
    if constexpr (requires { Base::template requirements_hold<F, V>(); }) {
      return Base::template requirements_hold<F, V>();
    } else {
      return true;
    }
  }

  template <class F, class V>
  auto start(const F& f, const V& x0) const {
    using State = decltype(base.template start<F, V>(f, x0));
    return LbfgsState<V, State>(base.template start<F, V>(f, x0), memory, x0.size());
  }

  void validate() const {
    detail::require(memory >= 1, "Lbfgs.memory", memory, "a count ≥ 1");
    if constexpr (requires { base.validate(); }) base.validate();
  }
};

// clang 14 deduces no aggregate by itself, and none at all from named members: Lbfgs{5, base}, Lbfgs<Base>{.memory = 5}.
Lbfgs()->Lbfgs<>;
Lbfgs(Index)->Lbfgs<>;
template <class Base>
Lbfgs(Index, Base) -> Lbfgs<Base>;

}  // namespace natgrad
