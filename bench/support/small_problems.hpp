// SPDX-License-Identifier: MIT
#pragma once

/// Small test functions with known minima (Moré, Garbow & Hillstrom 1981), written as a user would write them.

#include <Eigen/Core>

namespace bench {

using Eigen::Matrix2d;
using Eigen::Matrix4d;
using Eigen::Vector2d;
using Eigen::Vector4d;

/// f = (1 − x)² + 100(y − x²)², no. 1
struct Rosenbrock {
  static constexpr const char* name = "rosenbrock";
  static Vector2d start() { return {-1.2, 1}; }

  double value(const Vector2d& x) const {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    return a * a + 100 * b * b;
  }
  void gradient(const Vector2d& x, Vector2d& g) const {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    g << -2 * a - 400 * x[0] * b, 200 * b;
  }
  void hessian(const Vector2d& x, Matrix2d& H) const {
    H << 2 - 400 * (x[1] - 3 * x[0] * x[0]), -400 * x[0], -400 * x[0], 200;
  }
};

/// f = Σₖ (cₖ − x(1 − yᵏ))², k = 1, 2, 3, no. 5
struct Beale {
  static constexpr const char* name = "beale";
  static Vector2d start() { return {1, 1}; }

  double value(const Vector2d& x) const {
    double f = 0, power = 1;
    for (int k = 0; k < 3; ++k) {
      power *= x[1];
      const double r = c[k] - x[0] * (1 - power);
      f += r * r;
    }
    return f;
  }
  void gradient(const Vector2d& x, Vector2d& g) const {
    g.setZero();
    double before = 1;
    for (int k = 0; k < 3; ++k) {
      const double power = before * x[1], r = c[k] - x[0] * (1 - power);
      g[0] -= 2 * r * (1 - power);
      g[1] += 2 * r * x[0] * (k + 1) * before;
      before = power;
    }
  }
  void hessian(const Vector2d& x, Matrix2d& H) const {
    H.setZero();
    double second = 0, before = 1;  // y^(k−1), yᵏ
    for (int k = 0; k < 3; ++k) {
      const double power = before * x[1], r = c[k] - x[0] * (1 - power);
      const double slope = (k + 1) * before, bend = (k + 1) * k * second;
      H(0, 0) += 2 * (1 - power) * (1 - power);
      H(0, 1) += 2 * (r * slope - (1 - power) * x[0] * slope);
      H(1, 1) += 2 * (x[0] * slope * x[0] * slope + r * x[0] * bend);
      second = before;
      before = power;
    }
    H(1, 0) = H(0, 1);
  }

  static constexpr double c[] = {1.5, 2.25, 2.625};
};

/// f = (x₁ + 10x₂)² + 5(x₃ − x₄)² + (x₂ − 2x₃)⁴ + 10(x₁ − x₄)⁴, singular at its minimum, no. 13
struct PowellSingular {
  static constexpr const char* name = "powell_singular";
  static Vector4d start() { return {3, -1, 0, 1}; }

  double value(const Vector4d& x) const {
    const double a = x[0] + 10 * x[1], b = x[2] - x[3], c = x[1] - 2 * x[2], d = x[0] - x[3];
    return a * a + 5 * b * b + c * c * c * c + 10 * d * d * d * d;
  }
  void gradient(const Vector4d& x, Vector4d& g) const {
    const double a = x[0] + 10 * x[1], b = x[2] - x[3], c = x[1] - 2 * x[2], d = x[0] - x[3];
    const double c3 = 4 * c * c * c, d3 = 40 * d * d * d;
    g << 2 * a + d3, 20 * a + c3, 10 * b - 2 * c3, -10 * b - d3;
  }
  void hessian(const Vector4d& x, Matrix4d& H) const {
    const double c = x[1] - 2 * x[2], d = x[0] - x[3];
    const double c2 = 12 * c * c, d2 = 120 * d * d;
    H << 2 + d2, 20, 0, -d2, 20, 200 + c2, -2 * c2, 0, 0, -2 * c2, 10 + 4 * c2, -10, -d2, 0, -10, 10 + d2;
  }
};

/// f = 100(y − x²)² + (1 − x)² + 90(w − z²)² + (1 − z)² + 10(y + w − 2)² + (y − w)²/10, no. 14
struct Wood {
  static constexpr const char* name = "wood";
  static Vector4d start() { return {-3, -1, -3, -1}; }

  double value(const Vector4d& x) const {
    const double a = x[1] - x[0] * x[0], b = 1 - x[0], c = x[3] - x[2] * x[2], d = 1 - x[2];
    const double e = x[1] + x[3] - 2, f = x[1] - x[3];
    return 100 * a * a + b * b + 90 * c * c + d * d + 10 * e * e + 0.1 * f * f;
  }
  void gradient(const Vector4d& x, Vector4d& g) const {
    const double a = x[1] - x[0] * x[0], c = x[3] - x[2] * x[2];
    const double e = 20 * (x[1] + x[3] - 2), f = 0.2 * (x[1] - x[3]);
    g << -400 * x[0] * a - 2 * (1 - x[0]), 200 * a + e + f, -360 * x[2] * c - 2 * (1 - x[2]), 180 * c + e - f;
  }
  void hessian(const Vector4d& x, Matrix4d& H) const {
    H << 1200 * x[0] * x[0] - 400 * x[1] + 2, -400 * x[0], 0, 0,  //
        -400 * x[0], 220.2, 0, 19.8,                              //
        0, 0, 1080 * x[2] * x[2] - 360 * x[3] + 2, -360 * x[2],   //
        0, 19.8, -360 * x[2], 200.2;
  }
};

}  // namespace bench
