// SPDX-License-Identifier: MIT
#pragma once

/// A test problem f(x) = Σᵢ rᵢ(x)² (no ½), compiled once: an objective in float, double and long double, and its residual form.

#include <Eigen/Core>

#include <functional>
#include <string>
#include <tuple>
#include <vector>

namespace natgrad::test {

template <class Scalar>
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

template <class Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// What a run may end at.
struct Minimum {
  enum class Kind {
    published,  ///< printed in the paper
    local,      ///< another minimiser: ∇f = 0 and ∇²f ≥ 0
    infimum,    ///< approached from above as x → ∞, and not attained
  };

  double value;      ///< f*
  double tolerance;  ///< reached where |f(x) − f*| ≤ tolerance
  Kind kind = Kind::published;
};

/// The derivatives of one problem in one scalar, by natgrad::autodiff.
template <class Scalar>
struct Derivatives {
  std::function<Scalar(const Vector<Scalar>&)> value;
  std::function<void(const Vector<Scalar>&, Vector<Scalar>&)> gradient;
  std::function<void(const Vector<Scalar>&, Matrix<Scalar>&)> hessian;
  std::function<void(const Vector<Scalar>&, Vector<Scalar>&)> residual;
  std::function<void(const Vector<Scalar>&, Matrix<Scalar>&)> jacobian;
};

/// One row of the test set. x may be a Vector of float, double or long double; every scalar computes with the same data,
/// rounded to double once, so that a claim made in double is checked on the same function in long double.
struct Problem {
  int number = 0;  ///< in Moré, Garbow & Hillstrom (1981)
  std::string name = {};
  Eigen::VectorXd start = {};                ///< x0
  Eigen::Index residuals = 0;                ///< m
  std::vector<Minimum> minima = {};          ///< accepted values of f
  std::vector<Eigen::VectorXd> points = {};  ///< known minimisers, to ten digits
  std::tuple<Derivatives<float>, Derivatives<double>, Derivatives<long double>> derivatives = {};

  Eigen::Index size() const { return start.size(); }
  std::string label() const;  ///< "20 Watson (n = 12)"

  /// x0·factor; a zero start becomes factor·1, as the paper's protocol has it for 10 and 100 (and stays 0 for 1).
  Eigen::VectorXd scaled_start(double factor) const;

  /// The listed minimum that f is at (f below it by rounding included), or nullptr.
  const Minimum* reached(double f) const;

  // ---- objective members; natgrad::minimize(problem, problem.start, natgrad::Newton{}) ----

  template <class Scalar>
  Scalar value(const Vector<Scalar>& x) const {
    return in<Scalar>().value(x);
  }

  template <class Scalar>
  void gradient(const Vector<Scalar>& x, Vector<Scalar>& g) const {
    in<Scalar>().gradient(x, g);
  }

  template <class Scalar>
  void hessian(const Vector<Scalar>& x, Matrix<Scalar>& H) const {
    in<Scalar>().hessian(x, H);
  }

  // ---- residual form; r is m×1, J is m×n ----

  Eigen::Index residual_count() const { return residuals; }

  template <class Scalar>
  void residual(const Vector<Scalar>& x, Vector<Scalar>& r) const {
    in<Scalar>().residual(x, r);
  }

  template <class Scalar>
  void jacobian(const Vector<Scalar>& x, Matrix<Scalar>& J) const {
    in<Scalar>().jacobian(x, J);
  }

  /// F ← 2JᵀJ, the Gauss–Newton matrix: the Fisher information of x in r ~ N(0, ½I)
  template <class Scalar>
  void fisher(const Vector<Scalar>& x, Matrix<Scalar>& F) const {
    Matrix<Scalar> J(residuals, size());
    jacobian(x, J);
    F.noalias() = 2 * J.transpose() * J;
  }

 private:
  template <class Scalar>
  const Derivatives<Scalar>& in() const {
    return std::get<Derivatives<Scalar>>(derivatives);
  }
};

/// All 35 problems of Moré, Garbow & Hillstrom, ACM TOMS 7(1), 1981, in 52 (problem, n) rows, in the paper's order.
const std::vector<Problem>& more_garbow_hillstrom();

/// The row of that number and size.
const Problem& more_garbow_hillstrom(int number, Eigen::Index size);

}  // namespace natgrad::test
