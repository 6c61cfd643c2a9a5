// SPDX-License-Identifier: MIT
// expect: compiles
/// Programs outside this repository compile against these names and the order of these members.
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <optional>
#include <sstream>
#include <type_traits>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

/// y ~ N(x₀, 1) per row, with every member that an objective may have
struct Everything {
  VectorXd y{{1, 2, 4}};

  double value(const VectorXd& x) const { return 0.5 * (y.array() - x[0]).square().mean(); }
  void gradient(const VectorXd& x, VectorXd& g) const { g[0] = x[0] - y.mean(); }
  double value_and_gradient(const VectorXd& x, VectorXd& g) const {
    gradient(x, g);
    return value(x);
  }
  void hessian(const VectorXd&, SquareMatrix<VectorXd>& H) const { H(0, 0) = 1; }
  void hessian_times(const VectorXd&, const VectorXd& v, VectorXd& Hv) const { Hv = v; }
  Eigen::Index sample_count() const { return y.size(); }
  void score(const VectorXd& x, Eigen::Index i, VectorXd& s) const { s[0] = y[i] - x[0]; }
  void scores(const VectorXd& x, Eigen::Index first, natgrad::Scores<VectorXd>& S) const {
    for (Eigen::Index i = 0; i < S.rows(); ++i) S(i, 0) = y[first + i] - x[0];
  }
  void sampled_scores(const VectorXd&, Eigen::Index first, std::uint64_t seed,
                      natgrad::Scores<VectorXd>& S) const {
    for (Eigen::Index i = 0; i < S.rows(); ++i)
      S(i, 0) = IndexedRandom(seed, static_cast<std::uint64_t>(first + i)).uniform() < 0.5 ? 1 : -1;
  }
  void fisher(const VectorXd&, SquareMatrix<VectorXd>& F) const { F(0, 0) = 1; }
  void fisher_times(const VectorXd&, const VectorXd& v, VectorXd& Fv) const { Fv = v; }
  void fisher_rows(const VectorXd&, Eigen::Index, natgrad::Scores<VectorXd>& S) const { S.setOnes(); }
  void penalty_hessian(const VectorXd&, SquareMatrix<VectorXd>& P) const { P.setZero(); }
  auto sample(Eigen::Index rows, std::uint64_t) const { return Everything{y.head(rows)}; }
};

void use(bool) {}

template <class Optimizer>
void run(const Optimizer& optimizer) {
  use(minimize(Everything{}, VectorXd{{0.5}}, optimizer, StopWhen{.max_iterations = 3000}).usable());
}

void optimizers() {
  run(GradientDescent{});
  run(GradientDescent{FixedStep{.step = 0.5}});
  run(GradientDescent{DecayingStep{}});
  run(GradientDescent{ExactStep{}});
  run(GradientDescent{Armijo{}});
  run(GradientDescent{StrongWolfe{}});
  run(GradientDescent{HagerZhang{}});
  run(GradientDescent{BarzilaiBorwein{}});
  run(LimitedMemoryBfgs{});
  run(LimitedMemoryBfgs{StrongWolfe{}});
  run(Newton{});
  run(Newton{FixedStep{1.0}});
  run(Newton{LevenbergMarquardt{}, Dense{.damping = 1e-3, .scale_free = false}});
  run(Newton{TrustRegion{}, ConjugateGradient{}});
  run(NaturalGradient{});
  run(NaturalGradient{ExpectedFisher{}, KlRadius{.radius = 0.1}, Automatic{}});
  run(NaturalGradient{EmpiricalFisher{}, Armijo{}, Dual{.damping = 1e-3}});
  run(NaturalGradient{CenteredFisher{}, LevenbergMarquardt{}, Diagonal{}});
  run(NaturalGradient{MonteCarloFisher{.draws = 2, .seed = 7}, HagerZhang{}});
  run(NaturalGradient{ExpectedFisher{}, TrustRegion{}, BlockDiagonal{.sizes = {1}}});
  run(SteepestDescent{MatrixMetric{[](const VectorXd&, MatrixXd& M) { M(0, 0) = 1; }}, Armijo{}});
  run(NaturalGradient{SampledFisher{.rows_per_parameter = 50, .seed = 1}});
  use(std::is_default_constructible_v<Kronecker>);
}

void results() {
  const StopWhen stop{.gradient_norm = 1e-9,
                      .decrement = 0,
                      .value_change = 0,
                      .step_norm = 0,
                      .max_iterations = 100,
                      .max_evaluations = 1000,
                      .max_seconds = 10};
  Trace trace;
  const auto r = minimize(Everything{}, VectorXd::Zero(1), Newton{}, stop, trace);
  static_assert(std::is_same_v<decltype(r), const Result<VectorXd>>);
  const Counts& c = r.counts;
  use(c.values + c.gradients + c.hessians + c.fishers + c.products + c.factorizations > 0);
  use((r.converged() && r.usable() && r.status == Status::converged));
  use(r.gradient_norm == r.gradient.cwiseAbs().maxCoeff());
  use((r.iterations >= 1 && r.seconds >= 0 && r.value > 0));
  std::ostringstream csv, text;
  trace.write_csv(csv);
  text << r << r.message;
  use((!csv.str().empty() && !text.str().empty()));
  for (const Status status :
       {Status::converged, Status::precision_limit, Status::max_iterations, Status::max_evaluations,
        Status::max_seconds, Status::stopped, Status::not_finite, Status::unbounded, Status::separable,
        Status::stationary, Status::step_failed, Status::metric_failed})
    use(!std::string(to_string(status)).empty());

  const auto mine = [](const Progress<VectorXd>& now) -> std::optional<Status> {
    if (now.iteration >= 1) return Status::stopped;
    return {};
  };
  const VectorXd x0 = VectorXd::Zero(1);
  use(minimize(Everything{}, x0, GradientDescent{FixedStep{0.1}}, mine).status == Status::stopped);
  use(minimize(Everything{}, x0, GradientDescent{FixedStep{0.1}}, StopWhen{} | mine).iterations == 1);
  use(minimize(Everything{}, x0, GradientDescent{FixedStep{0.1}}, StopWhen{.max_iterations = 5} & mine)
          .iterations
      == 5);
  std::ostringstream lines;
  minimize(Everything{}, x0, Newton{}, StopWhen{}, Print{&lines});
  use(!lines.str().empty());
}

void objectives() {
  const MatrixXd X{{1, 0.5}, {-1, 2}, {0.5, -1}, {2, 1}, {-0.5, -0.5}};
  const VectorXd y{{1, 0, 0, 1, 1}};
  const LogisticRegression logistic{X, y, {.intercept = true, .ridge = 0.1, .weights = VectorXd::Ones(5)}};
  const auto fit = minimize(logistic, logistic.start(), Newton{});
  use(fit.converged());
  const auto at = inference(logistic, fit.x);
  use((at.covariance.rows() == 3 && at.standard_errors.size() == 3 && at.z.size() == 3 && at.p.size() == 3));
  use((at.intervals().rows() == 3 && at.sandwich.rows() == 3 && at.unidentified_directions.empty()));
  use(check_derivatives(logistic, fit.x).ok());
  use(inference(with_samples(autodiff([](const auto& x) { return x[0] * x[0] + x[1] * x[1]; }), 5),
                VectorXd(VectorXd::Zero(2)))
          .covariance.rows()
      == 2);
  use(kl_curvature(logistic, fit.x, 1e-3).rows() == 3);

  use(minimize(Quadratic{MatrixXd(MatrixXd::Identity(2, 2)), VectorXd(Vector2d(1, 2))}, VectorXd::Zero(2),
               Newton{})
          .converged());
  const SoftmaxRegression softmax{X, std::vector<int>{0, 1, 2, 0, 1}, {.ridge = 0.1}};
  use(minimize(softmax, softmax.start(), LimitedMemoryBfgs{}).converged());
  const GeneralizedLinearModel<Poisson> counts{X, y, {.ridge = 0.1}};
  use(minimize(counts, counts.start(), NaturalGradient{}).converged());
  const GeneralizedLinearModel<Binomial, Probit> probit{X, y, {.ridge = 0.1}};
  use(minimize(probit, probit.start(), NaturalGradient{}).converged());
  const LeastSquares squares{Index(5), [&](const VectorXd& x, VectorXd& r) { r = X * x - y; },
                             [&](const VectorXd&, MatrixXd& J) { J = X; }};
  use(minimize(squares, VectorXd::Zero(2), NaturalGradient{ExpectedFisher{}, LevenbergMarquardt{}})
          .converged());
  const GaussianLikelihood gaussian{X};
  use(minimize(gaussian, gaussian.start(), NaturalGradient{}).usable());

  const auto value = [](const Vector2d& x) { return 0.5 * x.squaredNorm(); };
  const auto gradient = [](const Vector2d& x, Vector2d& g) { g = x; };
  const auto hessian = [](const Vector2d&, Eigen::Matrix2d& H) { H.setIdentity(); };
  use(minimize(function(value, gradient), Vector2d(1, 2), LimitedMemoryBfgs{}).converged());
  use(minimize(function(value, gradient, hessian), Vector2d(1, 2), Newton{}).converged());
  use(minimize(autodiff([](const auto& x) { return x[0] * x[0] + 2 * x[1] * x[1]; }), Vector2d(1, 2),
               Newton{})
          .converged());
  struct Value {
    double value(const VectorXd& x) const { return 0.5 * x.squaredNorm(); }
  };
  use(minimize(numeric_derivatives(Value{}), VectorXd::Ones(2), LimitedMemoryBfgs{},
               StopWhen{.gradient_norm = 1e-6})
          .usable());
}

}  // namespace

int main() {
  optimizers();
  results();
  objectives();
}
