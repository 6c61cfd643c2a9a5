// SPDX-License-Identifier: MIT
#pragma once

/// natgrad: steepest descent in the metric you choose, x ← x − α·(M(x) + λD)⁻¹∇f(x). A table of contents, in reading order.

// The loop.
#include "natgrad/core/minimize.hpp"   // THE loop: minimize(f, x0, optimizer, stop, observer) → Result<V>
#include "natgrad/core/objective.hpp"  // what an objective can give: one concept a capability
#include "natgrad/core/policy.hpp"     // what a step policy is, and what it returns: Step, NoStep
#include "natgrad/core/progress.hpp"   // what stop rules and observers see
#include "natgrad/core/result.hpp"     // x, f(x), ∇f(x), why it ended, what it cost
#include "natgrad/core/search.hpp"     // all that a step policy sees
#include "natgrad/core/status.hpp"     // how a run ends, each a sentence
#include "natgrad/core/vector.hpp"     // V, SquareMatrix<V>, Scores<V>

// The metric M names the optimizer.
#include "natgrad/optimizer/gradient_descent.hpp"     // M = I
#include "natgrad/optimizer/limited_memory_bfgs.hpp"  // M = I with quasi-Newton memory
#include "natgrad/optimizer/natural_gradient.hpp"     // M = F(x), the Fisher information
#include "natgrad/optimizer/newton.hpp"               // M = ∇²f(x)
#include "natgrad/optimizer/steepest_descent.hpp"     // M of your own: any metric with any step policy

// Which expectation F is, and how (M + λD)⁻¹ is computed; without a choice, Automatic makes it.
#include "natgrad/fisher/kinds.hpp"  // ExpectedFisher, MonteCarloFisher, EmpiricalFisher, CenteredFisher
#include "natgrad/fisher/moving_average.hpp"      // of any kind, over the points of a run
#include "natgrad/fisher/sampled.hpp"             // SampledFisher: from a sample of the rows
#include "natgrad/metric/automatic.hpp"           // one of the forms below, by cost and memory
#include "natgrad/metric/block_diagonal.hpp"      // the diagonal blocks
#include "natgrad/metric/conjugate_gradient.hpp"  // matrix-free
#include "natgrad/metric/dense.hpp"               // d×d, Cholesky
#include "natgrad/metric/diagonal.hpp"            // the diagonal alone
#include "natgrad/metric/dual.hpp"                // n×n, for n < d
#include "natgrad/metric/kronecker.hpp"           // layer by layer
#include "natgrad/metric/lbfgs.hpp"               // quasi-Newton memory on top of any metric
#include "natgrad/metric/matrix_metric.hpp"       // M(x) as a function of yours writes it
#include "natgrad/metric/metric.hpp"              // what a metric of your own has to have
#include "natgrad/metric/qr.hpp"                  // when digits matter

// How far: α and λ, one policy a file.
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/barzilai_borwein.hpp"
#include "natgrad/step/decaying_step.hpp"
#include "natgrad/step/exact_step.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "natgrad/step/geodesic_acceleration.hpp"  // the same along a parabola, for LeastSquares
#include "natgrad/step/hager_zhang.hpp"
#include "natgrad/step/kl_radius.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"
#include "natgrad/step/strong_wolfe.hpp"
#include "natgrad/step/trust_region.hpp"

// When to stop, and who watches.
#include "natgrad/observe/print.hpp"
#include "natgrad/observe/trace.hpp"
#include "natgrad/stop/any_of.hpp"  // rule | rule, rule & rule
#include "natgrad/stop/stop_when.hpp"

// Objectives.
#include "natgrad/autodiff/autodiff.hpp"   // from a function of any scalar: exact derivatives
#include "natgrad/autodiff/jacobian.hpp"   // from residuals of any scalar, for LeastSquares
#include "natgrad/objective/function.hpp"  // from lambdas
#include "natgrad/objective/gaussian.hpp"  // N(μ, Σ) in four parametrisations
#include "natgrad/objective/glm.hpp"  // Gaussian, binomial, Poisson, Gamma, negative binomial; seven links
#include "natgrad/objective/least_squares.hpp"        // residuals and their Jacobian
#include "natgrad/objective/likelihood.hpp"           // from value and score alone
#include "natgrad/objective/logistic.hpp"             // mean log-loss, intercept, ridge, weights
#include "natgrad/objective/numeric_derivatives.hpp"  // from value(x) alone
#include "natgrad/objective/quadratic.hpp"            // ½xᵀAx − bᵀx
#include "natgrad/objective/softmax.hpp"              // K classes, overparametrised or with a reference class
#include "natgrad/objective/with_samples.hpp"         // the number of samples, for inference

// At the optimum.
#include "natgrad/inference/inference.hpp"  // covariance, standard errors, z, p, intervals, sandwich, what is not identified
#include "natgrad/inference/summary.hpp"  // the table of R's summary(glm)

// Checking your own objective.
#include "natgrad/check/derivatives.hpp"   // every derivative and score against the one before it
#include "natgrad/check/information.hpp"   // E[s] = 0, E[s sᵀ] = −E[∇s] = F
#include "natgrad/check/kl_curvature.hpp"  // F as the Hessian of KL
