// SPDX-License-Identifier: MIT
// LBFGSpp with its default line search: its own test is on ‖∇f‖₂, so that the objective ends the run where ‖∇f‖∞ holds.
#include "peer.hpp"

#include <LBFGS.h>

namespace {

using Solver = LBFGSpp::LBFGSSolver<double, LBFGSpp::LineSearchBacktracking>;

LBFGSpp::LBFGSParam<double> parameters(double gradient) {
  LBFGSpp::LBFGSParam<double> parameters;
  parameters.m = 10;
  parameters.epsilon = gradient;
  parameters.epsilon_rel = 0;
  parameters.max_linesearch = 60;
  parameters.linesearch = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE;
  return parameters;
}

void fit(peers::Objective& f, peers::VectorXd& x) {
  const auto kept = parameters(peers::kGradient);  // the solver keeps a reference to it
  Solver solver(kept);
  const auto objective = [&](const peers::VectorXd& at, peers::VectorXd& g) {
    return f.until_reached(at, g);
  };
  double value = 0;
  solver.minimize(objective, x, value);
}

void rosenbrock(Eigen::Vector2d& x) {
  const auto kept = parameters(peers::kSmallGradient);
  Solver solver(kept);
  const auto objective = [](const peers::VectorXd& at, peers::VectorXd& g) {
    return peers::rosenbrock(at.data(), g.data());
  };
  peers::VectorXd start = x;
  double value = 0;
  try {
    solver.minimize(objective, start, value);
  } catch (
      const std::
          exception&) {  // at the rounding floor it finds nothing lower; what it reached is judged all the same
  }
  x = start;
}

}  // namespace

int main(int argc, char** argv) { return peers::run(argc, argv, {{"LBFGSpp", fit, rosenbrock}}); }
