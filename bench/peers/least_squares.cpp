// SPDX-License-Identifier: MIT
// The residuals of Moré, Garbow & Hillstrom's problems given to LeastSquares and to Ceres, from x0, 10·x0 and 100·x0: at how many
// of the listed minima each ends, and at what cost. Prints a table in Markdown.

#include "natgrad/objective/least_squares.hpp"

#include "natgrad/core/minimize.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/step/trust_region.hpp"
#include "support/problems/problem.hpp"

#include <algorithm>
#include <array>
#include <ceres/ceres.h>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <glog/logging.h>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using natgrad::test::Problem;

struct Ended {
  double squares = std::numeric_limits<double>::infinity();  ///< Σr²
  long evaluations = 0;                                      ///< of r
};

struct Solver {
  std::string name;
  std::function<Ended(const Problem&, const VectorXd& x0)> solve;
};

// ---- natgrad -------------------------------------------------------------------------------------------------------

template <class Optimizer>
Solver natgrad_by(const std::string& name, const Optimizer& optimizer) {
  return {"natgrad, " + name, [optimizer](const Problem& p, const VectorXd& x0) {
            const natgrad::LeastSquares f{p.residuals,
                                          [&p](const VectorXd& x, VectorXd& r) { p.residual(x, r); },
                                          [&p](const VectorXd& x, MatrixXd& J) { p.jacobian(x, J); }};
            const auto result = natgrad::minimize(f, x0, optimizer);
            return Ended{2 * static_cast<double>(p.residuals) * result.value,
                         static_cast<long>(result.counts.values)};
          }};
}

// ---- Ceres ---------------------------------------------------------------------------------------------------------

class Residuals : public ceres::CostFunction {
 public:
  explicit Residuals(const Problem& problem)
      : problem_(problem), x_(problem.size()), r_(problem.residuals), J_(problem.residuals, problem.size()) {
    set_num_residuals(static_cast<int>(problem.residuals));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(problem.size()));
  }

  bool Evaluate(const double* const* x, double* r, double** J) const override {
    ++evaluations_;
    x_ = Eigen::Map<const VectorXd>(x[0], x_.size());
    problem_.residual(x_, r_);
    Eigen::Map<VectorXd>(r, r_.size()) = r_;
    if (J == nullptr || J[0] == nullptr) return r_.allFinite();
    problem_.jacobian(x_, J_);
    for (Eigen::Index i = 0; i < J_.rows(); ++i)
      Eigen::Map<VectorXd>(J[0] + i * J_.cols(), J_.cols()) = J_.row(i);
    return r_.allFinite() && J_.allFinite();
  }

  long evaluations() const { return evaluations_; }

 private:
  const Problem& problem_;
  mutable VectorXd x_, r_;
  mutable MatrixXd J_;
  mutable long evaluations_ = 0;
};

Solver ceres_by(const std::string& name, const ceres::Solver::Options& options) {
  return {"Ceres, " + name, [options](const Problem& p, const VectorXd& x0) {
            VectorXd x = x0;
            auto* cost = new Residuals(p);  // the problem deletes it
            ceres::Problem problem;
            problem.AddResidualBlock(cost, nullptr, x.data());
            ceres::Solver::Summary summary;
            ceres::Solve(options, &problem, &summary);
            Ended ended{.evaluations = cost->evaluations()};
            if (summary.termination_type != ceres::FAILURE) ended.squares = 2 * summary.final_cost;
            return ended;
          }};
}

std::vector<Solver> solvers() {
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.logging_type = ceres::SILENT;
  options.max_num_iterations = 10000;  // as StopWhen has it
  ceres::Solver::Options tight = options;
  tight.function_tolerance = tight.gradient_tolerance = tight.parameter_tolerance = 1e-16;
  ceres::Solver::Options dogleg = tight;
  dogleg.trust_region_strategy_type = ceres::DOGLEG;
  return {natgrad_by("`NaturalGradient{}`", natgrad::NaturalGradient{}),
          natgrad_by("`NaturalGradient{TrustRegion{}}`", natgrad::NaturalGradient{natgrad::TrustRegion{}}),
          ceres_by("Levenberg–Marquardt", options), ceres_by("the same, tolerances of 1e-16", tight),
          ceres_by("dogleg, tolerances of 1e-16", dogleg)};
}

// ---- the table -----------------------------------------------------------------------------------------------------

struct Run {
  Ended ended;
  bool reached = false;
  double seconds = std::numeric_limits<double>::infinity();  ///< the shortest of three
};

Run run(const Solver& solver, const Problem& problem, double factor) {
  Run run;
  for (int repetition = 0; repetition < 3; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    run.ended = solver.solve(problem, problem.scaled_start(factor));
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    run.seconds = std::min(run.seconds, passed.count());
    if (run.seconds > 0.1) break;
  }
  run.reached = std::isfinite(run.ended.squares) && problem.reached(run.ended.squares) != nullptr;
  return run;
}

}  // namespace

int main(int, char** arguments) {
  google::InitGoogleLogging(arguments[0]);
  FLAGS_minloglevel = google::FATAL;
  const std::array<double, 3> factors{1, 10, 100};
  const auto& problems = natgrad::test::more_garbow_hillstrom();
  const std::vector<Solver> all = solvers();
  std::vector<std::array<std::vector<Run>, 3>> runs(all.size());
  for (std::size_t s = 0; s < all.size(); ++s) {
    for (std::size_t k = 0; k < factors.size(); ++k) {
      for (const Problem& problem : problems) runs[s][k].push_back(run(all[s], problem, factors[k]));
    }
  }
  const auto by_all = [&](std::size_t problem) {
    return std::all_of(runs.begin(), runs.end(), [&](const auto& r) { return r[0][problem].reached; });
  };
  std::printf("| | x0 | 10·x0 | 100·x0 | evaluations of r | time |\n|---|---|---|---|---|---|\n");
  long shared = 0;
  for (std::size_t s = 0; s < all.size(); ++s) {
    std::printf("| %s |", all[s].name.c_str());
    for (const auto& from : runs[s])
      std::printf(" %td |", std::count_if(from.begin(), from.end(), [](const Run& r) { return r.reached; }));
    long evaluations = 0;
    double seconds = 0;
    shared = 0;
    for (std::size_t i = 0; i < problems.size(); ++i) {
      if (!by_all(i)) continue;
      ++shared;
      evaluations += runs[s][0][i].ended.evaluations;
      seconds += runs[s][0][i].seconds;
    }
    std::printf(" %ld | %.2f ms |\n", evaluations, 1e3 * seconds);
  }
  std::printf("\nOf %zu problems. Evaluations and time: of the %ld from x0 that all of them solve.\n",
              problems.size(), shared);
}
