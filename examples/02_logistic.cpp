// SPDX-License-Identifier: MIT
//
// 02: a logistic regression, its Fisher matrix, and what the matrix is good for.
//
// 1000 samples with 5 standard normal features; P(y = 1) = σ(wᵀx + c) with known w and c. The parameters are ONE vector of
// 6 numbers, (w, c), so that scores are rows of 6 numbers and the Fisher matrix is 6×6. It serves twice: as the metric that
// leads to the estimate in a few steps, and, inverted, as the estimate's covariance.

#include "support/claims.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <iostream>
#include <random>
#include <string>

using namespace natgrad;
using Eigen::MatrixXd, Eigen::VectorXd;
using example::fixed, example::scientific;

constexpr Index kSamples = 1000;

struct Data {
  MatrixXd X;
  VectorXd y;
  VectorXd truth;  // (w, c)
};

Data draw_data() {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  Data data{MatrixXd(kSamples, 5), VectorXd(kSamples), VectorXd{{1.5, -2.5, 2, 1, -1, -0.5}}};
  for (Index i = 0; i < kSamples; ++i) {
    for (Index j = 0; j < 5; ++j) data.X(i, j) = normal(random);
    const double margin = data.X.row(i).dot(data.truth.head(5)) + data.truth[5];
    data.y[i] = uniform(random) < 1 / (1 + std::exp(-margin)) ? 1 : 0;
  }
  return data;
}

// ---- the Fisher matrix -----------------------------------------------------------------------------------------------

/// F = SᵀS/n from the scores s = ∇log p(yᵢ | xᵢ), one row a sample, at the labels that were observed.
template <class Model>
MatrixXd empirical_fisher(const Model& model, const VectorXd& x) {
  Scores<VectorXd> S(kSamples, 6);
  model.scores(x, 0, S);
  return S.transpose() * S / kSamples;
}

/// The same with every label replaced by its expectation under the model: E[s sᵀ] = P(1)·s₁s₁ᵀ + P(0)·s₀s₀ᵀ, where s₁ and s₀ are
/// the scores that a sample would have with the label 1 and with the label 0.
template <class Model>
MatrixXd expected_fisher(const Model& model, const VectorXd& x) {
  Scores<VectorXd> S1(kSamples, 6), S0(kSamples, 6);
  LogisticRegression{model.features(), VectorXd::Ones(kSamples), {.intercept = true}}.scores(x, 0, S1);
  LogisticRegression{model.features(), VectorXd::Zero(kSamples), {.intercept = true}}.scores(x, 0, S0);
  // The last column belongs to the intercept: 1 − P(1) with the label 1.
  const VectorXd p = 1 - S1.col(5).array();
  return (S1.transpose() * p.asDiagonal() * S1 + S0.transpose() * (1 - p.array()).matrix().asDiagonal() * S0)
       / kSamples;
}

void print(const std::string& title, const MatrixXd& F) {
  static const char* const names[] = {"w1", "w2", "w3", "w4", "w5", "c"};
  example::Table table("", "w1", "w2", "w3", "w4", "w5", "c");
  for (Index i = 0; i < 6; ++i) {
    table.row(names[i], fixed(F(i, 0), 4), fixed(F(i, 1), 4), fixed(F(i, 2), 4), fixed(F(i, 3), 4),
              fixed(F(i, 4), 4), fixed(F(i, 5), 4));
  }
  std::cout << title << "\n\n" << table << '\n';
}

template <class Model>
void show_fisher(const Model& model, const VectorXd& optimum, example::Claims& claims) {
  const VectorXd zero = model.start();
  const MatrixXd empirical_0 = empirical_fisher(model, zero), expected_0 = expected_fisher(model, zero);
  const MatrixXd empirical = empirical_fisher(model, optimum), expected = expected_fisher(model, optimum);
  print("Empirical Fisher matrix at zero", empirical_0);
  print("Expected Fisher matrix at zero", expected_0);
  print("Empirical Fisher matrix at the optimum", empirical);
  print("Expected Fisher matrix at the optimum", expected);

  MatrixXd F(6, 6), H(6, 6);
  model.fisher(optimum, F);
  model.hessian(optimum, H);
  const auto same = [](const MatrixXd& a, const MatrixXd& b) { return (a - b).norm() <= 1e-12 * b.norm(); };
  const double gap = (empirical - expected).norm() / expected.norm();
  claims.add(same(empirical_0, expected_0),
             "at zero every label surprises alike: empirical and expected Fisher are equal");
  claims.add(0.001 < gap && gap < 0.5, "at the optimum they differ, by " + fixed(100 * gap, 1) + " %");
  claims.add(same(expected, F),
             "the expected Fisher matrix from the scores is the one that model.fisher() gives");
  claims.add(same(F, H), "and it is the Hessian: the logistic link is canonical");
}

// ---- the optimizers --------------------------------------------------------------------------------------------------

template <class Model>
void compare(const Model& model, const VectorXd& optimum, example::Claims& claims) {
  const double least = model.value(optimum);
  example::Table table("optimizer", "iterations", "evaluations", "f − f*", "‖∇f‖∞", "time");
  example::Panel steps{
      .title = "Logistic regression, 1000 × 5", .x_label = "1 + iterations", .y_label = "f − f*"};
  example::Panel time{.title = "the same, by the clock", .x_label = "microseconds", .y_label = "f − f*"};
  bool all_agree = true;

  const auto run = [&](const std::string& name, const auto& optimizer) {
    Result<VectorXd> best;
    Trace best_trace;
    for (int i = 0; i < 10; ++i) {  // the fastest of ten
      Trace trace;
      const auto r = minimize(model, model.start(), optimizer, StopWhen{}, trace);
      if (i > 0 && !(r.seconds < best.seconds)) continue;
      best = r;
      best_trace = trace;
    }
    table.row(name, best.iterations, best.counts.values, scientific(std::max(best.value - least, 0.0)),
              scientific(best.gradient_norm), example::duration(best.seconds));
    example::Curve by_step{name, {}, {}}, by_time{name, {}, {}};
    for (const auto& at : best_trace) {
      by_step.x.push_back(1.0 + static_cast<double>(at.iteration));
      by_time.x.push_back(1e6 * at.seconds);
      by_step.y.push_back(std::max(at.value - least, 1e-17));
    }
    by_time.y = by_step.y;
    steps.curves.push_back(by_step);
    time.curves.push_back(by_time);
    all_agree = all_agree && best.converged() && (best.x - optimum).norm() < 1e-5;
    return best;
  };
  const auto by_gradient = run("GD, Armijo", GradientDescent{Armijo{}});
  run("natural gradient, empirical Fisher", NaturalGradient{EmpiricalFisher{}});
  run("limited-memory BFGS", LimitedMemoryBfgs{});
  run("GD as it comes", GradientDescent{});
  const auto by_newton = run("Newton", Newton{});
  const auto by_natural = run("natural gradient", NaturalGradient{});
  std::cout << "From zero to ‖∇f‖∞ ≤ 1e-8:\n\n" << table << '\n';

  for (example::Panel* panel : {&steps, &time}) {
    panel->log_x = panel->log_y = true;
    panel->y_range = {1e-17, 2};
  }
  example::draw("02_logistic_error", {steps, time});
  claims.add(all_agree, "every optimizer reaches the same estimate");
  claims.add(
      by_newton.iterations == by_natural.iterations && by_newton.iterations <= 10,
      "Newton and the natural gradient take the same " + std::to_string(by_newton.iterations) + " steps");
  // Its steps depend on the last bits of f, and so on the instruction set; its evaluations less so.
  claims.add(by_gradient.counts.values > 5 * by_newton.counts.values,
             "gradient descent evaluates f " + std::to_string(by_gradient.counts.values) + " times, and they "
                 + std::to_string(by_newton.counts.values));
}

int main() {
  const Data data = draw_data();
  const LogisticRegression model{data.X, data.y, {.intercept = true}};
  const auto fit = minimize(model, model.start(), NaturalGradient{});

  example::Claims claims;
  show_fisher(model, fit.x, claims);
  compare(model, fit.x, claims);

  std::cout << "\nThe estimate, with standard errors from the inverse of the expected Fisher matrix:\n\n";
  const auto estimate = inference(model, fit.x, {.names = {"w1", "w2", "w3", "w4", "w5", "c"}});
  std::cout << estimate;
  const VectorXd off = (fit.x - data.truth).cwiseQuotient(estimate.standard_errors);
  claims.add(off.cwiseAbs().maxCoeff() < 4, "the true (w, c) lies within "
                                                + fixed(off.cwiseAbs().maxCoeff(), 1)
                                                + " standard errors of the estimate, in each of its 6 parts");
  return claims.report();
}
