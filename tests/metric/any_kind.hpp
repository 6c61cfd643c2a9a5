// SPDX-License-Identifier: MIT
/// One of the four kinds of rows, chosen at run time: a form is compiled once for all of them.
#pragma once

#include <natgrad/natgrad.hpp>

#include <string>
#include <variant>

namespace natgrad::test {

template <class F, class V>
class AnyRows {
 public:
  static constexpr std::string_view label = "any Fisher matrix";
  static constexpr bool available = true;
  static constexpr bool closed_form = false;
  static constexpr bool has_weights = false;
  static constexpr bool uncentred = false;

  AnyRows(int kind, Index d) {
    if (kind == 0) rows_ = ExpectedRows<F, V>();
    if (kind == 1) rows_ = EmpiricalRows<F, V>(d);
    if (kind == 2) rows_ = CenteredRows<F, V>(d);
    if (kind == 3) rows_ = MonteCarloRows<F, V>(3, 7);
  }

  Index passes() const {
    return std::visit([](const auto& rows) { return rows.passes(); }, rows_);
  }
  void begin(const F& f, const V& x, ScoreBlocks<V>& blocks) {
    std::visit([&](auto& rows) { rows.begin(f, x, blocks); }, rows_);
  }
  void fill(const F& f, const V& x, Index pass, Index first, Scores<V>& S) {
    std::visit([&](auto& rows) { rows.fill(f, x, pass, first, S); }, rows_);
  }

 private:
  std::variant<ExpectedRows<F, V>, EmpiricalRows<F, V>, CenteredRows<F, V>, MonteCarloRows<F, V>> rows_;
};

struct AnyKind {
  int kind = 0;

  template <class F, class V>
  static consteval bool requirements_hold() {
    return true;
  }
  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return FisherSource<F, V, AnyRows<F, V>>(AnyRows<F, V>(kind, x0.size()), f, x0);
  }
};

inline std::string kind_name(int kind) {
  constexpr const char* names[] = {"expected", "empirical", "centred", "Monte Carlo"};
  return names[kind];
}

}  // namespace natgrad::test
