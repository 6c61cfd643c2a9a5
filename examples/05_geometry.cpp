// SPDX-License-Identifier: MIT
//
// 05: a path that does not depend on the coordinates.
//
// The normal distributions N(μ, σ²) are a surface, and (μ, σ) and (μ, ln σ) are two maps of it. We walk down
// f = KL(N(0, 1) ‖ N(μ, σ²)) with small steps, once in each pair of coordinates, and draw both walks on the map (μ, σ).
// Gradient descent and Newton take another path in other coordinates: ∇f is steepest by the map's own centimetres, and
// ∇²f is no tensor. The natural gradient measures lengths on the surface itself, by the Fisher information, and takes
// the same path on every map: a straight line in the means of x and x² (Amari 2016, 2.4).

#include "support/claims.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"
#include <natgrad/natgrad.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

using namespace natgrad;
using Eigen::Matrix2d, Eigen::Vector2d;
using example::fixed, example::scientific;

// ---- the family, in any coordinate for σ -----------------------------------------------------------------------------

/// σ and its first two derivatives by the coordinate.
struct Sigma {
  double at, d, dd;
};
struct ByDeviation {
  static constexpr const char* name = "(μ, σ)";
  static Sigma sigma(double s) { return {s, 1, 0}; }
  static double coordinate(double sigma) { return sigma; }
};
struct ByLogarithm {
  static constexpr const char* name = "(μ, ln σ)";
  static Sigma sigma(double s) { return {std::exp(s), std::exp(s), std::exp(s)}; }
  static double coordinate(double sigma) { return std::log(sigma); }
};

/// KL(N(m, s²) ‖ N(μ, σ²))
double divergence(double m, double s, double mu, double sigma) {
  return std::log(sigma / s) + (s * s + (m - mu) * (m - mu)) / (2 * sigma * sigma) - 0.5;
}

/// f(x) = KL(N(0, 1) ‖ N(μ, σ²)): the mean negative log-likelihood of infinitely many standard normal samples.
template <class Chart>
struct NormalFamily {
  double value(const Vector2d& x) const { return divergence(0, 1, x[0], Chart::sigma(x[1]).at); }

  void gradient(const Vector2d& x, Vector2d& g) const {
    const auto [s, d, dd] = Chart::sigma(x[1]);
    g << x[0] / (s * s), by_sigma(x[0], s) * d;
  }

  void hessian(const Vector2d& x, Matrix2d& H) const {
    const auto [s, d, dd] = Chart::sigma(x[1]);
    const double q = 1 + x[0] * x[0];
    const double mixed = -2 * x[0] / (s * s * s) * d;
    H << 1 / (s * s), mixed, mixed, (3 * q / (s * s) - 1) / (s * s) * d * d + by_sigma(x[0], s) * dd;
  }

  /// diag(1/σ², 2/σ²) in (μ, σ): a tensor, so that another coordinate only rescales it
  void fisher(const Vector2d& x, Matrix2d& F) const {
    const auto [s, d, dd] = Chart::sigma(x[1]);
    F = (Vector2d(1, 2 * d * d) / (s * s)).asDiagonal();
  }

  double kl(const Vector2d& x, const Vector2d& to) const {
    return divergence(x[0], Chart::sigma(x[1]).at, to[0], Chart::sigma(to[1]).at);
  }

 private:
  static double by_sigma(double mu, double s) { return (1 - (1 + mu * mu) / (s * s)) / s; }
};

// ---- paths -----------------------------------------------------------------------------------------------------------

/// Points (μ, σ), whatever the coordinates of the walk.
using Path = std::vector<Vector2d>;

const std::vector<Vector2d> kStarts{{-0.93, 0.3}, {0.8, 1.32}, {0.75, 0.28}};

template <class Chart, class Optimizer>
Path walk(const Vector2d& start, const Optimizer& optimizer) {
  Path path;
  const auto record = [&](const Progress<Vector2d>& now) {
    path.emplace_back(now.x[0], Chart::sigma(now.x[1]).at);
  };
  minimize(NormalFamily<Chart>{}, Vector2d(start[0], Chart::coordinate(start[1])), optimizer,
           StopWhen{.gradient_norm = 1e-4, .max_iterations = 100'000}, record);
  return path;
}

/// An optimizer by its name, with a step that is small for it, divided by `finer`.
template <class Chart>
Path walk(const std::string& optimizer, const Vector2d& start, double finer = 1) {
  if (optimizer == "gradient descent") return walk<Chart>(start, GradientDescent{FixedStep{0.0008 / finer}});
  if (optimizer == "Newton") return walk<Chart>(start, Newton{FixedStep{0.04 / finer}});
  return walk<Chart>(start, NaturalGradient{ExpectedFisher{}, FixedStep{0.04 / finer}});
}

/// The natural-gradient flow: μ and μ² + σ², the means of x and x², go straight and exponentially to 0 and 1.
Path exact_path(const Vector2d& start) {
  Path path;
  const double second = start.squaredNorm();
  for (double t = 0; t < 10; t += 0.01) {
    const double left = std::exp(-t), mu = start[0] * left;
    path.emplace_back(mu, std::sqrt(1 + (second - 1) * left - mu * mu));
  }
  return path;
}

/// How far a point of the plane is from a chain of segments.
double distance(const Vector2d& point, const Path& path) {
  double least = (point - path.front()).norm();
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Vector2d along = path[i] - path[i - 1];
    const double share = std::clamp((point - path[i - 1]).dot(along) / along.squaredNorm(), 0.0, 1.0);
    least = std::min(least, (point - path[i - 1] - share * along).norm());
  }
  return least;
}

/// The largest distance of a point of one curve from the other curve.
double apart(const Path& a, const Path& b) {
  double most = 0;
  const std::size_t stride = std::max<std::size_t>(1, a.size() / 300);
  for (std::size_t i = 0; i < a.size(); i += stride) most = std::max(most, distance(a[i], b));
  return most;
}

/// Fisher–Rao distance: the surface is a hyperbolic plane (Atkinson & Mitchell 1981).
double fisher_rao(const Vector2d& a, const Vector2d& b) {
  const double mu = a[0] - b[0], sigma = a[1] - b[1];
  return std::sqrt(2.0) * std::acosh(1 + (mu * mu / 2 + sigma * sigma) / (2 * a[1] * b[1]));
}

double length(const Path& path) {
  double sum = 0;
  for (std::size_t i = 1; i < path.size(); ++i) sum += fisher_rao(path[i - 1], path[i]);
  return sum;
}

// ---- what is claimed -------------------------------------------------------------------------------------------------

void compare_paths(example::Claims& claims) {
  std::cout << "How far the paths in (μ, σ) and in (μ, ln σ) lie apart, in units of the map, as the steps "
               "are halved:\n\n";
  example::Table table("optimizer", "steps α", "α/2", "α/4", "falls by");
  for (const std::string name : {"gradient descent", "Newton", "natural gradient"}) {
    std::vector<double> gap;
    for (const double finer : {1.0, 2.0, 4.0}) {
      double most = 0;
      for (const Vector2d& start : kStarts) {
        most = std::max(most,
                        apart(walk<ByDeviation>(name, start, finer), walk<ByLogarithm>(name, start, finer)));
      }
      gap.push_back(most);
    }
    const double ratio = gap[1] / gap[2];
    table.row(name, fixed(gap[0], 5), fixed(gap[1], 5), fixed(gap[2], 5), fixed(ratio, 2));
    if (name == "natural gradient") {
      claims.add(gap[0] < 0.03 && 1.8 < ratio && ratio < 2.2,
                 "the natural gradient takes one path in both, but for an error of the order of its step");
    } else {
      claims.add(gap[2] > 0.1 && ratio < 1.05, name + " takes two paths, however small its steps");
    }
  }
  std::cout << table << '\n';
}

void compare_with_exact(example::Claims& claims) {
  double coarse = 0, fine = 0;
  for (const Vector2d& start : kStarts) {
    coarse = std::max(coarse, apart(walk<ByDeviation>("natural gradient", start, 2), exact_path(start)));
    fine = std::max(fine, apart(walk<ByDeviation>("natural gradient", start, 4), exact_path(start)));
  }
  claims.add(1.8 < coarse / fine && coarse / fine < 2.2,
             "that path is the straight line in the means of x and x^2, to the same order");
}

void measure(example::Claims& claims) {
  std::cout << "Fisher-Rao length of the paths from (" << kStarts[0].transpose()
            << ") to (0 1), where the shortest is " << fixed(fisher_rao(kStarts[0], {0, 1}), 4) << ":\n\n";
  example::Table table("optimizer", ByDeviation::name, ByLogarithm::name);
  for (const std::string name : {"gradient descent", "Newton", "natural gradient"}) {
    table.row(name, fixed(length(walk<ByDeviation>(name, kStarts[0])), 4),
              fixed(length(walk<ByLogarithm>(name, kStarts[0])), 4));
  }
  std::cout << table << '\n';
  claims.add(std::abs(fisher_rao({0, 1}, {0, std::exp(1.0)}) - std::sqrt(2.0)) < 1e-12
                 && std::abs(fisher_rao({0, 1}, {1, 1}) - 0.980258143469) < 1e-12,
             "N(0, 1) lies sqrt 2 from N(0, e^2), and 0.980258143469 from N(1, 1)");
}

/// natgrad's own checks, on an objective that was written by hand a page above.
template <class Chart>
void check(example::Claims& claims) {
  const NormalFamily<Chart> f;
  const Vector2d x(0.6, Chart::coordinate(0.7));
  const CheckReport report = check_derivatives(f, x);
  std::cout << "check_derivatives in " << Chart::name << ": " << report << '\n';
  claims.add(report.ok(),
             std::string("the derivatives and the Fisher matrix in ") + Chart::name + " are right");
}

// ---- the picture -----------------------------------------------------------------------------------------------------

void add_curve(example::Panel& panel, const std::string& name, int style, const Path& path) {
  example::Curve curve{name, {}, {}, style};
  for (const Vector2d& point : path) {
    curve.x.push_back(point[0]);
    curve.y.push_back(point[1]);
  }
  panel.curves.push_back(curve);
}

template <class Chart>
example::Panel draw_paths() {
  example::Panel panel{.title = std::string("steps taken in ") + Chart::name, .x_label = "μ", .y_label = "σ"};
  panel.x_range = {-1.1, 1.1};
  panel.y_range = {0.15, 1.5};
  panel.same_scale = true;
  panel.landscape = [](double mu, double sigma) { return std::sqrt(2 * divergence(0, 1, mu, sigma)); };
  for (int i = 1; i <= 20; ++i) panel.levels.push_back(0.2 * i);
  for (const Vector2d& start : kStarts) {
    add_curve(panel, "natural gradient", 4, walk<Chart>("natural gradient", start, 2));
    add_curve(panel, "straight in the means of x and x²", 5, exact_path(start));
    add_curve(panel, "gradient descent", 0, walk<Chart>("gradient descent", start));
    add_curve(panel, "Newton", 3, walk<Chart>("Newton", start, 2));
  }
  for (const Vector2d& start : kStarts) add_curve(panel, "", 5, {start});
  add_curve(panel, "", 5, {{0, 1}});
  panel.notes = {{-0.21, 1.1, "N(0, 1)"}};
  return panel;
}

int main() {
  example::Claims claims;
  check<ByDeviation>(claims);
  check<ByLogarithm>(claims);
  compare_paths(claims);
  compare_with_exact(claims);
  measure(claims);
  example::draw("05_geometry", {draw_paths<ByDeviation>(), draw_paths<ByLogarithm>()},
                {.width = 640, .height = 470});
  return claims.report();
}
