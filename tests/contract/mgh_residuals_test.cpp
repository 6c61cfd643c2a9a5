// SPDX-License-Identifier: MIT
// The runs of mgh_test.cpp that know no Hessian, which checks them: apart, so that each file compiles in its time.

// natgrad_test_problems compiles the problems.
#ifdef NATGRAD_TABLE_FOLDER

#include "contract/mgh.hpp"
#include "natgrad/objective/least_squares.hpp"
#include "natgrad/optimizer/limited_memory_bfgs.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/step/geodesic_acceleration.hpp"
#include "natgrad/step/trust_region.hpp"

namespace natgrad::test {

namespace {

/// The residual form, f = ½·mean rᵢ²: nothing but r and J is given.
template <class Optimizer>
Summary run_residuals(const std::string& name, const Optimizer& optimizer) {
  Summary summary{name, {}};
  for (const double factor : factors) {
    for (const Problem& problem : more_garbow_hillstrom()) {
      const natgrad::LeastSquares f{
          problem.residuals, [&](const Eigen::VectorXd& x, Eigen::VectorXd& r) { problem.residual(x, r); },
          [&](const Eigen::VectorXd& x, Eigen::MatrixXd& J) { problem.jacobian(x, J); }};
      summary.runs.push_back(run(problem, factor, f, 2 * static_cast<double>(problem.residuals), optimizer));
    }
  }
  return summary;
}

}  // namespace

std::vector<Summary> runs_without_hessian() {
  return {run_all("NaturalGradient{}", NaturalGradient{}),
          run_residuals("NaturalGradient{} on LeastSquares", NaturalGradient{}),
          run_all("LimitedMemoryBfgs{}", LimitedMemoryBfgs{}),
          run_residuals("NaturalGradient{TrustRegion{}} on LeastSquares", NaturalGradient{TrustRegion{}}),
          run_residuals("NaturalGradient{GeodesicAcceleration{}} on LeastSquares",
                        NaturalGradient{GeodesicAcceleration{}})};
}

}  // namespace natgrad::test

#endif
