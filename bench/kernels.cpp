// SPDX-License-Identifier: MIT
// How close does each kernel come to what the machine allows, and how far is it from the textbook expression in Eigen?
//
// kernel/…    the kernel alternates with its limit in one loop, so that a clock or a memory that swings swings for both:
//             `ratio` is the median of time ÷ limit. The limit is a read of X, or the FMA peak of the instruction set in use.
// textbook/…  the same result as a user of Eigen would write it, against the same limit.
// X has 80 MB, more than the last cache holds; the sparse X has 80 MB of values and indices. bench_kernels_plain is this
// file compiled with -O2 alone: its kernels choose their instruction set when they run.
#include "support/beside.hpp"
#include "support/kernel_problems.hpp"
#include "support/logistic_data.hpp"
#include "support/quick.hpp"
#include "support/timing.hpp"
#include <natgrad/natgrad.hpp>

#include <Eigen/Dense>
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

namespace kernel = natgrad::kernel;
using bench::beside_peak;
using bench::beside_read;
using bench::Problem;
using bench::SparseProblem;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// ---- textbook expressions ----------------------------------------------------------------------------------------------

/// m ← σ(m) − y; returns Σ log(1 + e^m) − ym.
double textbook_loss(VectorXd& m, const VectorXd& y) {
  double loss = 0;
  for (Index i = 0; i < m.size(); ++i) {
    loss += (m[i] > 0 ? m[i] : 0.0) + std::log1p(std::exp(-std::abs(m[i]))) - y[i] * m[i];
    m[i] = 1 / (1 + std::exp(-m[i])) - y[i];
  }
  return loss;
}

template <class Matrix>
double textbook_pass(const Matrix& X, const VectorXd& y, const VectorXd& x, VectorXd& g) {
  VectorXd m = X * x;
  const double loss = textbook_loss(m, y);
  g.noalias() = X.transpose() * m;
  return loss;
}

// ---- the kernels -------------------------------------------------------------------------------------------------------

/// On 4096 margins, which stay in the nearest caches: nanoseconds a margin, and against a loop over libm.
template <bool Textbook>
void log_loss(benchmark::State& state) {
  constexpr Index n = 4096;
  bench::Normal normal(1);
  VectorXd start = VectorXd::NullaryExpr(n, [&] { return 3 * normal(); }), m = start, r(n);
  const VectorXd y = VectorXd::NullaryExpr(n, [&] { return normal.uniform() < 0.5 ? 0.0 : 1.0; });
  std::vector<double> all;
  for (auto _ : state) {
    m = start;
    double loss = 0;
    all.push_back(bench::seconds_of([&] {
      if constexpr (Textbook)
        loss = textbook_loss(m, y);
      else
        loss = kernel::log_loss<double>(m.data(), y.data(), nullptr, n, r.data(), nullptr);
      benchmark::DoNotOptimize(loss);
      benchmark::ClobberMemory();
    }));
    state.SetIterationTime(all.back());
  }
  state.counters["median"] = bench::median(all);
  state.counters["ns_a_margin"] = bench::median(all) * 1e9 / static_cast<double>(n);
}

template <bool Textbook, class Matrix>
void value_and_gradient(benchmark::State& state) {
  const auto& p = Problem<Matrix>::of(state.range(0));
  VectorXd g(p.X.cols());
  beside_read(state, p.X.data(), p.X.size(), [&] {
    if constexpr (Textbook)
      textbook_pass(p.X, p.y, p.x, g);
    else
      kernel::value_and_gradient(kernel::Design{p.X}, kernel::LogisticRows<double>{p.y.data()}, p.x, g);
    benchmark::DoNotOptimize(g.data());
  });
}

template <bool Textbook>
void value_and_gradient_sparse(benchmark::State& state) {
  const auto& p = SparseProblem::of(state.range(0));
  VectorXd g(p.X.cols());
  // As many bytes as X has, from another place: the values alone would be two thirds of it. Not zeros, of which the system gives
  // one page for all.
  const VectorXd bytes = VectorXd::Ones(p.X.nonZeros() * 3 / 2);
  beside_read(state, bytes.data(), bytes.size(), [&] {
    if constexpr (Textbook)
      textbook_pass(p.X, p.y, p.x, g);
    else
      kernel::value_and_gradient(kernel::Design{p.X}, kernel::LogisticRows<double>{p.y.data()}, p.x, g);
    benchmark::DoNotOptimize(g.data());
  });
}

/// Useful work: n·d² (the triangle, a multiplication and an addition each).
template <class Matrix>
double gram_flops(const Matrix& X) {
  return static_cast<double>(X.rows()) * static_cast<double>(X.cols()) * static_cast<double>(X.cols());
}

template <bool Textbook, class Matrix>
void gram(benchmark::State& state) {
  const auto& p = Problem<Matrix>::of(state.range(0));
  MatrixXd H(p.X.cols(), p.X.cols());
  beside_peak(state, gram_flops(p.X), [&] {
    if constexpr (Textbook)
      H.noalias() = p.X.transpose() * p.weight.asDiagonal() * p.X;
    else
      kernel::gram(kernel::Design{p.X}, p.weight.data(), H);
    benchmark::DoNotOptimize(H.data());
  });
}

template <bool Textbook, class Matrix>
void value_gradient_hessian(benchmark::State& state) {
  const auto& p = Problem<Matrix>::of(state.range(0));
  VectorXd g(p.X.cols());
  MatrixXd H(p.X.cols(), p.X.cols());
  beside_peak(state, gram_flops(p.X), [&] {
    if constexpr (Textbook) {
      textbook_pass(p.X, p.y, p.x, g);
      const VectorXd s = (1 + (-(p.X * p.x).array()).exp()).inverse();
      H.noalias() = p.X.transpose() * (s.array() * (1 - s.array())).matrix().asDiagonal() * p.X;
    } else {
      kernel::value_gradient_hessian(kernel::Design{p.X}, kernel::LogisticRows<double>{p.y.data()}, p.x, g,
                                     H);
    }
    benchmark::DoNotOptimize(H.data());
  });
}

template <bool Textbook, class Matrix>
void hessian_times(benchmark::State& state) {
  const auto& p = Problem<Matrix>::of(state.range(0));
  VectorXd Hv(p.X.cols());
  beside_read(state, p.X.data(), p.X.size(), [&] {
    if constexpr (Textbook) {
      const VectorXd Xv = p.X * p.x;
      Hv.noalias() = p.X.transpose() * p.weight.cwiseProduct(Xv);
    } else {
      kernel::gram_times(kernel::Design{p.X}, p.weight.data(), p.x, Hv);
    }
    benchmark::DoNotOptimize(Hv.data());
  });
}

// ---- which are run -----------------------------------------------------------------------------------------------------

using Run = void (*)(benchmark::State&);

void add(const std::string& name, Run ours, Run textbook, Index d, bool slow) {
  for (const bool ours_now : {true, false}) {
    auto* b = benchmark::RegisterBenchmark(((ours_now ? "kernel/" : "textbook/") + name).c_str(),
                                           ours_now ? ours : textbook);
    b->UseManualTime()->Unit(benchmark::kMicrosecond)->MinTime(bench::quick() ? 1e-9 : slow ? 0.1 : 0.2);
    if (d > 0) b->Arg(d);
  }
}

template <class Matrix>
void add_dense(const std::string& order, Index d) {
  add("value_and_gradient/" + order, value_and_gradient<false, Matrix>, value_and_gradient<true, Matrix>, d,
      false);
  add("hessian_times/" + order, hessian_times<false, Matrix>, hessian_times<true, Matrix>, d, false);
  add("gram/" + order, gram<false, Matrix>, gram<true, Matrix>, d, true);
  add("value_gradient_hessian/" + order, value_gradient_hessian<false, Matrix>,
      value_gradient_hessian<true, Matrix>, d, true);
}

const bool registered = [] {
  add("log_loss", log_loss<false>, log_loss<true>, 0, false);
  for (const Index d : {5, 20, 100, 1000}) {
    add_dense<MatrixXd>("by_columns", d);
    add_dense<RowMatrix>("by_rows", d);
    if (d >= 100)
      add("value_and_gradient/sparse", value_and_gradient_sparse<false>, value_and_gradient_sparse<true>, d,
          false);
  }
  return true;
}();

}  // namespace
