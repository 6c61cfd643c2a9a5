// SPDX-License-Identifier: MIT
/// Objectives that count their own calls and can fail at the k-th of them.
#pragma once

#include <natgrad/core/vector.hpp>

#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace natgrad::test {

/// f and its derivatives behind std::function, so that one instantiation of the loop serves every case.
template <class V>
struct Case {
  std::string name;
  V start;
  std::function<double(const V&)> value;
  std::function<void(const V&, V&)> gradient;
  std::function<void(const V&, SquareMatrix<V>&)> hessian;
  std::function<void(const V&, SquareMatrix<V>&)> fisher;
  Index samples = 1;
  std::function<void(const V&, Index, V&)> score = {};  ///< mean of the scores = −∇f
};

enum class Call { none, value, gradient, metric };
enum class Harm { nan, plus_infinity, minus_infinity, exception };

/// What an objective throws that was told to.
struct Thrown {
  int call;
};

/// The k-th call of a kind goes wrong, once.
struct Fault {
  Call call = Call::none;
  Harm harm = Harm::nan;
  int at = 0;
};

/// The calls one run made.
template <class V>
struct Log {
  Fault fault = {};
  int values = 0, gradients = 0, hessians = 0, fishers = 0, scores = 0;
  int repeated_values = 0;     ///< f asked at the point it was asked at last
  int repeated_gradients = 0;  ///< ∇f asked at the point it was asked at last
  int repeated_metrics = 0;    ///< ∇²f or F asked at the point it was asked at last
  V value_at = {}, gradient_at = {}, hessian_at = {}, fisher_at = {};

  static bool same(const V& a, const V& b) { return a.size() == b.size() && (a.array() == b.array()).all(); }
  static int count(int& calls, int& repeated, V& last, const V& x) {
    if (calls > 0 && same(x, last)) ++repeated;
    last = x;
    return ++calls;
  }

  /// What the k-th call gives instead of `right`.
  double spoil(Call call, int k, double right) const {
    if (fault.call != call || fault.at != k) return right;
    switch (fault.harm) {
      case Harm::nan:
        return std::numeric_limits<double>::quiet_NaN();
      case Harm::plus_infinity:
        return std::numeric_limits<double>::infinity();
      case Harm::minus_infinity:
        return -std::numeric_limits<double>::infinity();
      case Harm::exception:
        throw Thrown{k};
    }
    return right;
  }
};

/// The members that both forms share.
template <class V>
class Recorded {
 public:
  Recorded(const Case<V>& problem, Log<V>& log) : case_(problem), log_(log) {}

  void hessian(const V& x, SquareMatrix<V>& H) const {
    ++log_.hessians;
    case_.hessian(x, H);
    spoil_metric(x, log_.hessians, log_.hessian_at, H(0, 0));
  }
  void fisher(const V& x, SquareMatrix<V>& F) const {
    ++log_.fishers;
    case_.fisher(x, F);
    spoil_metric(x, log_.fishers, log_.fisher_at, F(0, 0));
  }
  Index sample_count() const { return case_.samples; }
  void score(const V& x, Index i, V& s) const {
    ++log_.scores;
    case_.score(x, i, s);
    const int pass = (log_.scores - 1) / static_cast<int>(case_.samples) + 1;
    if (i == 0) spoil_metric(x, pass, log_.fisher_at, s[0]);
  }

 protected:
  double evaluate(const V& x) const {
    const int k = Log<V>::count(log_.values, log_.repeated_values, log_.value_at, x);
    return log_.spoil(Call::value, k, case_.value(x));
  }
  void differentiate(const V& x, V& g) const {
    const int k = Log<V>::count(log_.gradients, log_.repeated_gradients, log_.gradient_at, x);
    case_.gradient(x, g);
    g[0] = log_.spoil(Call::gradient, k, g[0]);
  }

 private:
  void spoil_metric(const V& x, int k, V& last, double& entry) const {
    int calls = k - 1;
    Log<V>::count(calls, log_.repeated_metrics, last, x);
    entry = log_.spoil(Call::metric, k, entry);
  }

  const Case<V>& case_;
  Log<V>& log_;
};

/// value and gradient as two calls
template <class V>
struct Separate : Recorded<V> {
  using Recorded<V>::Recorded;
  double value(const V& x) const { return this->evaluate(x); }
  void gradient(const V& x, V& g) const { this->differentiate(x, g); }
};

/// value and gradient in one call alone
template <class V>
struct Fused : Recorded<V> {
  using Recorded<V>::Recorded;
  double value_and_gradient(const V& x, V& g) const {
    this->differentiate(x, g);
    return this->evaluate(x);
  }
};

}  // namespace natgrad::test
