// SPDX-License-Identifier: MIT
#pragma once

/// What is known of the estimates: covariances, standard errors, z, p, intervals, and what the data do not identify.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/inference/identified.hpp"
#include "natgrad/inference/tail.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace natgrad {

struct InferenceOptions {
  std::vector<std::string> names{};  ///< one a parameter, or none: the objective's own, else x[0], x[1], …
  double level = 0.95;               ///< of the intervals that are printed, in (0, 1)
};

/// Which information the standard errors come from.
enum class Information { expected, observed, empirical, sandwich };

constexpr std::string_view to_string(Information information) {
  switch (information) {
    case Information::expected:
      return "expected information";
    case Information::observed:
      return "observed information";
    case Information::empirical:
      return "second moment of the scores";
    case Information::sandwich:
      return "sandwich";
  }
  return "";
}

/// All matrices are d×d, in the units of x, and NaN where the objective cannot give them. A parameter that the data do
/// not identify has a standard error of ∞; `covariance` is then a generalised inverse, right for whatever is identified.
template <class V>
struct Inference {
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;
  using Basis = typename Identified<V>::Basis;
  using Intervals = Eigen::Matrix<Scalar, V::RowsAtCompileTime, 2>;

  V estimates;
  V standard_errors;  ///< √diag(covariance)
  V z;                ///< estimate / standard error
  V p;                ///< of |z| under the normal, or Student's t with `degrees_of_freedom`

  /// by `information`: the expected where the objective has it, else the observed, else the empirical
  Matrix covariance;
  Information information = Information::expected;

  Matrix expected_covariance;  ///< φ(nF)⁻¹
  Matrix observed_covariance;  ///< φ(n∇²f)⁻¹
  /// H⁻¹(Σwᵢ²sᵢsᵢᵀ/n²)H⁻¹, H = ∇²f: right even where the model is not (Huber 1967; White 1982)
  Matrix sandwich;

  /// max |λ(F^{-½}(∇²f − F)F^{-½})|; 0: observed and expected information agree
  Scalar information_gap = std::numeric_limits<Scalar>::quiet_NaN();
  /// how many directions the data identify, ≤ d
  Index effective_rank = 0;
  /// of the information scaled to a unit diagonal; ∞ where it is singular
  Scalar condition_number = std::numeric_limits<Scalar>::infinity();
  Basis unidentified;                                ///< d×(d − rank): f is flat along each column
  std::vector<std::string> unidentified_directions;  ///< the same by name: "a − 0.5·b"

  double samples = 0;  ///< n, or the total weight
  Scalar dispersion = Scalar(1);
  /// of t; ∞ where φ is known
  double degrees_of_freedom = std::numeric_limits<double>::infinity();
  /// n·∇fᵀM⁻¹∇f/φ (Rao 1948): 0 at the estimate, and ≪ 1 where x is as good as it
  Scalar score_statistic = std::numeric_limits<Scalar>::quiet_NaN();
  bool maximum = true;  ///< the information has no negative eigenvalue
  bool exists =
      true;  ///< false: f falls for ever along some direction, as on separated data: there is no estimate
  std::vector<std::string> names;
  double level = 0.95;

  /// d×2: estimate ± quantile·(standard error)
  Intervals intervals(double confidence) const {
    detail::require(confidence > 0 && confidence < 1, "intervals: level", confidence, "a number in (0, 1)");
    const Scalar width = Scalar(two_sided_quantile(confidence, degrees_of_freedom));
    Intervals both(estimates.size(), 2);
    both.col(0) = estimates - width * standard_errors;
    both.col(1) = estimates + width * standard_errors;
    return both;
  }
  Intervals intervals() const { return intervals(level); }

  /// The same estimates with standard errors from the sandwich, or from the observed information.
  Inference robust() const { return with(sandwich, Information::sandwich); }
  Inference observed() const { return with(observed_covariance, Information::observed); }

  /// Fills what follows from a covariance.
  Inference with(const Matrix& matrix, Information from) const {
    Inference other = *this;
    other.information = from;
    other.covariance = matrix;
    for (Index i = 0; i < estimates.size(); ++i) {
      bool open = false;
      for (Index k = 0; k < unidentified.cols(); ++k) open = open || !(unidentified(i, k) == Scalar(0));
      const Scalar error = open ? std::numeric_limits<Scalar>::infinity() : Eigen::numext::sqrt(matrix(i, i));
      other.standard_errors[i] = error;
      other.z[i] = estimates[i] / error;
      other.p[i] = Scalar(two_sided_p(static_cast<double>(other.z[i]), degrees_of_freedom));
    }
    return other;
  }
};

}  // namespace natgrad
