// SPDX-License-Identifier: MIT
// NLopt: LD_LBFGS has no test on the gradient, so that the objective ends the run.
#include "peer.hpp"

#include <nlopt.hpp>

namespace {

struct Problem {
  peers::Objective& f;
  peers::VectorXd x, g;
};

double logistic(unsigned n, const double* x, double* gradient, void* pointer) {
  auto& problem = *static_cast<Problem*>(pointer);
  problem.x = Eigen::Map<const peers::VectorXd>(x, n);
  const double value = problem.f.until_reached(problem.x, problem.g);
  if (gradient) Eigen::Map<peers::VectorXd>(gradient, n) = problem.g;
  return value;
}

void fit(peers::Objective& f, peers::VectorXd& x) {
  Problem problem{f, x, x};
  nlopt::opt optimizer(nlopt::LD_LBFGS, static_cast<unsigned>(x.size()));
  optimizer.set_vector_storage(10);
  optimizer.set_maxtime(f.seconds_left());
  optimizer.set_min_objective(logistic, &problem);
  std::vector<double> point(x.data(), x.data() + x.size());
  double value = 0;
  optimizer.optimize(point, value);
  x = Eigen::Map<const peers::VectorXd>(point.data(), x.size());
}

double small(unsigned, const double* x, double* gradient, void* pointer) {
  double g[2];
  const double value = peers::rosenbrock(x, g);
  if (gradient) gradient[0] = g[0], gradient[1] = g[1];
  if (std::max(std::abs(g[0]), std::abs(g[1])) <= peers::kSmallGradient) {
    *static_cast<Eigen::Vector2d*>(pointer) = Eigen::Vector2d{x[0], x[1]};
    throw nlopt::forced_stop();
  }
  return value;
}

void rosenbrock(Eigen::Vector2d& x) {
  nlopt::opt optimizer(nlopt::LD_LBFGS, 2);
  optimizer.set_vector_storage(10);  // else it clears 10 MB before it begins
  optimizer.set_min_objective(small, &x);
  std::vector<double> point{x[0], x[1]};
  double value = 0;
  try {
    optimizer.optimize(point, value);
    x = Eigen::Map<const Eigen::Vector2d>(point.data());
  } catch (const nlopt::forced_stop&) {
  }
}

}  // namespace

int main(int argc, char** argv) { return peers::run(argc, argv, {{"NLopt LD_LBFGS", fit, rosenbrock}}); }
