// SPDX-License-Identifier: MIT
#include "natgrad/kernel/poisson_loss.hpp"

#include "kernel/every_path.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace kernel = natgrad::kernel;
using natgrad::test::on_every_path;

namespace {

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();

/// The loss and both derivatives of one row, among others that do not count.
template <class T>
kernel::LossTerms<T> of_one(T margin, T label, T weight = T(1)) {
  std::vector<T> m(70, T(0)), y(70, T(0)), w(70, T(0)), r(70), c(70);
  m[68] = margin, y[68] = label, w[68] = weight;
  const T loss = kernel::poisson_loss<T>(m.data(), y.data(), w.data(), 70, r.data(), c.data());
  return {loss, r[68], c[68]};
}

}  // namespace

TEMPLATE_TEST_CASE("the Poisson loss has its digits at every mean", "", float, double, long double) {
  using T = TestType;
  on_every_path([] {
    for (const T label : {T(0), T(1), T(7)}) {
      for (const T margin : {T(-80), T(-3.5), T(-1e-3), T(0), T(0.25), T(4), T(80)}) {
        CAPTURE(margin, label);
        const long double mean = std::exp(static_cast<long double>(margin));
        const auto row = of_one(margin, label);
        const T unit = std::numeric_limits<T>::epsilon();
        CHECK(std::fabs(static_cast<double>(row.curvature / mean - 1)) <= 4 * double(unit));
        CHECK(std::fabs(static_cast<double>(row.residual - (mean - label)))
              <= double(unit) * double(4 * mean + label));
        CHECK(std::fabs(static_cast<double>(row.loss - (mean - label * margin)))
              <= double(unit) * double(4 * mean + 2 * label * std::fabs(margin)));
      }
    }
  });
}

TEMPLATE_TEST_CASE("a count of 0 and a weight of 0 take their terms out", "", float, double, long double) {
  using T = TestType;
  on_every_path([] {
    const auto nothing = of_one<T>(-infinity<T>, T(0));
    CHECK((nothing.loss == 0 && nothing.residual == 0 && nothing.curvature == 0));
    CHECK(of_one<T>(-infinity<T>, T(1)).loss == infinity<T>);
    CHECK(of_one<T>(infinity<T>, T(0)).loss == infinity<T>);
    CHECK(std::isnan(of_one<T>(std::numeric_limits<T>::quiet_NaN(), T(1)).loss));
    const auto out = of_one<T>(infinity<T>, T(3), T(0));
    CHECK((out.loss == 0 && out.residual == 0 && out.curvature == 0));
    CHECK(of_one<T>(T(1), T(2), T(3)).curvature == Approx(3 * std::exp(1.0)));
  });
}

TEST_CASE("the residuals may take the place of the margins") {
  on_every_path([] {
    std::vector<double> m(45), y(45, 2.0), r(45);
    for (std::size_t i = 0; i < m.size(); ++i) m[i] = 0.1 * static_cast<double>(i) - 2;
    const double sum = kernel::poisson_loss<double>(m.data(), y.data(), nullptr, 45, r.data(), nullptr);
    CHECK(kernel::poisson_loss<double>(m.data(), y.data(), nullptr, 45, m.data(), nullptr) == sum);
    CHECK(m == r);
  });
}
