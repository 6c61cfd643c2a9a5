// SPDX-License-Identifier: MIT
#include "support/problems/make_problem.hpp"
#include "support/problems/more_garbow_hillstrom.hpp"

#include <cmath>

// Moré, Garbow & Hillstrom (1981), problems 20–27: any number of variables.

namespace natgrad::test {

namespace {

using Eigen::Index;

struct Watson {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    for (Index i = 0; i < 29; ++i) {
      const auto t = static_cast<Constant<T>>(static_cast<double>(i + 1) / 29);
      // p(t) = Σ xⱼtʲ⁻¹ and p′(t), by Horner's scheme
      T p(0);
      T slope(0);
      for (Index j = x.size() - 1; j >= 0; --j) {
        slope = slope * t + p;
        p = p * t + x[j];
      }
      r[i] = slope - p * p - 1;
    }
    r[29] = x[0];
    r[30] = x[1] - x[0] * x[0] - 1;
  }
};

struct ExtendedRosenbrock {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    for (Index i = 0; i < x.size(); i += 2) {
      r[i] = 10 * (x[i + 1] - x[i] * x[i]);
      r[i + 1] = 1 - x[i];
    }
  }
};

struct ExtendedPowellSingular {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    for (Index i = 0; i < x.size(); i += 4) {
      r[i] = x[i] + 10 * x[i + 1];
      r[i + 1] = Constant<T>(std::sqrt(5.0)) * (x[i + 2] - x[i + 3]);
      r[i + 2] = (x[i + 1] - 2 * x[i + 2]) * (x[i + 1] - 2 * x[i + 2]);
      r[i + 3] = Constant<T>(std::sqrt(10.0)) * (x[i] - x[i + 3]) * (x[i] - x[i + 3]);
    }
  }
};

struct Penalty1 {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    r[n] = T(-0.25);
    for (Index i = 0; i < n; ++i) {
      r[i] = Constant<T>(std::sqrt(1e-5)) * (x[i] - 1);
      r[n] += x[i] * x[i];
    }
  }
};

struct Penalty2 {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    const Index n = x.size();
    const auto weight = static_cast<Constant<T>>(std::sqrt(1e-5));
    const auto e = static_cast<Constant<T>>(std::exp(-0.1));
    const auto y = [](Index i) {
      return static_cast<Constant<T>>(std::exp(static_cast<double>(i) / 10)
                                      + std::exp(static_cast<double>(i - 1) / 10));
    };
    r[0] = x[0] - Constant<T>(0.2);
    r[2 * n - 1] = static_cast<Constant<T>>(n) * x[0] * x[0] - 1;
    T before = exp(x[0] / 10);
    for (Index i = 1; i < n; ++i) {
      const T current = exp(x[i] / 10);
      r[i] = weight * (current + before - y(i + 1));
      r[n + i - 1] = weight * (current - e);
      r[2 * n - 1] += static_cast<Constant<T>>(n - i) * x[i] * x[i];
      before = current;
    }
  }
};

struct VariablyDimensioned {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    T sum(0);
    for (Index i = 0; i < n; ++i) {
      r[i] = x[i] - 1;
      sum += static_cast<Constant<T>>(i + 1) * r[i];
    }
    r[n] = sum;
    r[n + 1] = sum * sum;
  }
};

struct Trigonometric {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::cos, std::sin;
    const Index n = x.size();
    T sum(static_cast<Constant<T>>(n));
    for (Index i = 0; i < n; ++i) {
      const T cosine = cos(x[i]);
      sum -= cosine;
      r[i] = static_cast<Constant<T>>(i + 1) * (1 - cosine) - sin(x[i]);
    }
    for (Index i = 0; i < n; ++i) r[i] += sum;
  }
};

struct BrownAlmostLinear {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    const Index n = x.size();
    T sum(0);
    T product(1);
    for (Index i = 0; i < n; ++i) {
      sum += x[i];
      product *= x[i];
    }
    for (Index i = 0; i < n - 1; ++i) r[i] = x[i] + sum - static_cast<Constant<T>>(n + 1);
    r[n - 1] = product - 1;
  }
};

/// (first, second, first, second, …), or longer periods
Eigen::VectorXd repeated(const Eigen::VectorXd& period, Index n) {
  return period.replicate(n / period.size(), 1);
}

Eigen::VectorXd ones(Index n) { return Eigen::VectorXd::Ones(n); }

/// 1, 2, …, n
Eigen::VectorXd indices(Index n) { return Eigen::VectorXd::LinSpaced(n, 1, static_cast<double>(n)); }

Problem watson(Index n, double minimum, const Eigen::VectorXd& point) {
  return make_problem(Watson{}, 20, "Watson", Eigen::VectorXd::Zero(n), 31, {published(minimum)}, {point});
}

Problem extended_rosenbrock(Index n) {
  return make_problem(ExtendedRosenbrock{}, 21, "Extended Rosenbrock", repeated(vector({-1.2, 1}), n), n,
                      {published(0)}, {ones(n)});
}

Problem extended_powell_singular(Index n) {
  return make_problem(ExtendedPowellSingular{}, 22, "Extended Powell singular",
                      repeated(vector({3, -1, 0, 1}), n), n, {published(0)}, {Eigen::VectorXd::Zero(n)});
}

Problem penalty_1(Index n, double minimum, double x) {
  return make_problem(Penalty1{}, 23, "Penalty I", indices(n), n + 1, {published(minimum)},
                      {Eigen::VectorXd::Constant(n, x)});
}

Problem penalty_2(Index n, double minimum, const Eigen::VectorXd& point) {
  return make_problem(Penalty2{}, 24, "Penalty II", 0.5 * ones(n), 2 * n, {published(minimum)}, {point});
}

Problem variably_dimensioned(Index n) {
  return make_problem(VariablyDimensioned{}, 25, "Variably dimensioned",
                      ones(n) - indices(n) / static_cast<double>(n), n + 2, {published(0)}, {ones(n)});
}

Problem trigonometric(Index n, std::vector<Minimum> minima, std::vector<Eigen::VectorXd> points) {
  return make_problem(Trigonometric{}, 26, "Trigonometric", ones(n) / static_cast<double>(n), n,
                      std::move(minima), std::move(points));
}

/// Beside x = 1: f = 1 as x → (0, …, 0, n + 1)
Problem brown_almost_linear(Index n, std::vector<Minimum> minima, std::vector<Eigen::VectorXd> points) {
  return make_problem(BrownAlmostLinear{}, 27, "Brown almost-linear", 0.5 * ones(n), n, std::move(minima),
                      std::move(points));
}

/// (a, …, a, b, c)
Eigen::VectorXd constant_but_two(Index n, double a, double b, double c) {
  Eigen::VectorXd x = Eigen::VectorXd::Constant(n, a);
  x.tail<2>() << b, c;
  return x;
}

}  // namespace

std::vector<Problem> problems_20_to_27() {
  return {
      watson(6, 2.28767005355e-3,
             vector({-0.0157250864, 1.012434869, -0.232991626, 1.260430088, -1.513728923, 0.9929964324})),
      watson(9, 1.3997601381e-6,
             vector({-1.530703652e-05, 0.9997897039, 0.01476396369, 0.1463423283, 1.000821103, -2.617731141,
                     4.104403164, -3.143612279, 1.052626408})),
      watson(
          12, 4.72238110705e-10,
          vector({-6.638060371e-09, 1.000001644, -0.0005639322103, 0.3478205405, -0.1567315041, 1.052815177,
                  -3.247271153, 7.288434898, -10.27184824, 9.074113647, -4.541375467, 1.012011889})),
      extended_rosenbrock(10),
      extended_rosenbrock(20),
      extended_powell_singular(12),
      extended_powell_singular(20),
      penalty_1(4, 2.2499775009e-5, 0.2500074996),
      penalty_1(10, 7.08765146709e-5, 0.1581223011),
      penalty_2(4, 9.37629300736e-6, vector({0.1999993334, 0.191316701, 0.4801014853, 0.5188454044})),
      penalty_2(10, 2.93660537457e-4,
                vector({0.1999836052, 0.01035064847, 0.01960493448, 0.03208906722, 0.0499326774,
                        0.07651399515, 0.1186240729, 0.1921448723, 0.3473205869, 0.3691643742})),
      variably_dimensioned(10),
      variably_dimensioned(30),
      trigonometric(
          5, {published(0), local(1.7733760879e-3)},
          {vector({0.1045485069, 0.1115624973, 0.121202607, 0.3533943646, 0.1904899004}),
           vector({0.132803231797, 0.143987040675, 0.389288974696, 0.181663985718, 0.177363792996})}),
      trigonometric(
          10,
          {published(0), published(2.79505612188e-5), local(4.21863388792e-5), local(4.47356581281e-7),
           local(8.78822521822e-4)},
          {vector({0.0551509039807, 0.0568406167947, 0.0587640017627, 0.0609906086568, 0.0636262136959,
                   0.0668431794528, 0.20816151857, 0.164363095886, 0.0850068956885, 0.0914314507147}),
           vector({0.0539129253743, 0.0554965913797, 0.0572858809321, 0.0593366454436, 0.0617301271543,
                   0.257886003596, 0.0681141821196, 0.0726229310941, 0.0784615992521, 0.0837538640867}),
           vector({0.0515388594285, 0.0530213620147, 0.0546968568584, 0.0566195887548, 0.0588706479652,
                   0.0615796602957, 0.218376691337, 0.0695225970385, 0.143728075982, 0.0925312264701}),
           vector({12.6288624595, 12.6308434972, 12.6330765557, 12.6356151701, 6.55858287137, 12.6418162822,
                   18.9285860813, 12.6486438776, 12.6500098933, 12.6484594626})}),
      brown_almost_linear(10, {published(0), published(1), local(0.917900099786), local(1.84124836609)},
                          {ones(10), constant_but_two(10, -0.903188192114, 0.106538052191, 18.9105292472),
                           constant_but_two(10, 1.36809554143, -0.0667893832098, -1.09590305891)}),
      brown_almost_linear(30, {published(0), published(1), local(1.27321171158)},
                          {ones(30), constant_but_two(30, 1.12528284825, -0.0227409946489, -1.57143610987)}),
  };
}

}  // namespace natgrad::test
