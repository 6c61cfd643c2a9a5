// SPDX-License-Identifier: MIT
// What does one damped solve (F + λD)d = −g cost in each form? n samples, d parameters; scores included.
//
// Bars: dual at n = 200, d = 4000 at least 150 times faster than dense; conjugate gradients at n = 10⁵, d = 1000 within 64 MB
// beside the data; automatic never more than twice the best. Conjugate gradients run to a relative residual of 1e-8, so
// that what is compared agrees to eight digits; "truncated" stops at the tolerance of a first step, ½, as automatic does.
#include "support/quick.hpp"
#include <natgrad/natgrad.hpp>

#include <benchmark/benchmark.h>

#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace natgrad;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Model = LogisticRegression<KeptFeatures<const Matrix&>>;

constexpr double kLambda = 1e-3;

struct Problem {
  Matrix X;
  Vector y;
  std::unique_ptr<Model> model;

  Problem(Index n, Index d) : X(n, d), y(n) {
    std::mt19937_64 engine(1);
    std::uniform_real_distribution<double> uniform(-1, 1);
    for (Index j = 0; j < d; ++j) {
      for (Index i = 0; i < n; ++i) X(i, j) = uniform(engine);
    }
    for (Index i = 0; i < n; ++i) y[i] = uniform(engine) < X(i, 0) ? 1.0 : 0.0;
    model = std::make_unique<Model>(X, y);
  }
};

/// The data of the last size only: the largest are 3.2 GB.
const Problem& problem(Index n, Index d) {
  static std::unique_ptr<Problem> last;
  if (!last || last->X.rows() != n || last->X.cols() != d) {
    last.reset();
    last = std::make_unique<Problem>(n, d);
  }
  return *last;
}

/// A metric that goes to and fro between two points, as a run goes on to a new one: what it keeps is allocated, and no
/// solve can begin at its own answer.
template <class Solve>
class Stand {
 public:
  Stand(const Problem& p, const Solve& solve)
      : f_(*p.model, Budget{}),
        points_{Iterate<Vector>(Vector(Vector::Zero(p.X.cols()))),
                Iterate<Vector>(Vector(Vector::LinSpaced(p.X.cols(), -0.1, 0.1)))},
        state_(
            Fisher<ExpectedFisher, Solve>{{}, solve}.template start<Model, Vector>(*p.model, points_[0].x)),
        d_(p.X.cols()) {
    for (Iterate<Vector>& at : points_) p.model->gradient(at.x, at.gradient);
  }

  /// gᵀd, 0 where the solve failed
  double solve() {
    at_ = 1 - at_;
    const Iterate<Vector>& at = points_[at_];
    if (!state_.prepare(f_, at) || !state_.solve(kLambda, at.gradient, d_)) return 0;
    return at.gradient.dot(d_);
  }

  std::string label() const {
    if constexpr (requires { state_.detail(); }) {
      return state_.detail();
    } else {
      return {};
    }
  }

 private:
  using State = decltype(Fisher<ExpectedFisher, Solve>{}.template start<Model, Vector>(
      std::declval<const Model&>(), std::declval<const Vector&>()));
  Evaluator<Model, Vector> f_;
  Iterate<Vector> points_[2];
  State state_;
  Vector d_;
  int at_ = 1;
};

template <class Solve>
void run(benchmark::State& state, Solve solve) {
  Stand<Solve> stand(problem(state.range(0), state.range(1)), solve);
  double slope = 0;
  for (auto _ : state) benchmark::DoNotOptimize(slope = stand.solve());
  if (!(slope < 0)) state.SkipWithError("the solve failed");
  state.SetLabel(stand.label());
}

/// Gram: sizes whose n×n matrix is no burden.
template <bool Gram>
void grid(benchmark::internal::Benchmark* b) {
  b->Unit(benchmark::kMillisecond);
  for (const Index n : {50, 200, 1000, 100000}) {
    for (const Index d : {5, 100, 1000, 4000}) {
      if (bench::quick() && (n > 1000 || d > 100)) continue;
      if ((n == 200 && d != 4000)) continue;
      if (Gram && n > 1000) continue;
      b->Args({n, d});
    }
  }
}

constexpr ConjugateGradient kPrecise{.tolerance = 1e-8};

BENCHMARK_CAPTURE(run, automatic, Automatic{})->Apply(grid<false>);
BENCHMARK_CAPTURE(run, dense, Dense{})->Apply(grid<false>);
BENCHMARK_CAPTURE(run, dual, Dual{})->Apply(grid<true>);
BENCHMARK_CAPTURE(run, conjugate_gradient, kPrecise)->Apply(grid<false>);
BENCHMARK_CAPTURE(run, conjugate_gradient_truncated, ConjugateGradient{})->Apply(grid<false>);
BENCHMARK_CAPTURE(run, diagonal, Diagonal{})->Apply(grid<false>);
BENCHMARK_CAPTURE(run, qr, Qr{})
    ->Args({1000, 100})
    ->Args({1000, bench::quick() ? 5 : 1000})
    ->Unit(benchmark::kMillisecond);

/// Kilobytes after `name` in /proc/self/status.
double status_kb(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (double kb = 0; word == name + ":" && status >> kb) return kb;
  }
  return 0;
}

/// The peak of resident memory beyond the data, in a process of its own (Linux).
void peak_memory(benchmark::State& state) {
  double megabytes = 0;
  for (auto _ : state) {
    int ends[2];
    if (pipe(ends) != 0) return state.SkipWithError("no pipe");
    const pid_t child = fork();
    if (child == 0) {
      const Problem p(state.range(0), state.range(1));
      std::ofstream("/proc/self/clear_refs") << "5";  // forget the peak so far
      const double before = status_kb("VmRSS");
      Stand(p, kPrecise).solve();
      const double extra = (status_kb("VmHWM") - before) / 1024;
      _exit(write(ends[1], &extra, sizeof extra) == sizeof extra ? 0 : 1);
    }
    waitpid(child, nullptr, 0);
    if (read(ends[0], &megabytes, sizeof megabytes) != sizeof megabytes) state.SkipWithError("no answer");
    close(ends[0]);
    close(ends[1]);
  }
  state.counters["MB_beyond_data"] = megabytes;
}
BENCHMARK(peak_memory)
    ->Args({bench::quick() ? 1000 : 100000, bench::quick() ? 100 : 1000})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
