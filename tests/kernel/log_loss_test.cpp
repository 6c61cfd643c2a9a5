// SPDX-License-Identifier: MIT
#include "natgrad/kernel/log_loss.hpp"

#include "kernel/every_path.hpp"
#include "kernel/ulps.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace kernel = natgrad::kernel;
using natgrad::test::on_every_path;
using natgrad::test::ulps;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// The loss by the formula, in long double.
struct Reference {
  long double loss, residual, curvature;
};
Reference reference(long double m, long double y) {
  const long double t = std::exp(-std::fabs(m)), q = t / (1 + t), c = m < 0 ? y : 1 - y;
  return {(c == 0 ? 0 : c * std::fabs(m)) + std::log1p(t), m < 0 ? q - c : c - q, q / (1 + t)};
}

template <class T>
struct Rows {
  std::vector<T> margin, label, residual, curvature, loss;

  /// Evaluates each row on its own, so that its loss is seen, at every place of a vector.
  void evaluate() {
    const auto n = margin.size();
    residual.assign(n, T(0)), curvature.assign(n, T(0)), loss.assign(n, T(0));
    for (std::size_t i = 0; i < n; ++i)
      loss[i] = kernel::log_loss<T>(&margin[i], &label[i], nullptr, 1, &residual[i], &curvature[i]);
  }

  double worst() {
    evaluate();
    double most = 0;
    for (std::size_t i = 0; i < margin.size(); ++i) {
      const Reference exact = reference(margin[i], label[i]);
      most = std::max({most, ulps(loss[i], exact.loss), ulps(residual[i], exact.residual),
                       ulps(curvature[i], exact.curvature)});
    }
    return most;
  }
};

/// Margins of both signs and of every size from 2⁻⁶⁰ to beyond the underflow of e^{−|m|}.
template <class T>
Rows<T> whole_range(bool fractions) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> size(-60, sizeof(T) == 4 ? 6.8 : 9.6), unit(0, 1);
  Rows<T> rows;
  for (int i = 0; i < 40000; ++i) {
    const double exponent = i % 3 == 0 ? size(random) : std::uniform_real_distribution<double>(-6, 6)(random);
    rows.margin.push_back(static_cast<T>((random() % 2 ? 1 : -1) * std::exp2(exponent)));
    rows.label.push_back(fractions ? static_cast<T>(unit(random)) : static_cast<T>(random() % 2));
  }
  return rows;
}

}  // namespace

TEMPLATE_TEST_CASE("loss, residual and curvature are within 4 ulp over the whole range", "", float, double) {
  on_every_path([] { CHECK(whole_range<TestType>(false).worst() <= 4); });
}

TEMPLATE_TEST_CASE("a fractional label costs no more than rounding it", "", float, double) {
  on_every_path([] {
    auto rows = whole_range<TestType>(true);
    rows.evaluate();
    double loss = 0, residual = 0;
    for (std::size_t i = 0; i < rows.margin.size(); ++i) {
      const Reference exact = reference(rows.margin[i], rows.label[i]);
      loss = std::max(loss, ulps(rows.loss[i], exact.loss));
      // σ − y may cancel: then the error is that of σ and y themselves.
      residual = std::max(residual, static_cast<double>(std::fabs(rows.residual[i] - exact.residual))
                                        / std::numeric_limits<TestType>::epsilon());
    }
    CHECK(loss <= 4);
    CHECK(residual <= 2);
  });
}

TEMPLATE_TEST_CASE("infinite margins have the limits as values", "", float, double, long double) {
  using T = TestType;
  const T infinity = std::numeric_limits<T>::infinity();
  on_every_path([&] {
    Rows<T> rows;
    rows.margin = {infinity, infinity, -infinity, -infinity, infinity, -infinity};
    rows.label = {1, 0, 0, 1, T(0.25), T(0.25)};
    rows.evaluate();
    CHECK(rows.loss == std::vector<T>{0, infinity, 0, infinity, infinity, infinity});
    CHECK(rows.residual == std::vector<T>{0, 1, 0, -1, T(0.75), T(-0.25)});
    CHECK(rows.curvature == std::vector<T>(6, T(0)));
  });
}

TEMPLATE_TEST_CASE("zero of either sign gives log 2", "", float, double, long double) {
  using T = TestType;
  on_every_path([] {
    Rows<T> rows;
    rows.margin = {T(0), T(-0.0), T(0), T(-0.0)};
    rows.label = {1, 1, 0, 0};
    rows.evaluate();
    for (const T loss : rows.loss)
      CHECK(std::fabs(loss - std::log(T(2))) <= std::numeric_limits<T>::epsilon());
    CHECK(rows.residual == std::vector<T>{T(-0.5), T(-0.5), T(0.5), T(0.5)});
    CHECK(rows.curvature == std::vector<T>(4, T(0.25)));
  });
}

TEST_CASE("a tiny loss keeps its digits") {
  on_every_path([] {
    Rows<double> rows;
    rows.margin = {40, -40, 700, -720, 744};
    rows.label = {1, 0, 1, 0, 1};
    rows.evaluate();
    for (std::size_t i = 0; i < rows.margin.size(); ++i) {
      CHECK(ulps(rows.loss[i], std::exp(-std::fabs(static_cast<long double>(rows.margin[i])))) <= 4);
      CHECK(rows.loss[i] > 0);
    }
  });
}

TEMPLATE_TEST_CASE("one NaN margin makes its row and the sum NaN, and no other row", "", float, double,
                   long double) {
  using T = TestType;
  on_every_path([] {
    for (std::size_t place = 0; place < 70; ++place) {
      std::vector<T> m(70, T(0.5)), y(70, T(1)), r(70), w(70);
      m[place] = std::numeric_limits<T>::quiet_NaN();
      CHECK(std::isnan(kernel::log_loss<T>(m.data(), y.data(), nullptr, 70, r.data(), w.data())));
      int bad = 0;
      for (const T value : r) bad += std::isnan(value);
      CHECK((bad == 1 && std::isnan(r[place]) && std::isnan(w[place])));
    }
  });
}

TEMPLATE_TEST_CASE("any number of rows at any address gives the sum of the rows", "", float, double,
                   long double) {
  using T = TestType;
  on_every_path([] {
    std::mt19937 random(3);
    std::normal_distribution<double> normal(0, 4);
    std::vector<T> m(300), y(300), s(300), r(300), w(300);
    for (auto& value : m) value = static_cast<T>(normal(random));
    for (auto& value : y) value = static_cast<T>(random() % 2);
    for (auto& value : s) value = static_cast<T>(random() % 4);
    for (std::size_t n = 0; n < 150; ++n)
      for (const bool weighted : {false, true}) {
        const std::size_t at = n % 7 + 1;
        std::fill(r.begin(), r.end(), T(-7)), std::fill(w.begin(), w.end(), T(-7));
        const T sum = kernel::log_loss<T>(&m[at], &y[at], weighted ? &s[at] : nullptr,
                                          static_cast<Eigen::Index>(n), &r[at], &w[at]);
        T exact = 0, difference = 0;
        for (std::size_t i = at; i < at + n; ++i) {
          const auto row = kernel::log_loss(m[i], y[i], weighted ? s[i] : T(1));
          exact += row.loss;
          difference =
              std::max({difference, std::fabs(r[i] - row.residual), std::fabs(w[i] - row.curvature)});
        }
        const T rounding = std::numeric_limits<T>::epsilon();
        CHECK(std::fabs(sum - exact) <= 100 * rounding * (exact + 1));
        CHECK(difference <= 16 * rounding);
        CHECK((r[at - 1] == T(-7) && r[at + n] == T(-7) && w[at - 1] == T(-7) && w[at + n] == T(-7)));
      }
  });
}

TEMPLATE_TEST_CASE("thousands of rows share a logarithm and lose no digit", "", float, double) {
  using T = TestType;
  const auto check = [](const auto& margin_of, double bound) {
    constexpr std::size_t n = 5000;
    std::vector<T> m(n), y(n, T(1));
    long double exact = 0;
    for (std::size_t i = 0; i < n; ++i) {
      m[i] = static_cast<T>(margin_of(i));
      exact += reference(m[i], y[i]).loss;
    }
    const T sum = kernel::log_loss<T>(m.data(), y.data(), nullptr, n, nullptr, nullptr);
    const long double error = std::fabs(sum - exact) / exact / std::numeric_limits<T>::epsilon();
    CHECK(error <= static_cast<long double>(bound));
  };
  on_every_path([&] {
    if (kernel::instruction_set() == kernel::InstructionSet::portable) return;  // adds one row after another
    check([](std::size_t) { return 0.0; }, 8);    // each row doubles the product
    check([](std::size_t) { return 40.0; }, 32);  // each loss is far below the rounding of 1
    check([](std::size_t) { return 5.0; }, 32);
    check([](std::size_t i) { return i == 3000 ? -1e-3 : 60.0; }, 8);
    check([](std::size_t i) { return i % 3 ? 2.5 : -3.5; }, 16);
  });
}

TEST_CASE("a row of weight 0 counts for nothing even where its loss is infinite") {
  on_every_path([] {
    const double m[] = {inf, 2}, y[] = {0, 1}, weight[] = {0, 3};
    double r[2], w[2];
    CHECK(kernel::log_loss<double>(m, y, weight, 2, r, w)
          == Approx(3 * std::log1p(std::exp(-2.0))).epsilon(1e-15));
    CHECK((r[0] == 0 && w[0] == 0));
  });
}

TEST_CASE("residual and curvature are left out, and residual may stand in place of the margin") {
  on_every_path([] {
    std::vector<double> m(100, 0.75), y(100, 1.0), r(100);
    const double sum = kernel::log_loss<double>(m.data(), y.data(), nullptr, 100, r.data(), nullptr);
    CHECK(kernel::log_loss<double>(m.data(), y.data(), nullptr, 100, nullptr, nullptr) == sum);
    CHECK(kernel::log_loss<double>(m.data(), y.data(), nullptr, 100, m.data(), nullptr) == sum);
    CHECK(m == r);
  });
}
