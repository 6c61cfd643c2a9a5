// SPDX-License-Identifier: MIT
//
// 04: an objective, a step policy and an observer of your own. No base class, nothing to register.

#include "support/claims.hpp"
#include <natgrad/natgrad.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>

using Eigen::Matrix2d, Eigen::Vector2d;

/// f(x) = Σ ‖x − town‖: the length of the roads from a depot x to three towns.
struct RoadLength {
  std::array<Vector2d, 3> towns;

  double value(const Vector2d& x) const {
    double length = 0;
    for (const Vector2d& town : towns) length += (x - town).norm();
    return length;
  }
  void gradient(const Vector2d& x, Vector2d& g) const {
    g.setZero();
    for (const Vector2d& town : towns) g += (x - town).normalized();
  }
  void hessian(const Vector2d& x, Matrix2d& H) const {  // only Newton asks for it
    H.setZero();
    for (const Vector2d& town : towns) {
      const Vector2d u = (x - town).normalized();
      H += (Matrix2d::Identity() - u * u.transpose()) / (x - town).norm();
    }
  }
};

/// How far: the first of α = 1, ½, ¼, … at which f is lower. A policy sees f along the direction, and nothing else.
struct HalveUntilLower {
  template <class Search>
  typename Search::Step operator()(Search& search) const {
    for (double alpha = 1; alpha > 1e-10; alpha /= 2) {
      if (search.value(alpha) < search.value() && search.usable(alpha)) return alpha;
    }
    return natgrad::NoStep{"f does not fall along this direction"};
  }
};

int main() {
  const RoadLength roads{{Vector2d{0, 0}, Vector2d{8, 0}, Vector2d{2, 6}}};

  /// Who watches: any callable.
  bool always_shorter = true;
  const auto watch = [&](const natgrad::Progress<Vector2d>& now) {
    std::printf("  %2d   depot at (%.6f, %.6f)   %.9f km of road\n", static_cast<int>(now.iteration),
                now.x[0], now.x[1], now.value);
    always_shorter = always_shorter && now.value_change <= 0;
  };

  const auto result = natgrad::minimize(roads, Vector2d{7, 5}, natgrad::Newton{HalveUntilLower{}},
                                        natgrad::StopWhen{}, watch);
  std::cout << '\n' << result;

  // Torricelli (1640) knew the answer: from the depot, the towns lie 120° apart.
  example::Claims claims;
  claims.add(result.converged(), "the run converges");
  claims.add(always_shorter, "each step of the policy shortens the roads");
  for (std::size_t i = 0; i < 3; ++i) {
    const Vector2d a = roads.towns[i] - result.x, b = roads.towns[(i + 1) % 3] - result.x;
    const double degrees = std::acos(a.normalized().dot(b.normalized())) * 180 / std::acos(-1.0);
    claims.add(std::abs(degrees - 120) < 1e-6, "towns " + std::to_string(i + 1) + " and "
                                                   + std::to_string((i + 1) % 3 + 1)
                                                   + " lie 120 degrees apart");
  }
  return claims.report();
}
