// SPDX-License-Identifier: MIT
#include "support/problems/make_problem.hpp"
#include "support/problems/more_garbow_hillstrom.hpp"

#include <algorithm>

// Moré, Garbow & Hillstrom (1981), problems 28–35: any number of variables.

namespace natgrad::test {

namespace {

using Eigen::Index;

/// tᵢ = i/(n + 1), i = 1 … n at index i − 1
template <class T>
Constant<T> node(Index i, Index n) {
  return static_cast<Constant<T>>(static_cast<double>(i + 1) / static_cast<double>(n + 1));
}

template <class T>
T cube(const T& a) {
  return a * a * a;
}

struct DiscreteBoundaryValue {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    const Constant<T> h = node<T>(0, n);
    for (Index i = 0; i < n; ++i) {
      r[i] = 2 * x[i] + h * h / 2 * cube(T(x[i] + node<T>(i, n) + 1));
      if (i > 0) r[i] -= x[i - 1];
      if (i + 1 < n) r[i] -= x[i + 1];
    }
  }
};

struct DiscreteIntegral {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    const Constant<T> h = node<T>(0, n);
    Vector<T> cubes(n);
    for (Index j = 0; j < n; ++j) cubes[j] = cube(T(x[j] + node<T>(j, n) + 1));
    for (Index i = 0; i < n; ++i) {
      const Constant<T> t = node<T>(i, n);
      T below(0);
      T above(0);
      for (Index j = 0; j <= i; ++j) below += node<T>(j, n) * cubes[j];
      for (Index j = i + 1; j < n; ++j) above += (1 - node<T>(j, n)) * cubes[j];
      r[i] = x[i] + h / 2 * ((1 - t) * below + t * above);
    }
  }
};

struct BroydenTridiagonal {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    for (Index i = 0; i < n; ++i) {
      r[i] = (3 - 2 * x[i]) * x[i] + 1;
      if (i > 0) r[i] -= x[i - 1];
      if (i + 1 < n) r[i] -= 2 * x[i + 1];
    }
  }
};

struct BroydenBanded {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    for (Index i = 0; i < n; ++i) {
      r[i] = x[i] * (2 + 5 * x[i] * x[i]) + 1;
      for (Index j = std::max<Index>(0, i - 5); j <= std::min(n - 1, i + 1); ++j) {
        if (j != i) r[i] -= x[j] * (1 + x[j]);
      }
    }
  }
};

struct LinearFullRank {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    T sum(0);
    for (const T& xi : x) sum += xi;
    const T shift = 2 * sum / static_cast<Constant<T>>(r.size()) + 1;
    for (Index i = 0; i < r.size(); ++i) r[i] = i < x.size() ? x[i] - shift : -shift;
  }
};

struct LinearRankOne {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    T sum(0);
    for (Index j = 0; j < x.size(); ++j) sum += static_cast<Constant<T>>(j + 1) * x[j];
    for (Index i = 0; i < r.size(); ++i) r[i] = static_cast<Constant<T>>(i + 1) * sum - 1;
  }
};

/// The first and the last variable are absent: zero rows in H.
struct LinearRankOneZero {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    T sum(0);
    for (Index j = 1; j + 1 < x.size(); ++j) sum += static_cast<Constant<T>>(j + 1) * x[j];
    r[0] = T(-1);
    for (Index i = 1; i + 1 < r.size(); ++i) r[i] = static_cast<Constant<T>>(i) * sum - 1;
    r[r.size() - 1] = T(-1);
  }
};

/// rᵢ = mean_j Tᵢ(2xⱼ − 1) − ∫₀¹ Tᵢ(2x − 1)dx, the integral being 0 for odd i and −1/(i² − 1) for even i
struct Chebyquad {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const auto n = static_cast<Constant<T>>(x.size());
    for (T& ri : r) ri = T(0);
    for (const T& xj : x) {
      const T argument = 2 * xj - 1;
      T before(1);
      T current = argument;
      for (T& ri : r) {
        ri += current / n;
        const T next = 2 * argument * current - before;
        before = current;
        current = next;
      }
    }
    for (Index i = 2; i <= r.size(); i += 2)
      r[i - 1] += static_cast<Constant<T>>(1.0 / static_cast<double>(i * i - 1));
  }
};

/// 1/(n + 1), …, n/(n + 1)
Eigen::VectorXd nodes(Index n) {
  return Eigen::VectorXd::LinSpaced(n, 1, static_cast<double>(n)) / static_cast<double>(n + 1);
}

/// tⱼ(tⱼ − 1)
Eigen::VectorXd parabola(Index n) { return nodes(n).array() * (nodes(n).array() - 1); }

template <class Residuals>
Problem square(const Residuals& residuals, int number, std::string name, const Eigen::VectorXd& start,
               std::vector<Eigen::VectorXd> points = {}) {
  return make_problem(residuals, number, std::move(name), start, start.size(), {published(0)},
                      std::move(points));
}

/// m = 2n = 20
template <class Residuals>
Problem linear(const Residuals& residuals, int number, std::string name, double minimum,
               std::vector<Eigen::VectorXd> points = {}) {
  return make_problem(residuals, number, std::move(name), Eigen::VectorXd::Ones(10), 20, {published(minimum)},
                      std::move(points));
}

Problem chebyquad(std::vector<Minimum> minima, std::vector<Eigen::VectorXd> points) {
  const Index n = points.front().size();
  return make_problem(Chebyquad{}, 35, "Chebyquad", nodes(n), n, std::move(minima), std::move(points));
}

}  // namespace

std::vector<Problem> problems_28_to_35() {
  const Eigen::VectorXd boundary_value =
      vector({-0.04316498252, -0.08157715654, -0.1144857144, -0.1409735769, -0.1599086962, -0.1698772023,
              -0.1690899838, -0.1552495352, -0.1253558917, -0.07541653369});
  return {
      square(DiscreteBoundaryValue{}, 28, "Discrete boundary value", parabola(10), {boundary_value}),
      square(DiscreteBoundaryValue{}, 28, "Discrete boundary value", parabola(20)),
      square(DiscreteIntegral{}, 29, "Discrete integral equation", parabola(10), {boundary_value}),
      square(DiscreteIntegral{}, 29, "Discrete integral equation", parabola(20)),
      square(BroydenTridiagonal{}, 30, "Broyden tridiagonal", Eigen::VectorXd::Constant(10, -1),
             {vector({-0.570722132, -0.68180695, -0.702210076, -0.7055106299, -0.7049061557, -0.701496607,
                      -0.6918893224, -0.6657965144, -0.596035109, -0.4164122575})}),
      square(BroydenTridiagonal{}, 30, "Broyden tridiagonal", Eigen::VectorXd::Constant(20, -1)),
      square(BroydenBanded{}, 31, "Broyden banded", Eigen::VectorXd::Constant(10, -1),
             {vector({-0.4283028636, -0.4765964244, -0.5196524636, -0.5580993248, -0.5925061568,
                      -0.6245036822, -0.6232394714, -0.6213938418, -0.6204535967, -0.5864692707})}),
      square(BroydenBanded{}, 31, "Broyden banded", Eigen::VectorXd::Constant(20, -1)),
      // m − n, m(m − 1)/(2(2m + 1)) and (m² + 3m − 6)/(2(2m − 3))
      linear(LinearFullRank{}, 32, "Linear, full rank", 10, {Eigen::VectorXd::Constant(10, -1)}),
      linear(LinearRankOne{}, 33, "Linear, rank 1", 20.0 * 19 / (2 * 41)),
      linear(LinearRankOneZero{}, 34, "Linear, rank 1, zero columns and rows", (400.0 + 60 - 6) / (2 * 37)),
      chebyquad({published(0)}, {vector({0.2113248654, 0.7886751346})}),
      chebyquad({published(0)}, {vector({0.06687659095, 0.2887406731, 0.3666822992, 0.6333177008,
                                         0.7112593269, 0.9331234091})}),
      chebyquad({published(3.51687372568e-3)}, {vector({0.04315276015, 0.1930908404, 0.2663287069, 0.5, 0.5,
                                                        0.7336712931, 0.8069091596, 0.9568472398})}),
      chebyquad({published(0)}, {vector({0.04420534614, 0.1994906723, 0.2356191085, 0.4160469079, 0.5,
                                         0.5839530921, 0.7643808915, 0.8005093277, 0.9557946539})}),
      chebyquad({published(6.50395480088e-3), local(4.77271369638e-3), local(9.50062885022e-3)},
                {vector({0.07474816621, 0.1715181769, 0.2864341526, 0.3596464506, 0.4707505229, 0.616738335,
                         0.616738335, 0.7998108015, 0.8448546422, 0.967006627}),
                 vector({0.0596199005358, 0.166708281836, 0.239170658943, 0.398884292306, 0.398884292306,
                         0.601115707694, 0.601115707694, 0.760829341057, 0.833291718164, 0.940380099464}),
                 vector({0.0271149378359, 0.13179828846, 0.207684014045, 0.38511560741, 0.38511560741,
                         0.61488439259, 0.86820171154, 0.972885062164, 0.792315985955, 0.61488439259})}),
  };
}

}  // namespace natgrad::test
