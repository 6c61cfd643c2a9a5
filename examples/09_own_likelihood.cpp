// SPDX-License-Identifier: MIT
//
// 09: a likelihood of your own, from value and score alone.
//
// How many million revolutions 23 ball bearings lasted (Lieblein & Zelen 1956, J. Res. Nat. Bur. Stand. 57, 273–316), as a
// Weibull distribution. Its published maximum-likelihood fit has shape 2.10 and scale 81.9 (Lawless 2003, example 5.2.2).

#include "support/claims.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <iostream>

using namespace natgrad;
using Eigen::Vector2d;

constexpr double kLives[] = {17.88, 28.92, 33.00,  41.52,  42.12,  45.60,  48.48, 51.84,
                             51.96, 54.12, 55.56,  67.80,  68.64,  68.64,  68.88, 84.12,
                             93.12, 98.64, 105.12, 105.84, 127.92, 128.04, 173.40};

/// log p(t) = log k − log c + (k − 1)·u − e^{ku}, u = log(t/c); the parameters are (log k, log c), free of bounds.
struct Weibull {
  Index sample_count() const { return std::size(kLives); }

  double value(const Vector2d& x) const {  // the mean negative log-likelihood
    const double k = std::exp(x[0]);
    double sum = 0;
    for (const double t : kLives) {
      const double u = std::log(t) - x[1];
      sum -= x[0] - x[1] + (k - 1) * u - std::exp(k * u);
    }
    return sum / double(sample_count());
  }

  void score(const Vector2d& x, Index i, Vector2d& s) const {  // ∇log p of one sample
    const double k = std::exp(x[0]), u = std::log(kLives[i]) - x[1], excess = std::exp(k * u) - 1;
    s << 1 - k * u * excess, k * excess;
  }
};

int main() {
  const auto f = likelihood(Weibull{});  // ∇f = −mean score

  const auto check = check_derivatives(f, Vector2d{0.3, 4.0});
  std::cout << check << '\n';

  const auto fit = minimize(f, Vector2d{0.0, 4.0}, NaturalGradient{});
  const auto table = inference(f, fit.x, {.names = {"log shape", "log scale"}});
  std::cout << fit << '\n' << table;

  const Vector2d estimate = fit.x.array().exp();
  const Vector2d error = estimate.cwiseProduct(table.standard_errors);  // by the delta method
  std::cout << "\nshape " << estimate[0] << " ± " << error[0] << ", scale " << estimate[1] << " ± "
            << error[1] << '\n';

  example::Claims claims;
  claims.add(check.ok(), "value and score agree");
  claims.add(fit.usable(),
             "the natural gradient, with the empirical Fisher matrix of these scores, gets there");
  claims.add(std::abs(estimate[0] - 2.10) < 0.005, "the shape is the published 2.10");
  claims.add(std::abs(estimate[1] - 81.9) < 0.05, "the scale is the published 81.9 million revolutions");
  return claims.report();
}
