// SPDX-License-Identifier: MIT
// LBFGSpp: its own test is on ‖∇f‖₂, so that the objective ends the run where ‖∇f‖∞ holds.
#include "peer.hpp"

#include <LBFGS.h>

namespace {

LBFGSpp::LBFGSParam<double> parameters(double gradient) {
  LBFGSpp::LBFGSParam<double> parameters;
  parameters.m = 10;
  parameters.epsilon = gradient;
  parameters.epsilon_rel = 0;
  parameters.max_linesearch = 60;
  return parameters;
}

void fit(peers::Objective& f, peers::VectorXd& x) {
  const auto kept = parameters(peers::kGradient);  // the solver keeps a reference to it
  LBFGSpp::LBFGSSolver<double> solver(kept);
  const auto objective = [&](const peers::VectorXd& at, peers::VectorXd& g) {
    return f.until_reached(at, g);
  };
  double value = 0;
  solver.minimize(objective, x, value);
}

void rosenbrock(Eigen::Vector2d& x) {
  const auto kept = parameters(peers::kSmallGradient);
  LBFGSpp::LBFGSSolver<double> solver(kept);
  const auto objective = [](const peers::VectorXd& at, peers::VectorXd& g) {
    return peers::rosenbrock(at.data(), g.data());
  };
  peers::VectorXd start = x;
  double value = 0;
  solver.minimize(objective, start, value);
  x = start;
}

}  // namespace

int main(int argc, char** argv) { return peers::run(argc, argv, {{"LBFGSpp", fit, rosenbrock}}); }
