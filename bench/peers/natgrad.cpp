// SPDX-License-Identifier: MIT
// natgrad itself. The model is made inside the measured time, with its checks of the data, as the user waits for them too.
#include "peer.hpp"
#include <natgrad/natgrad.hpp>

namespace {

using peers::Objective;
using peers::VectorXd;

template <class Optimizer>
auto fit_by(Optimizer optimizer) {
  return [optimizer](Objective& f, VectorXd& x) {
    const natgrad::LogisticRegression model{f.data().X, f.data().y, {.ridge = f.data().ridge}};
    const natgrad::StopWhen stop{.gradient_norm = peers::kGradient, .max_seconds = f.seconds_left()};
    const auto result = natgrad::minimize(model, x, optimizer, stop);
    x = result.x;
    f.count(static_cast<long>(result.counts.gradients));
    if (!result.usable()) throw std::runtime_error(std::string(natgrad::to_string(result.status)));
  };
}

struct Rosenbrock {
  double value(const Eigen::Vector2d& x) const { return peers::rosenbrock(x.data(), nullptr); }
  void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const { peers::rosenbrock(x.data(), g.data()); }
  void hessian(const Eigen::Vector2d& x, Eigen::Matrix2d& H) const {
    H << 2 - 400 * (x[1] - 3 * x[0] * x[0]), -400 * x[0], -400 * x[0], 200;
  }
};

template <class Optimizer>
auto rosenbrock_by(Optimizer optimizer) {
  return [optimizer](Eigen::Vector2d& x) {
    x = natgrad::minimize(Rosenbrock{}, x, optimizer,
                          natgrad::StopWhen{.gradient_norm = peers::kSmallGradient})
            .x;
  };
}

}  // namespace

int main(int argc, char** argv) {
  return peers::run(argc, argv,
                    {{"natgrad Newton", fit_by(natgrad::Newton{}), rosenbrock_by(natgrad::Newton{})},
                     {"natgrad NaturalGradient{SampledFisher{}}",
                      fit_by(natgrad::NaturalGradient{natgrad::SampledFisher{}})},
                     {"natgrad LimitedMemoryBfgs", fit_by(natgrad::LimitedMemoryBfgs{}),
                      rosenbrock_by(natgrad::LimitedMemoryBfgs{})}});
}
