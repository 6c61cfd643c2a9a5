// SPDX-License-Identifier: MIT
//
// 03: was it safe to launch Challenger at 31 °F?
//
// On the eve of 28 January 1986 these 23 flights were known: the temperature at launch, and whether any of the O-rings that
// seal the joints of the rockets had shown distress. The analysis is that of Dalal, Fowlkes & Hoadley (1989), Risk
// analysis of the space shuttle: pre-Challenger prediction of failure, J. Am. Stat. Assoc. 84, 945–957.

#include "support/claims.hpp"
#include "support/table.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <iostream>

using namespace natgrad;
using example::fixed;

struct Flight {
  double temperature;  // °F
  double distress;     // 1: at least one O-ring
};

// STS-1 to STS-61-C, without STS-4, whose rockets were lost at sea.
constexpr Flight kFlights[] = {{66, 0}, {70, 1}, {69, 0}, {68, 0}, {67, 0}, {72, 0}, {73, 0}, {70, 0},
                               {57, 1}, {63, 1}, {70, 1}, {78, 0}, {67, 0}, {53, 1}, {67, 0}, {75, 0},
                               {70, 0}, {81, 0}, {76, 0}, {79, 0}, {75, 1}, {76, 0}, {58, 1}};

double logistic(double margin) { return 1 / (1 + std::exp(-margin)); }

int main() {
  constexpr Index n = std::size(kFlights);
  Eigen::MatrixXd X(n, 1);
  Eigen::VectorXd y(n);
  for (Index i = 0; i < n; ++i) {
    X(i, 0) = kFlights[i].temperature;
    y[i] = kFlights[i].distress;
  }

  // P(distress) = logistic(slope·temperature + intercept). The parameters are one vector: (slope, intercept).
  const LogisticRegression model{X, y, {.intercept = true}};
  const auto fit = minimize(model, model.start(), NaturalGradient{});
  std::cout << fit << '\n';

  // The inverse of the Fisher information at the optimum is the covariance of the estimates.
  const auto estimates = inference(model, fit.x, {.names = {"temperature", "intercept"}});
  std::cout << estimates << '\n';

  // A margin is linear in the parameters, so that its standard error follows from their covariance.
  example::Table table("°F", "P(distress)", "95 % interval");
  double at_31 = 0, low_31 = 0, high_31 = 0;
  for (const double temperature : {75.0, 65.0, 55.0, 45.0, 31.0}) {
    const Eigen::VectorXd here{{temperature, 1}};
    const double margin = here.dot(fit.x);
    const double error = std::sqrt(here.dot(estimates.covariance * here));
    at_31 = logistic(margin);
    low_31 = logistic(margin - 1.96 * error);
    high_31 = logistic(margin + 1.96 * error);
    table.row(fixed(temperature, 0), fixed(at_31, 4), fixed(low_31, 4) + " … " + fixed(high_31, 4));
  }
  std::cout << table << "\nChallenger was launched at 31 °F. The coldest flight before it had 53 °F.\n";

  example::Claims claims;
  const auto equals = [](double number, double published) { return std::abs(number - published) < 5e-5; };
  claims.add(fit.converged(), "the fit converges");
  claims.add(equals(fit.x[0], -0.2322) && equals(fit.x[1], 15.0429),
             "the fit is 15.0429 − 0.2322·temperature");
  claims.add(equals(estimates.standard_errors[0], 0.1082) && equals(estimates.standard_errors[1], 7.3786),
             "the standard errors are 7.3786 and 0.1082");
  claims.add(at_31 > 0.99, "distress at 31 °F: P = " + fixed(at_31, 4) + ", with 95 % between "
                               + fixed(low_31, 2) + " and " + fixed(high_31, 4));
  return claims.report();
}
