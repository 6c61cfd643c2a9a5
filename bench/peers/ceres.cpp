// SPDX-License-Identifier: MIT
// Ceres Solver: GradientProblem with L-BFGS, whose gradient_tolerance is ‖∇f‖∞; TinySolver for the small problem.
#include "peer.hpp"

#include <ceres/ceres.h>
#include <ceres/tiny_solver.h>

namespace {

class Logistic : public ceres::FirstOrderFunction {
 public:
  explicit Logistic(peers::Objective& f) : f_(f), x_(f.dimension()), g_(f.dimension()) {}

  /// false tells Ceres to stop
  bool Evaluate(const double* x, double* cost, double* gradient) const override {
    x_ = Eigen::Map<const peers::VectorXd>(x, x_.size());
    try {
      *cost = f_(x_, g_);
    } catch (const peers::OutOfTime&) {
      return false;
    }
    if (gradient) Eigen::Map<peers::VectorXd>(gradient, g_.size()) = g_;
    return true;
  }
  int NumParameters() const override { return static_cast<int>(x_.size()); }

 private:
  peers::Objective& f_;
  mutable peers::VectorXd x_, g_;
};

class Rosenbrock : public ceres::FirstOrderFunction {
 public:
  bool Evaluate(const double* x, double* cost, double* gradient) const override {
    *cost = peers::rosenbrock(x, gradient);
    return true;
  }
  int NumParameters() const override { return 2; }
};

ceres::GradientProblemSolver::Options options(double gradient, double seconds) {
  ceres::GradientProblemSolver::Options options;
  options.gradient_tolerance = gradient;
  options.function_tolerance = 0;
  options.parameter_tolerance = 0;
  options.max_num_iterations = 100'000;
  options.max_solver_time_in_seconds = seconds;
  options.logging_type = ceres::SILENT;
  return options;
}

void fit(peers::Objective& f, peers::VectorXd& x) {
  const ceres::GradientProblem problem(new Logistic(f));
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(options(peers::kGradient, f.seconds_left()), problem, x.data(), &summary);
  if (summary.termination_type != ceres::CONVERGENCE) throw std::runtime_error(summary.message);
}

void rosenbrock(Eigen::Vector2d& x) {
  const ceres::GradientProblem problem(new Rosenbrock);
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(options(peers::kSmallGradient, 1), problem, x.data(), &summary);
}

/// As least squares, r = (1 − x, 10(y − x²)), which is all that TinySolver takes.
struct Residuals {
  using Scalar = double;
  enum { NUM_RESIDUALS = 2, NUM_PARAMETERS = 2 };
  bool operator()(const double* x, double* residuals, double* jacobian) const {
    residuals[0] = 1 - x[0], residuals[1] = 10 * (x[1] - x[0] * x[0]);
    if (jacobian) jacobian[0] = -1, jacobian[1] = -20 * x[0], jacobian[2] = 0, jacobian[3] = 10;
    return true;
  }
};

void tiny(Eigen::Vector2d& x) {
  ceres::TinySolver<Residuals> solver;
  solver.options.gradient_tolerance = peers::kSmallGradient / 2;  // it tests Jᵀr, and ∇f is twice that
  solver.options.parameter_tolerance = 0;
  solver.options.function_tolerance = 0;
  solver.options.max_num_iterations = 1000;
  solver.options.cost_threshold = 0;
  solver.Solve(Residuals{}, &x);
}

}  // namespace

int main(int argc, char** argv) {
  google::InitGoogleLogging(argv[0]);
  FLAGS_minloglevel = 3;
  return peers::run(argc, argv,
                    {{"Ceres GradientProblem L-BFGS", fit, rosenbrock}, {"Ceres TinySolver", {}, tiny}});
}
