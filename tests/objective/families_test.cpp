// SPDX-License-Identifier: MIT
#include "natgrad/objective/families.hpp"

#include "support/catch.hpp"

#include <limits>

using namespace natgrad;

namespace {

using Real = long double;

/// The derivative of f by central differences of 4th order in long double: error about h⁴ = 1e-16 of f⁽⁵⁾.
template <class Function>
Real slope(const Function& f, Real at) {
  const Real h = 1e-4L;
  return (8 * (f(at + h) - f(at - h)) - (f(at + 2 * h) - f(at - 2 * h))) / (12 * h);
}

template <class Link>
void check_link(const Link& link, std::initializer_list<double> predictors, bool probability) {
  for (const double eta : predictors) {
    CAPTURE(eta);
    const auto mean = link.mean(Real(eta));
    CHECK(
        double(mean.first)
        == Approx(double(slope([&](Real e) { return link.mean(e).value; }, eta))).epsilon(1e-9).margin(1e-9));
    CHECK(
        double(mean.second)
        == Approx(double(slope([&](Real e) { return link.mean(e).first; }, eta))).epsilon(1e-9).margin(1e-9));
    CHECK(double(link.link(mean.value)) == Approx(eta).epsilon(1e-9).margin(1e-12));
    const auto log_mean = link.log_mean(Real(eta));
    CHECK(double(log_mean.value) == Approx(double(std::log(mean.value))).epsilon(1e-12).margin(1e-15));
    CHECK(double(log_mean.first) == Approx(double(mean.first / mean.value)).epsilon(1e-9));
    CHECK(double(log_mean.second)
          == Approx(double(slope([&](Real e) { return link.log_mean(e).first; }, eta)))
                 .epsilon(1e-8)
                 .margin(1e-9));
    if (!probability) continue;
    const auto rest = link.log_complement(Real(eta));
    CHECK(double(rest.value) == Approx(double(std::log1p(-mean.value))).epsilon(1e-12).margin(1e-15));
    CHECK(double(rest.first) == Approx(double(-mean.first / (1 - mean.value))).epsilon(1e-9));
    CHECK(double(rest.second)
          == Approx(double(slope([&](Real e) { return link.log_complement(e).first; }, eta)))
                 .epsilon(1e-8)
                 .margin(1e-9));
  }
}

template <class Family, class Link>
void check_family(const Family& family, const Link& link, std::initializer_list<double> predictors,
                  std::initializer_list<double> responses) {
  for (const double eta : predictors) {
    const Real mu = link.mean(Real(eta)).value;
    const auto at_mean = family.terms(link, mu, Real(eta));
    CHECK(double(at_mean.residual) == Approx(0).margin(1e-15));
    CHECK(double(family.deviance(link, mu, Real(eta))) == Approx(0).margin(1e-15));
    for (const double y : responses) {
      CAPTURE(eta, y);
      const auto at = family.terms(link, Real(y), Real(eta));
      const auto loss = [&](Real e) { return family.terms(link, Real(y), e).loss; };
      const auto residual = [&](Real e) { return family.terms(link, Real(y), e).residual; };
      const auto half_deviance = [&](Real e) { return family.deviance(link, Real(y), e) / 2; };
      CHECK(double(at.residual) == Approx(double(slope(loss, eta))).epsilon(1e-9).margin(1e-9));
      CHECK(double(at.residual) == Approx(double(slope(half_deviance, eta))).epsilon(1e-9).margin(1e-9));
      CHECK(double(at.observed) == Approx(double(slope(residual, eta))).epsilon(1e-9).margin(1e-9));
      // Every curvature is affine in y, so that its mean over y is its value at y = μ.
      CHECK(double(at.expected) == Approx(double(at_mean.observed)).epsilon(1e-12));
      // E[r²] = E[∂r/∂η], with r = (μ − y)·∂r/∂y affine in y too.
      const Real per_unit = at.residual / (mu - Real(y));
      CHECK(double(per_unit * per_unit * family.variance(mu)) == Approx(double(at.expected)).epsilon(1e-10));
    }
  }
}

}  // namespace

TEST_CASE("every link inverts itself and has the derivatives it claims") {
  check_link(IdentityLink{}, {0.2, 0.7}, true);
  check_link(Log{}, {-3, -0.2}, true);
  check_link(Log{}, {3}, false);
  check_link(Inverse{}, {0.3, 2, 9}, false);
  check_link(Sqrt{}, {0.1, 0.5, 0.9}, true);
  check_link(Logit{}, {-9, -1, 0.1, 4}, true);
  check_link(Probit{}, {-9, -7.5, -1, 0.1, 4}, true);
  check_link(Cloglog{}, {-9, -4, -1, 0.1, 1.2}, true);
}

TEST_CASE("residual, observed and expected curvature of every family agree with its loss") {
  check_family(Gaussian{}, IdentityLink{}, {-2, 0.3}, {-1, 0.5});
  check_family(Gaussian{}, Log{}, {-2, 0.3}, {-1, 0.5});
  check_family(Binomial{}, Logit{}, {-4, 0.3}, {0, 0.4, 1});
  check_family(Binomial{}, Probit{}, {-3, 0.3}, {0, 0.4, 1});
  check_family(Binomial{}, Cloglog{}, {-4, 0.3}, {0, 0.4, 1});
  check_family(Binomial{}, Log{}, {-4, -0.3}, {0, 0.4, 1});
  check_family(Binomial{}, IdentityLink{}, {0.3, 0.8}, {0, 0.4, 1});
  check_family(Poisson{}, Log{}, {-2, 1.3}, {0, 1, 7});
  check_family(Poisson{}, Sqrt{}, {0.2, 1.3}, {0, 1, 7});
  check_family(Poisson{}, IdentityLink{}, {0.2, 1.3}, {0, 1, 7});
  check_family(Gamma{}, Inverse{}, {0.2, 1.3}, {0.1, 1, 7});
  check_family(Gamma{}, Log{}, {-2, 1.3}, {0.1, 1, 7});
  check_family(NegativeBinomial{2.5}, Log{}, {-2, 1.3}, {0, 1, 7});
  check_family(NegativeBinomial{0.5}, Sqrt{}, {0.2, 1.3}, {0, 1, 7});
}

TEST_CASE("a binomial loss keeps its digits where the mean rounds to 0 or 1") {
  const Binomial family;
  // log Φ(−30) and the Mills ratio there, from their asymptotic series (DLMF 7.12.1) to 1e-12
  const double z = 30,
               series = 1 - 1 / (z * z) + 3 / std::pow(z, 4) - 15 / std::pow(z, 6) + 105 / std::pow(z, 8);
  const auto probit = family.terms(Probit{}, 1.0, -z);
  CHECK(probit.loss
        == Approx(z * z / 2 + std::log(z) + 0.9189385332046727 - std::log(series)).epsilon(1e-12));
  CHECK(-probit.residual == Approx(z / series).epsilon(1e-10));
  CHECK(family.terms(Logit{}, 1.0, -800.0).loss == 800);
  CHECK(family.terms(Logit{}, 0.0, -800.0).loss == 0);
  CHECK(family.terms(Cloglog{}, 1.0, -50.0).loss == Approx(50).epsilon(1e-15));
  CHECK(family.terms(Cloglog{}, 1.0, 8.0).loss == 0);
  for (const double eta : {-300.0, -40.0, 40.0, 300.0}) {
    CAPTURE(eta);
    for (const double y : {0.0, 1.0}) {
      CHECK(std::isfinite(family.terms(Probit{}, y, eta).loss));
      CHECK(std::isfinite(family.terms(Probit{}, y, eta).observed));
      CHECK(std::isfinite(family.terms(Logit{}, y, eta).observed));
    }
  }
}

TEST_CASE("the complementary log-log keeps its digits where its mean is small") {
  for (const double eta : {-40.0, -7.0, -4.7, -4.6, -3.1, -3.0, -2.9, -1.0}) {
    CAPTURE(eta);
    const auto near = Cloglog{}.log_mean(eta);
    const auto exact = Cloglog{}.log_mean(static_cast<long double>(eta));
    const long double t = std::exp(static_cast<long double>(eta)), slope = t / std::expm1(t);
    CHECK(near.value == Approx(static_cast<double>(std::log(-std::expm1(-t)))).epsilon(1e-15));
    CHECK(static_cast<double>(exact.value / std::log(-std::expm1(-t)) - 1) == Approx(0).margin(1e-18));
    CHECK(near.first == Approx(static_cast<double>(slope)).epsilon(1e-15));
    CHECK(near.second == Approx(static_cast<double>(exact.second)).epsilon(1e-14));
  }
}

TEST_CASE("draws have the mean and the variance of their family") {
  const int n = 20'000;
  const auto check = [&](const auto& family, double mean, double kurtosis) {
    double sum = 0, square = 0;
    for (int i = 0; i < n; ++i) {
      IndexedRandom random(7, static_cast<std::uint64_t>(i));
      const double miss = family.draw(mean, random) - mean;
      sum += miss;
      square += miss * miss;
    }
    const double variance = family.variance(mean);
    CAPTURE(mean, variance);
    // 4 standard errors of each
    CHECK(std::abs(sum / n) < 4 * std::sqrt(variance / n));
    CHECK(std::abs(square / n - variance) < 4 * variance * std::sqrt((kurtosis - 1) / n));
  };
  check(Gaussian{}, 3, 3);
  check(Binomial{}, 0.3, 3);
  check(Poisson{}, 2.5, 3.4);
  for (const double mean : {9.9, 10.0, 40.0, 1200.0, 3e6, 1e12}) check(Poisson{}, mean, 3 + 1 / mean);
  check(Gamma{}, 2, 9);
  check(NegativeBinomial{0.5}, 3, 18);
}

TEST_CASE("Poisson draws have the probabilities of Poisson's law, however they are drawn") {
  const int n = 40'000;
  for (const double mean : {3.0, 12.0, 31.0}) {
    std::vector<int> seen(200);
    for (int i = 0; i < n; ++i) {
      IndexedRandom random(11, static_cast<std::uint64_t>(i));
      ++seen.at(static_cast<std::size_t>(Poisson{}.draw(mean, random)));
    }
    double probability = std::exp(-mean), chi = 0;
    int cells = 0;
    for (std::size_t k = 0; k < seen.size(); ++k) {
      const double expected = n * probability;
      if (expected >= 10) {
        chi += (seen[k] - expected) * (seen[k] - expected) / expected;
        ++cells;
      }
      probability *= mean / static_cast<double>(k + 1);
    }
    CAPTURE(mean, chi, cells);
    CHECK(chi < cells + 4 * std::sqrt(2.0 * cells));
  }
}

TEST_CASE("log_factorial is the sum of the logarithms") {
  double sum = 0;
  for (int k = 1; k < 3000; ++k) {
    sum += std::log(static_cast<double>(k));
    REQUIRE(natgrad::detail::log_factorial(k) == Approx(sum).epsilon(1e-12).margin(1e-10));
  }
  CHECK(std::abs(natgrad::detail::log_factorial(0)) < 1e-10);
}

TEST_CASE("a negative binomial of large shape is Poisson") {
  const auto wide = NegativeBinomial{1e12}.terms(Log{}, 3.0, 0.7), poisson = Poisson{}.terms(Log{}, 3.0, 0.7);
  CHECK(wide.loss == Approx(poisson.loss).epsilon(1e-10));
  CHECK(wide.observed == Approx(poisson.observed).epsilon(1e-10));
}

TEST_CASE("the deviance of a large count keeps its digits") {
  // r = (y − μ)/μ = 1e-6: 2μ((1 + r)log(1 + r) − r) = μr²(1 − r/3 + …)
  const double mu = 1e12, wanted = 1 - 1e-6 / 3;
  CHECK(Poisson{}.deviance(IdentityLink{}, mu + 1e6, mu) == Approx(wanted).epsilon(1e-9));
  CHECK(NegativeBinomial{.shape = 1e30}.deviance(IdentityLink{}, mu + 1e6, mu)
        == Approx(wanted).epsilon(1e-6));
}
