// SPDX-License-Identifier: MIT
#include "natgrad/kernel/softmax_loss.hpp"

#include "kernel/every_path.hpp"
#include "kernel/ulps.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace kernel = natgrad::kernel;
using kernel::Index;
using natgrad::test::on_every_path;
using natgrad::test::ulps;

namespace {

/// n rows of K margins that are multiples of 1/1024, so that their differences are exact.
template <class T>
struct Rows {
  Index n, K, stride;
  bool reference;
  std::vector<T> margin, weight;
  std::vector<int> label;

  Rows(Index rows, Index columns, bool has_reference, int spread)
      : n(rows), K(columns), stride(rows + 5), reference(has_reference) {
    std::mt19937 random(static_cast<unsigned>(n * 31 + K));
    for (Index i = 0; i < stride * K; ++i)
      margin.push_back(static_cast<T>(static_cast<int>(random() % 2048) - 1024) * static_cast<T>(spread)
                       / T(1024));
    for (Index i = 0; i < n; ++i) {
      label.push_back(static_cast<int>(random() % static_cast<unsigned>(K + reference)));
      weight.push_back(static_cast<T>(random() % 4));
    }
  }

  T at(Index i, Index k) const { return margin[static_cast<std::size_t>(k * stride + i)]; }
  Index own(Index i) const { return label[static_cast<std::size_t>(i)] - reference; }

  /// The loss of row i and its residual, in long double, without cancellation
  long double exact(Index i, std::vector<long double>& residual) const {
    const Index y = own(i);
    const long double m_y = y < 0 ? 0 : static_cast<long double>(at(i, y));
    long double others = reference && y >= 0 ? std::exp(-m_y) : 0.0L;  // over e^{m_y}
    for (Index k = 0; k < K; ++k) {
      if (k != y) others += std::exp(static_cast<long double>(at(i, k)) - m_y);
    }
    residual.clear();
    for (Index k = 0; k < K; ++k)
      residual.push_back(k == y ? -others / (1 + others)
                                : std::exp(static_cast<long double>(at(i, k)) - m_y) / (1 + others));
    return std::log1p(others);
  }

  kernel::SoftmaxMargins<T> margins() const { return {margin.data(), stride, n, K, reference}; }
  kernel::SoftmaxMargins<T> row(Index i) const { return {margin.data() + i, stride, 1, K, reference}; }
};

}  // namespace

TEMPLATE_TEST_CASE("loss and residual of a row keep their digits, however sure it is of its class", "", float,
                   double) {
  using T = TestType;
  on_every_path([] {
    std::vector<long double> exact_residual;
    for (const Index K : {1, 2, 3, 20}) {
      for (const bool reference : {false, true}) {
        for (const int spread : {1, 30}) {
          const Rows<T> rows(200, K, reference, spread);
          double loss_error = 0, residual_error = 0;
          for (Index i = 0; i < rows.n; ++i) {
            std::vector<T> residual(static_cast<std::size_t>(K));
            const T loss = kernel::softmax_loss<T>(rows.row(i), &rows.label[static_cast<std::size_t>(i)],
                                                   nullptr, residual.data(), 1);
            loss_error = std::max(loss_error, ulps(loss, rows.exact(i, exact_residual)));
            for (std::size_t k = 0; k < residual.size(); ++k)
              residual_error = std::max(residual_error, ulps(residual[k], exact_residual[k]));
          }
          INFO("K = " << K << ", reference " << reference << ", margins to " << spread);
          CHECK(loss_error <= 8);
          CHECK(residual_error <= 8);
        }
      }
    }
  });
}

TEMPLATE_TEST_CASE("many rows give the sum of theirs, with weights and without, for any number of rows", "",
                   float, double, long double) {
  using T = TestType;
  on_every_path([] {
    std::vector<long double> exact_residual;
    for (const Index n : {1, 15, 33, 64, 1500}) {
      for (const Index K : {1, 4, 300}) {
        if (n * K > 10000 && K == 300) continue;
        const Rows<T> rows(n, K, K == 4, 10);
        for (const bool weighted : {false, true}) {
          const Index ldr = n + 3;
          std::vector<T> residual(static_cast<std::size_t>(ldr * K), T(-7));
          const T sum =
              kernel::softmax_loss<T>(rows.margins(), rows.label.data(),
                                      weighted ? rows.weight.data() : nullptr, residual.data(), ldr);
          long double expected = 0, off = 0;
          for (Index i = 0; i < n; ++i) {
            const long double w =
                weighted ? static_cast<long double>(rows.weight[static_cast<std::size_t>(i)]) : 1;
            expected += w * rows.exact(i, exact_residual);
            for (Index k = 0; k < K; ++k)
              off = std::max(
                  off, std::fabs(static_cast<long double>(residual[static_cast<std::size_t>(k * ldr + i)])
                                 - w * exact_residual[static_cast<std::size_t>(k)]));
          }
          INFO("n = " << n << ", K = " << K << ", weighted " << weighted);
          constexpr double eps = static_cast<double>(std::numeric_limits<T>::epsilon());
          CHECK(static_cast<double>(sum) == Approx(static_cast<double>(expected)).epsilon(40 * eps));
          CHECK(static_cast<double>(off) <= 8 * eps);
          CHECK(kernel::softmax_loss<T>(rows.margins(), rows.label.data(),
                                        weighted ? rows.weight.data() : nullptr, nullptr, 0)
                == sum);
          for (Index k = 0; k < K; ++k)  // nothing is written between the columns
            REQUIRE(residual[static_cast<std::size_t>(k * ldr + n)] == T(-7));
        }
      }
    }
  });
}

TEMPLATE_TEST_CASE("probabilities take the place of margins and sum to 1", "", float, double) {
  using T = TestType;
  on_every_path([] {
    Rows<T> rows(77, 5, false, 30);
    kernel::softmax(rows.margins(), rows.margin.data());
    for (Index i = 0; i < rows.n; ++i) {
      T sum(0);
      for (Index k = 0; k < rows.K; ++k) sum += rows.at(i, k);
      REQUIRE(std::fabs(sum - T(1)) <= 4 * std::numeric_limits<T>::epsilon());
    }
  });
}

TEST_CASE("a NaN or infinite margin makes its row NaN and no other, and a weight of 0 takes it out") {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  on_every_path([&] {
    for (const double bad : {nan, infinity}) {
      for (const Index column : {0, 2}) {
        Rows<double> rows(40, 3, true, 3);
        rows.margin[static_cast<std::size_t>(column * rows.stride + 7)] = bad;
        std::vector<double> residual(static_cast<std::size_t>(rows.stride * 3)), weight(40, 1.0);
        const auto loss = [&](const double* w) {
          return kernel::softmax_loss<double>(rows.margins(), rows.label.data(), w, residual.data(),
                                              rows.stride);
        };
        CHECK(std::isnan(loss(nullptr)));
        for (Index i = 0; i < 40; ++i) REQUIRE(std::isnan(residual[static_cast<std::size_t>(i)]) == (i == 7));
        weight[7] = 0;
        CHECK(std::isfinite(loss(weight.data())));
        for (Index k = 0; k < 3; ++k) CHECK(residual[static_cast<std::size_t>(k * rows.stride + 7)] == 0);
      }
    }
  });
}
