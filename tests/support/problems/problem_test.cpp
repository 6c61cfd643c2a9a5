// SPDX-License-Identifier: MIT
#include "support/problems/problem.hpp"

#include "natgrad/core/objective.hpp"
#include "support/algebra.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

using natgrad::test::Matrix;
using natgrad::test::Minimum;
using natgrad::test::more_garbow_hillstrom;
using natgrad::test::Problem;
using natgrad::test::Vector;

static_assert(natgrad::HasValue<Problem, Vector<double>> && natgrad::HasValue<Problem, Vector<long double>>);
static_assert(natgrad::HasGradient<Problem, Vector<double>> && natgrad::HasGradient<Problem, Vector<float>>);
static_assert(natgrad::HasHessian<Problem, Vector<double>> && natgrad::HasHessian<Problem, Vector<float>>);

namespace {

/// What an independent implementation with hand-written second derivatives printed for one row.
struct Reference {
  int number;
  Eigen::Index size;
  double start_value;                             ///< f(x0), ten digits
  std::pair<double, double> start_eigenvalues;    ///< of ∇²f(x0), three digits
  double minimum;                                 ///< f* found from x0
  std::pair<double, double> minimum_eigenvalues;  ///< of ∇²f(x*), three digits
};

const std::vector<Reference>& references() {
  static const std::vector<Reference> rows{
      {1, 2, 24.2, {23.6, 1.51e+03}, 0, {0.399, 1e+03}},
      {2, 2, 400.5, {2.08, 3.33e+03}, 48.9842536792, {0.821, 905}},
      {3, 2, 1.135261717, {-1.46, 2e+08}, 0, {2.41e-08, 1.66e+10}},
      {4, 2, 9.99998e+11, {4, 4}, 0, {2, 2e+12}},
      {5, 2, 14.203125, {-9.83, 78.3}, 0, {0.301, 49}},
      {6, 2, 4171.306162, {3.69e+05, 1.86e+06}, 124.362182356, {4.48e+03, 1.36e+05}},
      {7, 3, 2500, {-1.28e+03, 1.98e+03}, 0, {1.43, 707}},
      {8, 3, 41.68169586, {0.677, 186}, 0.00821487730658, {0.00741, 33.6}},
      {9, 3, 3.888106991e-06, {0.141, 7.16}, 1.12793276962e-08, {0.14, 7.16}},
      {10, 3, 1693607809, {-3.27e+06, 2.26e+12}, 87.9458551703, {0.0249, 2.47e+14}},
      {11, 3, 12.11070583, {-0.419, 47.4}, 0, {1.36e-05, 94.7}},
      {12, 3, 1031.153811, {-56, 6.61}, 0, {0.000912, 7.6}},
      {13, 4, 215, {4.44, 966}, 0, {0, 202}},
      {14, 4, 19192, {67.2, 1.13e+04}, 0, {0.72, 1.01e+03}},
      {15, 4, 0.005313172272, {-0.004, 5.88}, 0.000307505603849, {0.0029, 8.85}},
      {16, 4, 7926693.337, {4.42e+03, 5.66e+05}, 85822.2016264, {1.23e+03, 9.3e+04}},
      {17, 5, 0.8790262935, {-4.47e+03, 1.75e+05}, 5.46489469748e-05, {3.89e-05, 9.53e+04}},
      {18, 6, 0.7790700757, {-0.175, 24.6}, 0.242677497708, {-5.88e-06, 9.07e+04}},
      {19, 11, 2.093419514, {-1.73, 51.4}, 0.0401377362935, {0.00649, 49.4}},
      {20, 6, 30, {0.00344, 643}, 0.00228767005355, {0.00281, 240}},
      {20, 9, 30, {3.14e-07, 1.41e+03}, 1.3997601381e-06, {3.16e-07, 539}},
      {20, 12, 30, {1.64e-11, 2.6e+03}, 4.72238110705e-10, {1.66e-11, 1.14e+03}},
      {21, 10, 121, {23.6, 1.51e+03}, 0, {0.399, 1e+03}},
      {21, 20, 242, {23.6, 1.51e+03}, 0, {0.399, 1e+03}},
      {22, 12, 645, {4.44, 966}, 0, {0, 202}},
      {22, 20, 1075, {4.44, 966}, 0, {0, 202}},
      {23, 4, 885.06264, {119, 359}, 2.2499775009e-05, {8e-05, 2}},
      {23, 10, 148032.5653, {1.54e+03, 4.62e+03}, 7.08765146709e-05, {0.000126, 2}},
      {24, 4, 2.340008805, {6.36, 81.6}, 9.37629300736e-06, {3.07e-06, 17.9}},
      {24, 10, 162.6527766, {51.6, 1.18e+03}, 0.000293660537457, {1.89e-05, 45.4}},
      {25, 10, 2198551.163, {2, 6.85e+06}, 0, {2, 772}},
      {25, 30, 9866553759, {2, 1.13e+10}, 0, {2, 1.89e+04}},
      {26, 5, 0.01165737899, {-0.457, 0.477}, 0, {0.0142, 2.55}},
      {26, 10, 0.007075759466, {-0.53, 0.968}, 2.79505612188e-05, {0.0626, 2.59}},
      {27, 10, 273.2480478, {0.00773, 218}, 0, {0.0168, 238}},
      {27, 30, 6968.25, {7.44e-09, 1.86e+03}, 0, {0.00209, 1.92e+03}},
      {28, 10, 0.0007885191013, {0.0202, 31}, 0, {0.0216, 31.1}},
      {28, 20, 0.0001253722121, {0.00154, 31.7}, 0, {0.00164, 31.7}},
      {29, 10, 0.06341684158, {1.94, 3.15}, 0, {2.02, 3.35}},
      {29, 20, 0.1196601654, {1.93, 3.15}, 0, {2, 3.34}},
      {30, 10, 21, {42.4, 204}, 0, {15.6, 150}},
      {30, 20, 31, {40.6, 207}, 0, {15.5, 154}},
      {31, 10, 360, {899, 1.42e+03}, 0, {44.8, 145}},
      {31, 20, 720, {899, 1.52e+03}, 0, {44.8, 162}},
      {32, 10, 50, {2, 2}, 10, {2, 2}},
      {33, 10, 8658670, {0, 2.21e+06}, 4.63414634146, {0, 2.21e+06}},
      {34, 10, 4067996, {0, 1.2e+06}, 6.13513513514, {0, 1.2e+06}},
      {35, 2, 0.1975308642, {-3.11, -1.55e-15}, 0, {4, 21.3}},
      {35, 6, 0.0464281723, {-2.99, 47.6}, 0, {1.1, 46.8}},
      {35, 8, 0.03861769829, {-1.57, 53.5}, 0.00351687372568, {1.2, 65.3}},
      {35, 9, 0.02888298029, {-0.892, 54.7}, 0, {0.0633, 99.2}},
      {35, 10, 0.03376326546, {-4.85, 56.3}, 0.00477271369638, {0.307, 104}},
  };
  return rows;
}

/// The smallest and the largest eigenvalue of ∇²f(x), in long double
std::pair<double, double> extreme_eigenvalues(const Problem& problem, const Eigen::VectorXd& x) {
  const Vector<long double> point = x.cast<long double>();
  Matrix<long double> H(x.size(), x.size());
  problem.hessian(point, H);
  const Vector<long double> eigenvalues = natgrad::test::symmetric_eigenvalues(H);
  return {static_cast<double>(eigenvalues[0]), static_cast<double>(eigenvalues[x.size() - 1])};
}

/// Half a unit in the third printed digit, and what rounding leaves of a zero eigenvalue beside one of size `norm`
bool agrees(double computed, double printed, double norm) {
  return std::abs(computed - printed) <= 5.1e-3 * std::abs(printed) + 1e-16 * norm;
}

double max_norm(const Eigen::VectorXd& v) { return v.cwiseAbs().maxCoeff(); }

Eigen::VectorXd gradient_at(const Problem& problem, const Eigen::VectorXd& x) {
  Eigen::VectorXd g(x.size());
  problem.gradient(x, g);
  return g;
}

/// A reproducible point near x0 at which every function is smooth: each coordinate shifted by up to 5 % of itself, or by 0.05
Vector<long double> near_start(const Problem& problem) {
  std::mt19937 engine(static_cast<unsigned>(1000 * problem.number + problem.size()));
  Eigen::VectorXd x = problem.start;
  for (double& xi : x) {
    const double shift = 0.1 * (static_cast<double>(engine()) / 4294967296.0 - 0.5);
    xi += shift * (xi == 0 ? 1 : std::abs(xi));
  }
  return x.cast<long double>();
}

/// dg/dxᵢ ≈ (8(g(x + h) − g(x − h)) − (g(x + 2h) − g(x − 2h)))/12h, of order h⁴
template <class G>
auto central_difference(const G& g, const Vector<long double>& x, Eigen::Index i, long double h) {
  const auto at = [&](int steps) {
    Vector<long double> shifted = x;
    shifted[i] += static_cast<long double>(steps) * h;
    return g(shifted);
  };
  using Value = std::decay_t<decltype(g(x))>;
  return Value((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h));
}

/// h ≈ 1e-4 of the coordinate: the truncation error h⁴ and the rounding error ε/h of long double meet near 1e-15
long double step_size(long double xi) { return 1e-4L * std::max(std::abs(xi), 1e-2L); }

}  // namespace

TEST_CASE("the list has 35 problems in 52 rows") {
  std::set<int> numbers;
  for (const Problem& problem : more_garbow_hillstrom()) numbers.insert(problem.number);
  CHECK(numbers.size() == 35);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == 35);
  REQUIRE(more_garbow_hillstrom().size() == 52);
  REQUIRE(references().size() == 52);
  for (std::size_t i = 0; i < 52; ++i) {
    CHECK(more_garbow_hillstrom()[i].number == references()[i].number);
    CHECK(more_garbow_hillstrom()[i].size() == references()[i].size);
  }
}

TEST_CASE("f at every start agrees with the reference to its ten printed digits") {
  for (const Reference& row : references()) {
    const Problem& problem = more_garbow_hillstrom(row.number, row.size);
    INFO(problem.label());
    CHECK(problem.value(problem.start) == Approx(row.start_value).epsilon(1e-9).margin(0));
    Eigen::VectorXd r(problem.residuals);
    problem.residual(problem.start, r);
    CHECK(r.squaredNorm() == Approx(problem.value(problem.start)).epsilon(1e-14));
  }
}

TEST_CASE("the extreme eigenvalues of the Hessian at every start agree to three digits") {
  for (const Reference& row : references()) {
    const Problem& problem = more_garbow_hillstrom(row.number, row.size);
    INFO(problem.label());
    const auto [smallest, largest] = extreme_eigenvalues(problem, problem.start);
    CAPTURE(smallest, largest, row.start_eigenvalues.first, row.start_eigenvalues.second);
    const double norm = std::max(std::abs(smallest), std::abs(largest));
    CHECK(agrees(smallest, row.start_eigenvalues.first, norm));
    CHECK(agrees(largest, row.start_eigenvalues.second, norm));
  }
}

TEST_CASE("f, its gradient and its curvature at every known minimiser") {
  for (const Reference& row : references()) {
    const Problem& problem = more_garbow_hillstrom(row.number, row.size);
    for (const Eigen::VectorXd& x : problem.points) {
      INFO(problem.label() << " at " << x.transpose());
      const Minimum* minimum = problem.reached(problem.value(x));
      REQUIRE(minimum != nullptr);
      const auto [smallest, largest] = extreme_eigenvalues(problem, x);
      // x* is printed to ten digits: ‖∇f‖ ≤ ‖H‖·‖x*‖·1e-9
      CHECK(max_norm(gradient_at(problem, x)) <= 1e-9 * largest * std::max(1.0, max_norm(x)));
      CHECK(smallest >= -1e-12 * largest);
      if (minimum->value == row.minimum && row.number != 12) {
        CAPTURE(smallest, largest, row.minimum_eigenvalues.first, row.minimum_eigenvalues.second);
        CHECK(agrees(smallest, row.minimum_eigenvalues.first, largest));
        CHECK(agrees(largest, row.minimum_eigenvalues.second, largest));
      }
    }
  }
}

TEST_CASE("every row lists the minimum that the reference found from x0") {
  for (const Reference& row : references()) {
    const Problem& problem = more_garbow_hillstrom(row.number, row.size);
    INFO(problem.label());
    if (row.number == 18) continue;  // it was on the way to a stationary point at infinity that is no minimum
    CHECK(problem.reached(row.minimum) != nullptr);
    CHECK(problem.reached(row.minimum + 1e-4 * row.start_value) == nullptr);
  }
}

TEST_CASE("the gradient agrees with long-double differences of f at a random point") {
  for (const Problem& problem : more_garbow_hillstrom()) {
    INFO(problem.label());
    const Vector<long double> x = near_start(problem);
    Vector<long double> g(x.size());
    problem.gradient(x, g);
    const long double f = problem.value(x);
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const long double h = step_size(x[i]);
      const long double difference =
          central_difference([&](const Vector<long double>& y) { return problem.value(y); }, x, i, h);
      CAPTURE(i, static_cast<double>(g[i]), static_cast<double>(difference));
      const long double rounding = 100 * std::numeric_limits<long double>::epsilon() * f / h;
      CHECK(std::abs(difference - g[i]) <= 1e-8L * std::abs(g[i]) + rounding);
    }
  }
}

TEST_CASE("the Hessian agrees with long-double differences of the gradient at a random point") {
  for (const Problem& problem : more_garbow_hillstrom()) {
    INFO(problem.label());
    const Vector<long double> x = near_start(problem);
    Matrix<long double> H(x.size(), x.size());
    problem.hessian(x, H);
    const auto gradient = [&](const Vector<long double>& y) {
      Vector<long double> g(y.size());
      problem.gradient(y, g);
      return g;
    };
    const long double g_norm = gradient(x).cwiseAbs().maxCoeff();
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const long double h = step_size(x[i]);
      const Vector<long double> difference = central_difference(gradient, x, i, h);
      CAPTURE(i, H.col(i).cast<double>().eval(), difference.cast<double>().eval());
      const long double rounding = 100 * std::numeric_limits<long double>::epsilon() * g_norm / h;
      CHECK((difference - H.col(i)).cwiseAbs().maxCoeff()
            <= 1e-8L * H.col(i).cwiseAbs().maxCoeff() + rounding);
    }
  }
}

TEST_CASE("the residual form has f = ‖r‖², ∇f = 2Jᵀr and F = 2JᵀJ") {
  for (const Problem& problem : more_garbow_hillstrom()) {
    INFO(problem.label());
    const Vector<long double> x = near_start(problem);
    Vector<long double> r(problem.residual_count());
    Matrix<long double> J(problem.residual_count(), x.size());
    Vector<long double> g(x.size());
    problem.residual(x, r);
    problem.jacobian(x, J);
    problem.gradient(x, g);
    CHECK(std::abs(r.squaredNorm() - problem.value(x)) <= 1e-17L * problem.value(x));
    const long double scale = (J.cwiseAbs().transpose() * r.cwiseAbs()).maxCoeff();
    CHECK((2 * J.transpose() * r - g).cwiseAbs().maxCoeff() <= 1e-17L * scale);
    Matrix<long double> F(x.size(), x.size());
    problem.fisher(x, F);
    CHECK(F.isApprox(2 * J.transpose() * J, 1e-17L));
  }
}

TEST_CASE("float, double and long double compute the same function to their own precision") {
  for (const Problem& problem : more_garbow_hillstrom()) {
    INFO(problem.label());
    const Vector<float> x = problem.start.cast<float>();
    const Vector<double> x_double = x.cast<double>();
    const Vector<long double> x_long = x.cast<long double>();
    const auto reference = static_cast<double>(problem.value(x_long));
    CHECK(problem.value(x_double) == Approx(reference).epsilon(1e-13).margin(0));
    // #9 and #28 begin near their minimum: their residuals are differences of numbers 1e3 times as large.
    CHECK(static_cast<double>(problem.value(x)) == Approx(reference).epsilon(1e-3).margin(0));
  }
}

TEST_CASE("a start is scaled, and a zero start becomes a constant") {
  CHECK(more_garbow_hillstrom(1, 2).scaled_start(10) == Eigen::Vector2d(-12, 10));
  CHECK(more_garbow_hillstrom(20, 6).scaled_start(1) == Eigen::VectorXd::Zero(6));
  CHECK(more_garbow_hillstrom(20, 6).scaled_start(100) == Eigen::VectorXd::Constant(6, 100));
}

TEST_CASE("a row that does not exist is an invalid argument") {
  CHECK_THROWS_AS(more_garbow_hillstrom(36, 2), std::invalid_argument);
  CHECK_THROWS_AS(more_garbow_hillstrom(1, 3), std::invalid_argument);
}

TEST_CASE("Jennrich and Sampson overflows at 100·x0") {
  const Problem& problem = more_garbow_hillstrom(6, 2);
  CHECK(std::isfinite(problem.value(problem.scaled_start(10))));
  CHECK(std::isinf(problem.value(problem.scaled_start(100))));
}

TEST_CASE("the helical valley is smooth but for its jump at x₁ = 0, x₂ < 0") {
  const Problem& problem = more_garbow_hillstrom(7, 3);
  // θ by the first residual, 10(x₃ − 10θ)
  const auto theta = [&](double x1, double x2) {
    Eigen::VectorXd r(3);
    problem.residual(Eigen::VectorXd(Eigen::Vector3d(x1, x2, 0)), r);
    return -r[0] / 100;
  };
  CHECK(theta(1, 1) == Approx(0.125));
  CHECK(theta(1, -1) == Approx(-0.125));
  CHECK(theta(-1, 1) == Approx(0.375));
  CHECK(theta(-1, -1) == Approx(0.625));
  CHECK(theta(-1, 0.0) == 0.5);
  CHECK(theta(-1, -0.0) == 0.5);
  CHECK(theta(0, 2) == 0.25);
  CHECK(theta(0, -2) == -0.25);
  CHECK(theta(-1e-12, -2) == Approx(0.75));
  // ∂θ/∂x₁ = −x₂/(2π‖x‖²) at x₁ = 0
  Eigen::MatrixXd J(3, 3);
  problem.jacobian(Eigen::VectorXd(Eigen::Vector3d(0, 2, 0)), J);
  CHECK(J(0, 0) == Approx(100 * 2 / (2 * 3.14159265358979 * 4)));
}

TEST_CASE("f falls towards every listed infimum along a curve to infinity, and does not cross it") {
  using L = long double;
  using Curve = std::function<std::vector<L>(L)>;
  struct Valley {
    int number;
    double infimum;
    Curve x;
    L first;  // where on the curve to begin; t grows fourfold from there
  };
  const L beale = 13.875L / 14;
  // The parameters other than t are least-squares fits of what is left of the model at t = ∞.
  const std::vector<Valley> valleys{
      {3, 1e-8,
       [](L t) {
         return std::vector<L>{1e-4L / t, t};
       },
       100},
      {5, 0.4520089,
       [=](L t) {
         return std::vector<L>{-t, 1 + beale / t};
       },
       100},
      {8, 17.4286933,
       [](L t) {
         return std::vector<L>{0.840666666667L, -t, -t};
       },
       100},
      {8, 0.1147984556,
       [](L t) {
         return std::vector<L>{0.188892022695L, -t, t + 3.62965068923L};
       },
       1000},
      {15, 1.0273430487e-3,
       [](L t) {
         const L a = -0.0220959357302L;
         return std::vector<L>{t, -14.0758834006L, t / a, 0.623801341049L * t / a};
       },
       100},
      {15, 9.44631295942e-4,
       [](L t) {
         return std::vector<L>{-2.42708533317L / t, -t, 7.44730327165L, 5.0241755981L};
       },
       1000},
      {17, 0.0466947914685,
       [](L t) {
         // a + bs + cs², s = τ/320, from 1, exp(−s/t) and exp(−2s/t)
         const L a = 0.98777158136L, b = -0.933368096799L, c = 0.324127455088L;
         return std::vector<L>{a + b * t + c * t * t, -b * t - 2 * c * t * t, c * t * t, 1 / (320 * t),
                               2 / (320 * t)};
       },
       10},
      {18, 4.4681237176e-3,
       [](L t) {
         // Two terms with p = exp(−x₁/10) and p/2 = exp(−x₂/10) fit the first two residuals alone; the third fits the rest.
         const auto rest = [](L s) { return 2.30523731246L * std::exp(-1.70148175034L * s); };
         const auto y = [](L s) { return std::exp(-s) - 5 * std::exp(-10 * s) + 3 * std::exp(-4 * s); };
         const L first = y(0.1L) - rest(0.1L), second = y(0.2L) - rest(0.2L);
         const L p = 1 / t, weight = 2 * second / p - first;
         return std::vector<L>{-10 * std::log(p),          -10 * std::log(p / 2), weight / p,
                               (weight - first) / (p / 2), 1.70148175034L,        2.30523731246L};
       },
       1000},
  };
  for (const Valley& valley : valleys) {
    const Problem& problem = *std::find_if(more_garbow_hillstrom().begin(), more_garbow_hillstrom().end(),
                                           [&](const Problem& p) { return p.number == valley.number; });
    INFO(problem.label() << " towards " << valley.infimum);
    const auto f = [&](L t) {
      const std::vector<L> x = valley.x(t);
      return problem.value(
          Vector<L>(Eigen::Map<const Vector<L>>(x.data(), static_cast<Eigen::Index>(x.size()))));
    };
    L t = valley.first;
    L before = f(t);
    for (int k = 0; k < 4; ++k) {
      t *= 4;
      const L now = f(t);
      CAPTURE(k, static_cast<double>(before), static_cast<double>(now));
      CHECK(now < before);
      CHECK(now > static_cast<L>(valley.infimum) * (1 - 1e-7L));
      before = now;
    }
    const Minimum* minimum = problem.reached(static_cast<double>(before));
    REQUIRE(minimum != nullptr);
    CHECK(minimum->kind == Minimum::Kind::infimum);
  }
}
