// SPDX-License-Identifier: MIT
#include "natgrad/kernel/linear_pass.hpp"

#include "kernel/design_cases.hpp"
#include "kernel/every_path.hpp"
#include "natgrad/kernel/log_loss.hpp"
#include "natgrad/kernel/poisson_loss.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace kernel = natgrad::kernel;
using namespace natgrad::test;
using kernel::Design;
using kernel::LogisticRows;
using kernel::PoissonRows;
using kernel::RowBlock;

namespace {

/// A loss with Eigen arrays, as a family of a generalised linear model writes it: ½(m − y)², weighted.
template <class T>
struct SquaredRows {
  const Vector<T>& label;
  const Vector<T>& weight;

  T operator()(RowBlock<T>& block) const {
    const auto error = block.margin - label.segment(block.first, block.rows()).array();
    const auto w = weight.segment(block.first, block.rows()).array();
    if (block.wants_residual()) block.residual = w * error;
    if (block.wants_curvature()) block.curvature = w;
    return (w * error.square()).sum() / 2;
  }
};

/// Several outputs: Σₖ ½ k (mₖ − y)².
template <class T, int Outputs>
struct SquaredOutputs {
  const Vector<T>& label;

  T operator()(RowBlock<T, Outputs>& block) const {
    T sum(0);
    for (Index k = 0; k < block.margin.cols(); ++k) {
      const auto error = block.margin.col(k) - label.segment(block.first, block.rows()).array();
      if (block.wants_residual()) block.residual.col(k) = T(k + 1) * error;
      sum += T(k + 1) * error.square().sum() / 2;
    }
    return sum;
  }
};

/// Value, gradient, Hessian and margins of the weighted squares, against the formulas.
template <class T>
void check_squares(Index n, Index d, bool intercept, bool with_offset) {
  CAPTURE(n, d, intercept, with_offset);
  const Problem<T> problem(n, d, 1, intercept);
  const Exact design = problem.design();
  const Exact w = problem.weight.template cast<long double>();
  Exact m = design * problem.parameters.template cast<long double>();
  if (with_offset) m += problem.offset.template cast<long double>();
  const Exact error = m - problem.label.template cast<long double>();
  const Exact weighted = w.cwiseProduct(error);
  const Exact value = weighted.transpose() * error / 2;
  const Exact gradient = design.transpose() * weighted,
              hessian = design.transpose() * w.asDiagonal() * design;
  const Vector<T> x = problem.parameters;
  const SquaredRows<T> loss{problem.label, problem.weight};

  in_every_layout<T>(problem.x, [&](const auto& features) {
    const Design<std::decay_t<decltype(features)>> data{features, intercept,
                                                        with_offset ? problem.offset.data() : nullptr};
    Vector<T> out(n), g = Vector<T>::Constant(x.size(), T(7)), g2 = g;
    Columns<T> h = Columns<T>::Zero(x.size(), x.size());
    kernel::margins(data, x, 0, out);
    CHECK(difference(out, m) <= rounding<T>(d));
    if (n > 8) {
      Vector<T> middle(n - 8);
      kernel::margins(data, x, 5, middle);
      CHECK(difference(middle, m.middleRows(5, n - 8)) <= rounding<T>(d));
    }
    const double value_error = std::max(1.0, static_cast<double>(value(0))) * rounding<T>(n);
    CHECK(std::fabs(static_cast<double>(kernel::value(data, loss, x) - value(0))) <= value_error);
    CHECK(std::fabs(static_cast<double>(kernel::value_and_gradient(data, loss, x, g) - value(0)))
          <= value_error);
    CHECK(difference(g, gradient) <= rounding<T>(n));
    CHECK(std::fabs(static_cast<double>(kernel::value_gradient_hessian(data, loss, x, g2, h) - value(0)))
          <= value_error);
    CHECK(difference(g2, gradient) <= rounding<T>(n));
    CHECK((h.template triangularView<Eigen::StrictlyUpper>().toDenseMatrix().array() == 0).all());
    kernel::symmetrize(h);
    CHECK(difference(h, hessian) <= rounding<T>(n));
  });
}

template <class T>
auto terms_of(const LogisticRows<T>&, long double margin, long double label) {
  return kernel::log_loss<long double>(margin, label);
}
template <class T>
auto terms_of(const PoissonRows<T>&, long double margin, long double label) {
  return kernel::poisson_loss<long double>(margin, label);
}

/// Value, gradient and curvatures of a loss against the sum over its rows in long double.
template <template <class> class Loss, class T>
void check_few_columns(Index n, Index d, bool intercept, bool weighted, bool with_offset) {
  CAPTURE(n, d, intercept, weighted, with_offset);
  const Problem<T> problem(n, d, 1, intercept);
  const Loss<T> loss{problem.label.data(), weighted ? problem.weight.data() : nullptr};
  const Vector<T> x = problem.parameters;
  const Exact design = problem.design();
  Exact m = design * x.template cast<long double>(), r(n, 1), w(n, 1);
  if (with_offset) m += problem.offset.template cast<long double>();
  long double value = 0, size = 1;
  for (Index i = 0; i < n; ++i) {
    const long double factor = weighted ? static_cast<long double>(problem.weight[i]) : 1;
    const auto row = terms_of(loss, m(i), problem.label[i]);
    value += factor * row.loss, size += factor * std::fabs(row.loss);
    r(i) = factor * row.residual, w(i) = factor * row.curvature;
  }
  const Exact gradient = design.transpose() * r;
  const double error = rounding<T>(n + d) * static_cast<double>(size);
  in_every_layout<T>(problem.x, [&](const auto& features) {
    const Design<std::decay_t<decltype(features)>> data{features, intercept,
                                                        with_offset ? problem.offset.data() : nullptr};
    Vector<T> g(x.size()), g2(x.size()), curvature(n);
    CHECK(std::fabs(static_cast<double>(kernel::value(data, loss, x) - value)) <= error);
    const T sum = kernel::value_and_gradient(data, loss, x, g);
    CHECK(std::fabs(static_cast<double>(sum - value)) <= error);
    CHECK(difference(g, gradient) <= rounding<T>(n + d));
    CHECK(kernel::value_gradient_curvature(data, loss, x, g2, curvature.data()) == sum);
    CHECK(g2 == g);
    CHECK(difference(curvature, w) <= rounding<T>(d));
  });
}

}  // namespace

TEMPLATE_TEST_CASE("value, gradient, Hessian and margins are the textbook's in every layout", "", float,
                   double) {
  on_every_path([] {
    for (Index d = 1; d <= 17; ++d) check_squares<TestType>(d % 2 ? 203 : 64, d, d % 3 != 0, d % 2 == 0);
    check_squares<TestType>(1500, 5, true, true);
    check_squares<TestType>(700, 100, true, false);
    for (const Index n : {0, 1, 2, 7, 15, 16, 17}) check_squares<TestType>(n, 20, true, true);
    check_squares<TestType>(40, 0, true, true);
  });
}

TEST_CASE("long double takes the plain path to the same answers") {
  for (const Index d : {1, 5, 16, 40}) check_squares<long double>(131, d, true, true);
}

TEST_CASE("more than 256 columns: the Hessian in tiles") {
  check_squares<double>(70, 261, true, false);
  check_squares<double>(sanitized ? 150 : 600, 300, false, true);
}

TEMPLATE_TEST_CASE_SIG("several outputs are taken at once", "", ((int Outputs), Outputs), Eigen::Dynamic, 3,
                       4) {
  on_every_path([] {
    for (const Index d : {1, 4, 16, 33}) {
      const Index n = 333, outputs = Outputs == Eigen::Dynamic ? 7 : Outputs;
      const Problem<double> problem(n, d, outputs, true);
      const Exact design = problem.design(), m = design * problem.parameters.cast<long double>();
      Exact r = m.colwise() - problem.label.cast<long double>();
      const Exact scale = Eigen::Matrix<long double, 1, Eigen::Dynamic>::LinSpaced(outputs, 1, outputs);
      const long double value = (r.cwiseAbs2() * scale.transpose()).sum() / 2;
      for (Index k = 0; k < outputs; ++k) r.col(k) *= scale(k);
      const Exact gradient = design.transpose() * r;
      const Eigen::Matrix<double, Eigen::Dynamic, Outputs> x = problem.parameters;
      in_every_layout<double>(problem.x, [&](const auto& features) {
        const Design<std::decay_t<decltype(features)>> data{features, true};
        Eigen::Matrix<double, Eigen::Dynamic, Outputs> g(x.rows(), x.cols()), out(n, x.cols());
        const SquaredOutputs<double, Outputs> loss{problem.label};
        CHECK(kernel::value_and_gradient(data, loss, x, g)
              == Approx(static_cast<double>(value)).epsilon(1e-13));
        CHECK(kernel::value(data, loss, x) == Approx(static_cast<double>(value)).epsilon(1e-13));
        CHECK(difference(g, gradient) <= rounding<double>(n));
        kernel::margins(data, x, 0, out);
        CHECK(difference(out, m) <= rounding<double>(d));
        kernel::transpose_times(data, Columns<double>(r.cast<double>()), g);
        CHECK(difference(g, gradient) <= rounding<double>(n));
      });
    }
  });
}

TEST_CASE("the logistic pass is the log-loss of the margins") {
  on_every_path([] {
    const Problem<double> problem(1000, 5, 1, true);
    const Design data{problem.x, true};
    const LogisticRows<double> loss{problem.label.data(), problem.weight.data()};
    const Vector<double> x = problem.parameters;
    Vector<double> m(1000), r(1000), w(1000), g(6);
    kernel::margins(data, x, 0, m);
    const double sum = kernel::log_loss<double>(m.data(), loss.label, loss.weight, 1000, r.data(), w.data());
    Columns<double> h(6, 6), expected(6, 6);
    CHECK(kernel::value_gradient_hessian(data, loss, x, g, h) == Approx(sum).epsilon(1e-14));
    const Exact design = problem.design();
    CHECK(difference(g, Exact(design.transpose() * r.cast<long double>())) < 1e-14);
    kernel::symmetrize(h);
    CHECK(difference(h, Exact(design.transpose() * w.cast<long double>().asDiagonal() * design)) < 1e-14);
  });
}

TEMPLATE_TEST_CASE("a pass over few columns is the sum over its rows", "", float, double, long double) {
  on_every_path([] {
    for (const Index d : {1, 2, 5, 8, 9, 15, 16, 31, 32, 33}) {
      for (const Index n : {1, 3, 17, 64, 101, 512}) {
        check_few_columns<LogisticRows, TestType>(n, d, d % 2 == 0, n % 2 == 0, n % 3 == 0);
        check_few_columns<PoissonRows, TestType>(n, d, d % 2 == 0, n % 2 == 0, n % 3 == 0);
      }
    }
    for (const Index n : {63, 65, 130}) {
      check_few_columns<LogisticRows, TestType>(n, 4, true, n == 63, n != 65);
      check_few_columns<PoissonRows, TestType>(n, 4, true, n == 63, n != 65);
    }
    check_few_columns<LogisticRows, TestType>(6000, 3, true, false, false);
    check_few_columns<PoissonRows, TestType>(6000, 3, true, false, true);
  });
}

TEST_CASE("a pass over few columns from memory is the one over their transpose") {
  const Index n = 1'100'000;  // 17 MB: beyond the caches
  const Problem<double> problem(n, 2, 1, true);
  const Rows<double> rows = problem.x;
  const Vector<double> x = problem.parameters;
  const LogisticRows<double> loss{problem.label.data()};
  Vector<double> g(3), expected(3);
  const double sum = kernel::value_and_gradient(Design{problem.x, true}, loss, x, g);
  CHECK(kernel::value_and_gradient(Design{rows, true}, loss, x, expected) == Approx(sum).epsilon(1e-13));
  CHECK((g - expected).norm() <= 1e-12 * static_cast<double>(n));
}

TEST_CASE("an infinite feature reaches its own entry of the gradient, and no other") {
  on_every_path([] {
    for (const Index row : {0, 60, 97}) {
      Problem<double> problem(100, 3, 1, false);
      problem.x(row, 1) = std::numeric_limits<double>::infinity();
      problem.label[row] = 0;
      const Vector<double> x = Vector<double>{{0.5, 1, -0.5}};
      in_every_layout<double>(problem.x, [&](const auto& features) {
        Vector<double> g(3);
        kernel::value_and_gradient(Design<std::decay_t<decltype(features)>>{features},
                                   LogisticRows<double>{problem.label.data()}, x, g);
        CHECK(g[1] == std::numeric_limits<double>::infinity());
        CHECK((std::isfinite(g[0]) && std::isfinite(g[2])));
      });
    }
  });
}

TEST_CASE("NaN and infinite features reach the result, and only through their own row") {
  on_every_path([] {
    for (const Index d : {3, 20}) {
      Problem<double> problem(150, d, 1, false);
      problem.x(77, d - 1) = std::numeric_limits<double>::infinity();
      Vector<double> x = problem.parameters;
      x[d - 1] = 1;
      in_every_layout<double>(problem.x, [&](const auto& features) {
        Vector<double> m(150);
        kernel::margins(Design<std::decay_t<decltype(features)>>{features}, x, 0, m);
        CHECK(m[77] == std::numeric_limits<double>::infinity());
        m[77] = 0;
        CHECK(m.allFinite());
      });
      problem.x(77, d - 1) = std::numeric_limits<double>::quiet_NaN();
      in_every_layout<double>(problem.x, [&](const auto& features) {
        const Design<std::decay_t<decltype(features)>> data{features};
        CHECK(std::isnan(kernel::value(data, LogisticRows<double>{problem.label.data()}, x)));
      });
    }
  });
}

TEST_CASE("after the first call nothing is allocated") {
  for (const Index d : {5, 40, 260}) {
    const Problem<double> problem(3000, d, 1, true);
    const Rows<double> rows = problem.x;
    const LogisticRows<double> loss{problem.label.data()};
    const Vector<double> x = problem.parameters;
    Vector<double> g(x.size());
    Columns<double> h(x.size(), x.size());
    const auto all = [&] {
      const Design by_columns{problem.x, true};
      const Design by_rows{rows, true};
      kernel::value(by_columns, loss, x), kernel::value(by_rows, loss, x);
      kernel::value_and_gradient(by_columns, loss, x, g), kernel::value_and_gradient(by_rows, loss, x, g);
      kernel::value_gradient_hessian(by_columns, loss, x, g, h),
          kernel::value_gradient_hessian(by_rows, loss, x, g, h);
      kernel::transpose_times(by_columns, problem.label, g);
    };
    all();
    const AllocationCount allocations;
    all();
    CHECK(allocations.count() == 0);
  }
}

TEST_CASE("a row loss may itself run a pass") {
  const Problem<double> problem(400, 20, 1, false);
  const Design data{problem.x};
  const Vector<double> x = problem.parameters;
  const LogisticRows<double> inner{problem.label.data()};
  const double expected = kernel::value(data, inner, x);
  const auto outer = [&](RowBlock<double>& block) {
    return expected == kernel::value(data, inner, x) ? double(block.rows()) : 0.0;
  };
  CHECK(kernel::value(data, outer, x) == 400);
}

TEST_CASE("an exception of the row loss passes through, and the next call is right") {
  const Problem<double> problem(20000, 20, 1, false);
  const Design data{problem.x};
  const Vector<double> x = problem.parameters;
  const LogisticRows<double> good{problem.label.data()};
  const double expected = kernel::value(data, good, x);
  const auto bad = [&](RowBlock<double>& block) {
    if (block.first > 5000) throw std::runtime_error("row loss");
    return good(block);
  };
  CHECK_THROWS_WITH(kernel::value(data, bad, x), "row loss");
  CHECK(kernel::value(data, good, x) == expected);
}

TEST_CASE("features with an inner stride are refused in a sentence") {
  const Columns<double> values = Columns<double>::Random(8, 6);
  const Eigen::Map<const Columns<double>, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> every_other(
      values.data(), 4, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(16, 2));
  const Vector<double> x = Vector<double>::Ones(3);
  Vector<double> m(4);
  CHECK_THROWS_AS(kernel::margins(Design<std::decay_t<decltype(every_other)>>{every_other}, x, 0, m),
                  std::invalid_argument);
}
