// SPDX-License-Identifier: MIT
#include "natgrad/kernel/vectors.hpp"

#include "kernel/every_path.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace kernel = natgrad::kernel;
using namespace natgrad::test;

namespace {

using Index = Eigen::Index;

template <class T>
std::vector<T> numbers(std::mt19937& random, Index n) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<T> values(static_cast<std::size_t>(n));
  for (T& value : values) value = static_cast<T>(uniform(random));
  return values;
}

/// What n sums of products of numbers below 1 may lose.
template <class T>
long double lost(Index n) {
  return static_cast<long double>(std::numeric_limits<T>::epsilon()) * static_cast<long double>(n + 4);
}

/// Every remainder beside whole vectors of every width.
const Index kLengths[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 130};

}  // namespace

TEMPLATE_TEST_CASE("dot products and updates of vectors are the sums they stand for, at every length", "",
                   float, double, long double) {
  using T = TestType;
  on_every_path([] {
    std::mt19937 random(11);
    for (const Index n : kLengths) {
      INFO("n = " << n);
      const auto x = numbers<T>(random, n), z = numbers<T>(random, n), y = numbers<T>(random, n);
      const T a(0.75), b(-1.25);
      long double dot = 0;
      for (std::size_t i = 0; i < x.size(); ++i)
        dot += static_cast<long double>(x[i]) * static_cast<long double>(z[i]);
      CHECK(std::abs(static_cast<long double>(kernel::dot(x.data(), z.data(), n)) - dot) <= lost<T>(n));

      auto one = y, two = y, both = y;
      kernel::add_scaled(a, x.data(), one.data(), n);
      kernel::add_two_scaled(a, x.data(), b, z.data(), two.data(), n);
      const T sum = kernel::add_scaled_and_dot(a, x.data(), z.data(), both.data(), n);
      CHECK(std::abs(static_cast<long double>(sum) - dot) <= lost<T>(n));
      for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(std::abs(static_cast<long double>(one[i] - (y[i] + a * x[i]))) <= lost<T>(1));
        CHECK(std::abs(static_cast<long double>(two[i] - (y[i] + a * x[i] + b * z[i]))) <= lost<T>(2));
        CHECK(std::abs(static_cast<long double>(both[i] - (y[i] + a * x[i]))) <= lost<T>(1));
      }

      auto u = x, v = z;
      kernel::rotate(u.data(), v.data(), T(0.6), T(0.8), n);
      for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(std::abs(static_cast<long double>(u[i] - (T(0.6) * x[i] + T(0.8) * z[i]))) <= lost<T>(2));
        CHECK(std::abs(static_cast<long double>(v[i] - (T(0.6) * z[i] - T(0.8) * x[i]))) <= lost<T>(2));
      }
    }
  });
}

TEMPLATE_TEST_CASE(
    "a matrix by columns times a vector is the sum of its columns, and its transpose their dots", "", float,
    double, long double) {
  using T = TestType;
  on_every_path([] {
    std::mt19937 random(12);
    for (const Index n : kLengths) {
      for (const Index d : {0, 1, 3, 4, 5, 9}) {
        INFO("n = " << n << ", d = " << d);
        const Index lda = n + 3;
        const auto A = numbers<T>(random, lda * d + 1);
        const auto v = numbers<T>(random, d), w = numbers<T>(random, n), start = numbers<T>(random, n + d);
        auto y = start, out = start;
        kernel::add_columns(A.data(), lda, n, d, v.data(), y.data());
        kernel::add_columns_transposed(A.data(), lda, n, d, w.data(), out.data());
        for (Index i = 0; i < n; ++i) {
          long double sum = static_cast<long double>(start[static_cast<std::size_t>(i)]);
          for (Index j = 0; j < d; ++j)
            sum += static_cast<long double>(A[static_cast<std::size_t>(j * lda + i)]
                                            * v[static_cast<std::size_t>(j)]);
          CHECK(std::abs(static_cast<long double>(y[static_cast<std::size_t>(i)]) - sum) <= 2 * lost<T>(d));
        }
        for (Index j = 0; j < d; ++j) {
          long double sum = static_cast<long double>(start[static_cast<std::size_t>(j)]);
          for (Index i = 0; i < n; ++i)
            sum += static_cast<long double>(A[static_cast<std::size_t>(j * lda + i)]
                                            * w[static_cast<std::size_t>(i)]);
          CHECK(std::abs(static_cast<long double>(out[static_cast<std::size_t>(j)]) - sum) <= 2 * lost<T>(n));
        }
        // nothing beyond the end is written
        for (std::size_t i = static_cast<std::size_t>(n); i < y.size(); ++i) CHECK(y[i] == start[i]);
        for (std::size_t j = static_cast<std::size_t>(d); j < out.size(); ++j) CHECK(out[j] == start[j]);
      }
    }
  });
}

TEST_CASE("filling writes the value, zero and minus zero included, and no more") {
  for (const double value : {0.0, -0.0, 1.5}) {
    std::vector<double> x(9, 7.0);
    kernel::fill(x.data() + 1, 7, value);
    CHECK((x.front() == 7.0 && x.back() == 7.0));
    for (std::size_t i = 1; i < 8; ++i) CHECK(x[i] == value);
  }
}
