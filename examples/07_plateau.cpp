// SPDX-License-Identifier: MIT
//
// 07: through the plateau.
//
// A network of two tanh units learns XOR: out = v·tanh(Wx + b) + c, 9 parameters, 4 samples. From small weights both units soon
// do the same, and there the loss is flat: gradient descent stays for hundreds of steps. The natural gradient measures a
// step by how far it moves the outputs, not the weights, and goes straight through (Amari, Park & Fukumizu 2000).

#include "support/claims.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"
#include <natgrad/natgrad.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// x = (w₁, b₁, w₂, b₂, v₁, v₂, c), wⱼ two inputs each
struct Network {
  Eigen::Matrix<double, 4, 3> inputs;  // with a 1 for the bias
  Eigen::Vector4d wanted;

  Network() : wanted(-1, 1, 1, -1) { inputs << -1, -1, 1, -1, 1, 1, 1, -1, 1, 1, 1, 1; }

  Eigen::Matrix<double, 4, 2> hidden(const VectorXd& x) const {
    return (inputs * Eigen::Map<const Eigen::Matrix<double, 3, 2>>(x.data())).array().tanh();
  }
  void residual(const VectorXd& x, VectorXd& r) const {
    r = hidden(x) * x.segment<2>(6) - wanted;
    r.array() += x[8];
  }
  void jacobian(const VectorXd& x, MatrixXd& J) const {
    const Eigen::Matrix<double, 4, 2> h = hidden(x);
    for (int j = 0; j < 2; ++j) {
      const Eigen::Array4d slope = x[6 + j] * (1 - h.col(j).array().square());
      J.middleCols<3>(3 * j) = slope.matrix().asDiagonal() * inputs;
    }
    J.middleCols<2>(6) = h;
    J.col(8).setOnes();
  }
};

/// How alike the two hidden units are: |cosine| of the angle between their outputs over the samples
double alignment(const Network& network, const VectorXd& x) {
  const auto h = network.hidden(x);
  return std::abs(h.col(0).dot(h.col(1))) / (h.col(0).norm() * h.col(1).norm());
}

struct Path {
  Result<VectorXd> result;
  example::Curve loss, alike;
};

template <class F, class Optimizer>
Path run(const Network& network, const F& f, const VectorXd& start, const Optimizer& optimizer,
         const char* name) {
  Path path{{}, {name, {}, {}}, {name, {}, {}}};
  const auto watch = [&](const Progress<VectorXd>& now) {
    const auto k = static_cast<double>(now.iteration + 1);  // from 1, for the logarithmic axis
    path.loss.x.push_back(k);
    path.loss.y.push_back(now.value);
    path.alike.x.push_back(k);
    path.alike.y.push_back(alignment(network, now.x));
  };
  path.result = minimize(f, start, optimizer, StopWhen{.gradient_norm = 1e-9, .max_iterations = 5000}, watch);
  return path;
}

/// the first iteration with a loss below `level`; infinity where there is none
double reached(const Path& path, double level) {
  for (std::size_t i = 0; i < path.loss.y.size(); ++i) {
    if (path.loss.y[i] < level) return path.loss.x[i] - 1;
  }
  return std::numeric_limits<double>::infinity();
}

/// One of 50 small starts.
VectorXd small_start(std::uint64_t number) {
  IndexedRandom random(7, number);
  VectorXd x(9);
  for (double& entry : x) entry = 0.1 * random.normal();
  return x;
}

}  // namespace

int main() {
  const Network network;
  // ½·mean of squared residuals: with Gaussian noise of variance 1, so that the Fisher matrix is JᵀJ/n
  const LeastSquares f(
      4, [&](const VectorXd& x, VectorXd& r) { network.residual(x, r); },
      [&](const VectorXd& x, MatrixXd& J) { network.jacobian(x, J); });

  // With 4 samples F has rank 4 of 9: it must be damped. D = I, for the weights have one unit; D = diag(F) would let a weight
  // that does nothing yet run away, and saturate its unit.
  const NaturalGradient optimizer{ExpectedFisher{}, LevenbergMarquardt{.initial_damping = 0.01},
                                  Dense{.scale_free = false}};

  VectorXd start(9);
  start << 0.10, -0.04, 0.02, 0.09, -0.06, 0.01, 0.11, 0.08, 0.03;
  const Path slow = run(network, f, start, GradientDescent{FixedStep{0.3}}, "gradient descent, α = 0.3");
  const Path best =
      run(network, f, start, GradientDescent{FixedStep{1.0}}, "gradient descent, α = 1 (1.5 diverges)");
  const Path natural = run(network, f, start, optimizer, "natural gradient");

  example::Table table("", "left the plateau", "f < 1e-6 after", "iterations");
  for (const Path* path : {&slow, &best, &natural}) {
    table.row(path->loss.name, example::fixed(reached(*path, 0.45), 0),
              example::fixed(reached(*path, 1e-6), 0), path->result.iterations);
  }
  std::cout << table << '\n';

  std::vector<double> descents, naturals;
  for (std::uint64_t number = 0; number < 50; ++number) {
    const VectorXd x = small_start(number);
    descents.push_back(reached(run(network, f, x, GradientDescent{FixedStep{1.0}}, ""), 1e-6));
    naturals.push_back(reached(run(network, f, x, optimizer, ""), 1e-6));
  }
  std::sort(descents.begin(), descents.end());
  std::sort(naturals.begin(), naturals.end());
  std::cout << "from 50 other small starts, iterations to f < 1e-6, least, median, most: gradient descent "
            << descents[0] << ", " << descents[25] << ", " << descents[49] << "; natural gradient "
            << naturals[0] << ", " << naturals[25] << ", " << naturals[49] << '\n';

  example::Panel loss{.title = "XOR by two tanh units",
                      .x_label = "1 + iterations",
                      .y_label = "f",
                      .log_x = true,
                      .log_y = true};
  loss.y_range = {1e-8, 2};
  example::Panel alike{.title = "how alike the two units are",
                       .x_label = "1 + iterations",
                       .y_label = "|cosine|",
                       .log_x = true};
  loss.curves = {slow.loss, best.loss, natural.loss};
  alike.curves = {slow.alike, best.alike, natural.alike};
  example::draw("07_plateau", {loss, alike});

  example::Claims claims;
  claims.add(
      reached(slow, 0.45) > 1000 && reached(best, 0.45) > 300,
      "gradient descent stays on the plateau f = 0.5 for more than 1000 steps with α = 0.3, 300 with α = 1");
  claims.add(reached(natural, 1e-6) <= 30,
             "the natural gradient solves XOR within 30 steps from the same weights");
  claims.add(naturals[49] <= 100, "and within 100 from each of 50 other small starts");
  claims.add(descents[25] >= 5 * naturals[25],
             "where gradient descent takes at least 5 times as many steps, by the median");
  return claims.report();
}
