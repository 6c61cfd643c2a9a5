// SPDX-License-Identifier: MIT
// Newton's method written by hand on Eigen, as one does without a library: rankUpdate, LLT, halved steps.
#include "peer.hpp"

namespace {

using peers::MatrixXd;
using peers::Objective;
using peers::VectorXd;

void fit(Objective& f, VectorXd& x) {
  const auto d = f.dimension();
  VectorXd g(d), trial(d), step(d);
  MatrixXd H(d, d);
  Eigen::LLT<MatrixXd> llt(d);
  double value = f(x, g);
  for (int iteration = 0; iteration < 100 && g.lpNorm<Eigen::Infinity>() > peers::kGradient; ++iteration) {
    f.hessian(H);
    llt.compute(H);
    if (llt.info() != Eigen::Success) throw std::runtime_error("LLT failed");
    step = llt.solve(g);
    double alpha = 1, next = 0;
    for (;; alpha /= 2) {
      trial = x - alpha * step;
      next = f(trial, g);
      if (next <= value + 1e-12 * std::abs(value)) break;
      if (alpha < 1e-10) throw std::runtime_error("no step lowers f");
    }
    x = trial, value = next;
  }
}

void rosenbrock(Eigen::Vector2d& x) {
  Eigen::Vector2d g, trial, step;
  Eigen::Matrix2d H;
  double value = peers::rosenbrock(x.data(), g.data());
  for (int iteration = 0; iteration < 100 && g.lpNorm<Eigen::Infinity>() > peers::kSmallGradient;
       ++iteration) {
    H << 2 - 400 * (x[1] - 3 * x[0] * x[0]), -400 * x[0], -400 * x[0], 200;
    const Eigen::LLT<Eigen::Matrix2d> llt(H);
    step = llt.info() == Eigen::Success ? Eigen::Vector2d(llt.solve(g)) : g;
    const double slope = g.dot(step);
    double alpha = 1, next = 0;
    for (;; alpha /= 2) {
      trial = x - alpha * step;
      next = peers::rosenbrock(trial.data(), g.data());
      if (next <= value - 1e-4 * alpha * slope || alpha < 1e-10) break;
    }
    x = trial, value = next;
  }
}

}  // namespace

int main(int argc, char** argv) {
  return peers::run(argc, argv, {{"Newton by hand, rankUpdate + LLT", fit, rosenbrock}});
}
