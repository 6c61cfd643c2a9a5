// SPDX-License-Identifier: MIT
#pragma once

/// Jet as an Eigen scalar: Matrix<Jet, …>, and products of a Matrix<Jet, …> with real numbers and real matrices, A·x.

#include "natgrad/autodiff/gamma.hpp"
#include "natgrad/autodiff/jet.hpp"
#include "natgrad/autodiff/order.hpp"
#include "natgrad/autodiff/power.hpp"

#include <Eigen/Core>

#include <cmath>

namespace natgrad::jets {

/// What Eigen's allFinite and hasNaN ask; of the value, as in a comparison.
template <class T, int K>
bool isfinite(const Jet<T, K>& a) {
  using std::isfinite;
  return isfinite(a.value);
}

template <class T, int K>
bool isnan(const Jet<T, K>& a) {
  using std::isnan;
  return isnan(a.value);
}

template <class T, int K>
bool isinf(const Jet<T, K>& a) {
  using std::isinf;
  return isinf(a.value);
}

}  // namespace natgrad::jets

namespace Eigen {

template <class T, int K>
struct NumTraits<natgrad::Jet<T, K>> : NumTraits<natgrad::JetBase<T>> {
  using Real = natgrad::Jet<T, K>;
  using NonInteger = natgrad::Jet<T, K>;
  using Nested = const natgrad::Jet<T, K>&;
  using Literal = natgrad::JetBase<T>;
  enum {
    IsInteger = 0,
    IsComplex = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = (1 + K) * static_cast<int>(NumTraits<T>::ReadCost),
    AddCost = (1 + K) * static_cast<int>(NumTraits<T>::AddCost),
    MulCost = (1 + 2 * K) * static_cast<int>(NumTraits<T>::MulCost),
  };
};

template <class T, int K, class Operation>
struct ScalarBinaryOpTraits<natgrad::Jet<T, K>, natgrad::JetBase<T>, Operation> {
  using ReturnType = natgrad::Jet<T, K>;
};

template <class T, int K, class Operation>
struct ScalarBinaryOpTraits<natgrad::JetBase<T>, natgrad::Jet<T, K>, Operation> {
  using ReturnType = natgrad::Jet<T, K>;
};

}  // namespace Eigen
