// SPDX-License-Identifier: MIT
//
// 01: the metric decides how many steps it takes.
//
// f(x) = ½xᵀAx − bᵀx is a valley, and its condition number κ, the largest eigenvalue of A over the smallest, says how
// narrow it is. Gradient descent needs about ½κ·ln(1/ε) steps down to a relative error ε. Newton measures lengths in
// A = ∇²f, the natural gradient in the Fisher information, which is A as well: f is the negative log-likelihood of a
// Gaussian of precision A. In that metric every valley is round, and one step is enough, at any κ and in any dimension.

#include "support/claims.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <iostream>
#include <string>

using namespace natgrad;
using Eigen::Vector2d, Eigen::VectorXd;
using example::Curve, example::Panel;

constexpr double kError = 1e-6;  // ε

/// Eigenvalues 1 … κ in equal ratios, along directions that no axis is parallel to; lowest at (1, …, 1).
template <class V>
struct Valley {
  using Matrix = SquareMatrix<V>;

  Valley(Index d, double kappa)
      : condition(kappa), lambda(V::LinSpaced(d, 0, std::log(kappa)).array().exp()), lowest(V::Ones(d)) {
    const V mirror = V::LinSpaced(d, 1, 4).normalized();
    directions = Matrix::Identity(d, d) - 2 * mirror * mirror.transpose();
  }

  auto objective() const {
    const Matrix half = directions * lambda.cwiseSqrt().asDiagonal();
    const Matrix A = half * half.transpose();
    return Quadratic{A, A * lowest};
  }

  /// The worst place for gradient descent: ∇f has the same share of each eigenvector.
  V start() const { return lowest + directions * (condition * lambda.cwiseInverse()); }

  double condition;
  V lambda, lowest;
  Matrix directions;
};

/// A stop rule of our own: any callable from Progress to std::optional<Status> is one.
template <class V>
struct CloseTo {
  V target;
  double distance;

  std::optional<Status> operator()(const Progress<V>& now) const {
    if ((now.x - target).norm() <= distance) return Status::converged;
    return std::nullopt;
  }
};

/// An observer of our own: any callable that takes Progress. It keeps what the pictures need, where they are wanted.
struct Point {
  double iteration, seconds, error, x1, x2;
};
template <class V>
struct Record {
  const V& lowest;
  std::vector<Point>* points;

  void operator()(const Progress<V>& now) const {
    if (points == nullptr) return;
    const double error = (now.x - lowest).norm();
    points->push_back({static_cast<double>(now.iteration), now.seconds(), error, now.x[0], now.x[1]});
  }
};

/// Calls use(name, run) for each optimizer of this page, where run(start, ε, points) is one minimisation. That is the whole
/// use of natgrad: an objective, a start, an optimizer, and where we want to say so, when to stop and who watches.
template <class V, class Use>
void with_each_optimizer(const Valley<V>& valley, const Use& use) {
  const auto f = valley.objective();
  const auto offer = [&](const std::string& name, const auto& optimizer) {
    use(name, [&](const V& start, double error, std::vector<Point>* points) {
      const CloseTo<V> close{valley.lowest, error * (start - valley.lowest).norm()};
      const StopWhen limits{.gradient_norm = 0, .max_iterations = 1'000'000};
      return minimize(f, start, optimizer, close | limits, Record<V>{valley.lowest, points});
    });
  };
  offer("GD, fixed step",
        GradientDescent{FixedStep{2 / (1 + valley.condition)}});  // no fixed step does better
  offer("GD, exact step", GradientDescent{ExactStep{}});
  offer("GD, Armijo", GradientDescent{Armijo{}});
  offer("GD as it comes", GradientDescent{});  // Barzilai and Borwein's step
  offer("Newton", Newton{});
  offer("natural gradient", NaturalGradient{});
}

// ---- the table -------------------------------------------------------------------------------------------------------

/// The fastest of some runs: the first pays for cold caches.
template <class Run>
auto fastest(const Run& run) {
  auto best = run();
  for (double spent = best.seconds, i = 0; i < 20 && spent < 0.1; ++i) {
    auto next = run();
    spent += next.seconds;
    if (next.seconds < best.seconds) best = next;
  }
  return best;
}

template <class V>
void compare(Index d, example::Claims& claims) {
  using example::fixed, example::scientific;
  example::Table table("optimizer", "iterations", "evaluations", "final error", "time");
  bool all_arrive = true, one_step = true;
  double fewest = 1e300, most = 0;  // steps of gradient descent, in units of ½κ·ln(1/ε)

  for (const double kappa : {1.0, 1e2, 1e4}) {
    table.heading("κ = " + fixed(kappa, 0));
    const Valley<V> valley(d, kappa);
    const V start = valley.start();
    with_each_optimizer(valley, [&](const std::string& name, const auto& run) {
      const auto r = fastest([&] { return run(start, kError, nullptr); });
      const double error = (r.x - valley.lowest).norm() / (start - valley.lowest).norm();
      table.row(name, r.iterations, r.counts.values, scientific(error), example::duration(r.seconds));

      all_arrive = all_arrive && r.converged() && error <= kError;
      if (name == "Newton" || name == "natural gradient") one_step = one_step && r.iterations == 1;
      if (name.starts_with("GD, ") && kappa > 1) {
        const double steps = static_cast<double>(r.iterations) / (0.5 * kappa * std::log(1 / kError));
        fewest = std::min(fewest, steps);
        most = std::max(most, steps);
      }
    });
  }
  std::cout << d << " dimensions, until the error ‖x − x*‖ is 1e-6 of that at the start:\n\n"
            << table << '\n';

  const std::string where = std::to_string(d) + "-D: ";
  claims.add(all_arrive, where + "every optimizer reaches an error of 1e-6");
  claims.add(one_step, where + "Newton and the natural gradient take one step, at κ = 1, 100 and 10000");
  claims.add(0.5 < fewest && most < 1.01, where + "GD with a fixed, exact or Armijo step takes "
                                              + fixed(fewest, 2) + " to " + fixed(most, 2)
                                              + " times ½κ·ln(1/ε) steps, at κ = 100 and 10000");
}

// ---- the pictures ----------------------------------------------------------------------------------------------------

/// The error against steps and against time, each on log axes.
std::vector<Panel> error_panels() {
  Panel steps{.title = "100 dimensions, κ = 10^4: steps",
              .x_label = "1 + iterations",
              .y_label = "‖x − x*‖ / ‖x_0 − x*‖"};
  Panel time{
      .title = "100 dimensions, κ = 10^4: time", .x_label = "seconds", .y_label = "‖x − x*‖ / ‖x_0 − x*‖"};
  const Valley<VectorXd> valley(100, 1e4);
  with_each_optimizer(valley, [&](const std::string& name, const auto& run) {
    std::vector<Point> points, again;
    for (int i = 0; i < 3; ++i) {  // the fastest of three
      again.clear();
      run(valley.start(), 1e-8, &again);
      if (points.empty() || again.back().seconds < points.back().seconds) points = again;
    }
    Curve by_step{name, {}, {}}, by_time{name, {}, {}};
    for (const Point& point : points) {
      by_step.x.push_back(1 + point.iteration);
      by_time.x.push_back(point.seconds);
      by_step.y.push_back(std::max(point.error / points.front().error, 1e-16));
    }
    by_time.y = by_step.y;
    steps.curves.push_back(by_step);
    time.curves.push_back(by_time);
  });
  for (Panel* panel : {&steps, &time}) {
    panel->log_x = panel->log_y = true;
    panel->y_range = {1e-14, 3};
  }
  steps.x_range = {1, 2e5};
  return {steps, time};
}

/// Where the optimizers go, on the contours of √(f − f*), which lie at equal distances.
Panel path_panel() {
  Panel panel{.title = "Two dimensions, κ = 20: paths", .x_label = "x_1", .y_label = "x_2"};
  const Valley<Vector2d> valley(2, 20);
  const Vector2d start(-4, 2.6);
  const auto f = valley.objective();
  const double least = f.value(valley.lowest);
  panel.landscape = [f, least](double x1, double x2) { return std::sqrt(f.value(Vector2d(x1, x2)) - least); };
  for (int i = 1; i <= 14; ++i) panel.levels.push_back(0.7 * i);
  panel.x_range = {-4.9, 2.7};
  panel.y_range = {-0.8, 4.7};
  panel.same_scale = true;
  panel.notes = {{-4.55, 2.35, "x_0"}, {1.05, 0.72, "x*"}};
  with_each_optimizer(valley, [&](const std::string& name, const auto& run) {
    std::vector<Point> points;
    run(start, 1e-3, &points);
    Curve path{name, {}, {}};
    for (const Point& point : points) {
      path.x.push_back(point.x1);
      path.y.push_back(point.x2);
    }
    panel.curves.push_back(path);
  });
  return panel;
}

int main() {
  example::Claims claims;
  compare<Vector2d>(2, claims);
  compare<VectorXd>(100, claims);

  const Panel paths = path_panel();
  const std::vector<Panel> errors = error_panels();
  example::draw("01_quadratic_paths", {paths}, {.width = 860, .height = 640});
  example::draw("01_quadratic_error", errors);
  example::draw("01_quadratic", {paths, errors.front()});
  return claims.report();
}
