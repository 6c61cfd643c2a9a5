// SPDX-License-Identifier: MIT
/// libFuzzer: random quadratics, GLM data and option values from bytes. A broken promise of minimize aborts.
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <limits>
#include <stdexcept>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// Values from bytes; zero when they are used up.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  unsigned byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  Index count(Index least, Index most) { return least + static_cast<Index>(byte()) % (most - least + 1); }
  bool flag() { return (byte() & 1u) != 0; }

  /// An eighth, a power of ten, any bits at all, or a special value.
  double number() {
    const unsigned kind = byte();
    if (kind < 160) return (static_cast<int>(byte()) - 128) / 8.0;
    if (kind < 220) return std::pow(10.0, static_cast<int>(byte()) - 128) * (kind & 1u ? 1 : -1);
    if (kind < 240) {
      std::uint64_t bits = 0;
      for (int i = 0; i < 8; ++i) bits = bits << 8 | byte();
      double value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double special[] = {infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), -0.0,
                                  5e-324};
    return special[kind % 5];
  }
  double positive(double otherwise) { return flag() ? std::abs(number()) : otherwise; }
  VectorXd vector(Index size) {
    VectorXd v(size);
    for (Index i = 0; i < size; ++i) v[i] = number();
    return v;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

/// x ↦ ½xᵀAx − bᵀx + c, of any signature, that counts its calls
struct Parabola {
  MatrixXd A;
  VectorXd b;
  double c;
  mutable Index values = 0, gradients = 0, hessians = 0;

  double value(const VectorXd& x) const {
    ++values;
    return 0.5 * x.dot(A * x) - b.dot(x) + c;
  }
  void gradient(const VectorXd& x, VectorXd& g) const {
    ++gradients;
    g = A * x - b;
  }
  void hessian(const VectorXd&, MatrixXd& H) const {
    ++hessians;
    H = A;
  }
};

void promise(bool kept, const char* words, const Result<VectorXd>& r) {
  if (kept) return;
  std::cerr << "broken: " << words << '\n' << r << std::flush;
  std::abort();
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

template <class F, class Optimizer>
void run(const F& f, const VectorXd& x0, const Optimizer& optimizer, const StopWhen& stop, bool descends) {
  const Result<VectorXd> r = minimize(f, x0, optimizer, stop);
  promise(r.x.size() == x0.size() && r.x.allFinite(), "x is finite", r);
  promise(to_string(r.status) != "unknown", "the status is one of the list", r);
  promise(r.iterations <= stop.max_iterations, "max_iterations", r);
  promise(r.counts.values <= std::max<Index>(stop.max_evaluations, 1), "max_evaluations", r);
  if (r.status == Status::not_finite) {
    promise(r.x == x0 && r.counts.values == 1, "nothing is done from an x0 where f is not finite", r);
    return;
  }
  VectorXd g(x0.size());
  double value = 0;
  if constexpr (HasValueAndGradient<F, VectorXd>) {
    value = f.value_and_gradient(r.x, g);
  } else {
    promise(
        f.values == r.counts.values && f.gradients == r.counts.gradients && f.hessians == r.counts.hessians,
        "the counts are the calls", r);
    value = f.value(r.x);
    f.gradient(r.x, g);
  }
  promise(std::isfinite(r.value) && same_bits(r.value, value), "value = f(x)", r);
  promise(r.gradient == g && r.gradient.allFinite(), "gradient = ∇f(x)", r);
  promise(r.gradient_norm == g.cwiseAbs().maxCoeff(), "gradient_norm = ‖∇f(x)‖∞", r);
  if (descends) promise(!(r.value > f.value(x0)), "f(x) ≤ f(x0)", r);
  const bool gradient_alone = stop.decrement == 0 && stop.value_change == 0 && stop.step_norm == 0;
  if (r.converged() && gradient_alone)
    promise(r.gradient_norm <= stop.gradient_norm.value_or(1e-8), "converged means ‖∇f(x)‖∞ ≤ gradient_norm",
            r);
  const Result<VectorXd> again = minimize(f, x0, optimizer, stop);
  promise(again.x == r.x && same_bits(again.value, r.value) && again.status == r.status
              && again.counts == r.counts && again.iterations == r.iterations,
          "the same input gives the same result", r);
}

StopWhen stop_rule(Bytes& in) {
  StopWhen stop;
  if (in.flag()) stop.gradient_norm = in.positive(0);
  stop.decrement = in.positive(0);
  stop.value_change = in.positive(0);
  stop.step_norm = in.positive(0);
  stop.max_iterations = in.count(0, 80);
  stop.max_evaluations = in.flag() ? in.count(0, 60) : 1000;
  return stop;
}

template <class F>
void first_order(Bytes& in, const F& f, const VectorXd& x0) {
  const unsigned choice = in.byte() % 6;
  const StopWhen stop = stop_rule(in);
  if (choice == 0) run(f, x0, GradientDescent{FixedStep{in.positive(0.1)}}, stop, false);
  if (choice == 1)
    run(f, x0, GradientDescent{Armijo{in.positive(1e-4), in.positive(0.5), int(in.byte())}}, stop, true);
  if (choice == 2)
    run(f, x0, GradientDescent{StrongWolfe{in.positive(1e-4), in.positive(0.9), int(in.byte())}}, stop, true);
  if (choice == 3)
    run(f, x0, GradientDescent{BarzilaiBorwein{in.positive(1e-4), int(in.byte()), int(in.byte())}}, stop,
        true);
  if (choice == 4)
    run(f, x0, LimitedMemoryBfgs{HagerZhang{in.positive(0.1), in.positive(0.9)}, in.count(0, 12)}, stop,
        true);
  if (choice == 5)
    run(f, x0, LimitedMemoryBfgs{DecayingStep{in.positive(1), in.positive(1), in.positive(10)}}, stop, false);
}

template <class F>
void newton(Bytes& in, const F& f, const VectorXd& x0) {
  const unsigned choice = in.byte() % 5;
  const StopWhen stop = stop_rule(in);
  const Dense dense{in.positive(0), in.flag()};
  if (choice == 0)
    run(f, x0, Newton{LevenbergMarquardt{in.positive(0), in.positive(1e-3), in.positive(1e-4)}, dense}, stop,
        true);
  if (choice == 1)
    run(f, x0, Newton{TrustRegion{in.positive(0), in.positive(1e-4), in.positive(4)}, dense}, stop, true);
  if (choice == 2) run(f, x0, Newton{HagerZhang{}, dense}, stop, true);
  if (choice == 3) run(f, x0, Newton{FixedStep{in.positive(1)}, dense}, stop, false);
  if (choice == 4)
    run(f, x0, Newton{LevenbergMarquardt{}, ConjugateGradient{.damping = in.positive(0)}}, stop, true);
}

template <class F>
void natural_gradient(Bytes& in, const F& f, const VectorXd& x0) {
  const unsigned choice = in.byte() % 5;
  const StopWhen stop = stop_rule(in);
  const double damping = in.positive(0);
  if (choice == 0)
    run(f, x0, NaturalGradient{ExpectedFisher{}, LevenbergMarquardt{}, Dense{damping}}, stop, true);
  if (choice == 1)
    run(f, x0, NaturalGradient{ExpectedFisher{}, KlRadius{in.positive(0.01)}, Dense{damping}}, stop, true);
  if (choice == 2) run(f, x0, NaturalGradient{EmpiricalFisher{}, Armijo{}, Dual{damping}}, stop, true);
  if (choice == 3) run(f, x0, NaturalGradient{ExpectedFisher{}, TrustRegion{}, Qr{damping}}, stop, true);
  if (choice == 4) run(f, x0, LimitedMemoryBfgs{}, stop, true);
}

template <class F>
void fit(Bytes& in, const F& f) {
  const VectorXd x0 = in.flag() ? f.start() : in.vector(f.dimension());
  if (in.flag()) {
    newton(in, f, x0);
  } else {
    natural_gradient(in, f, x0);
  }
}

template <class Options>
Options options(Bytes& in, Index n) {
  Options o;
  o.intercept = in.flag();
  o.ridge = in.positive(0);
  if (in.flag()) o.weights = in.vector(n);
  return o;
}

void quadratic(Bytes& in) {
  const Index d = in.count(1, 4);
  Parabola f{MatrixXd(d, d), in.vector(d), in.number()};
  for (Index i = 0; i < d; ++i) {
    for (Index j = 0; j <= i; ++j) f.A(i, j) = f.A(j, i) = in.number();
  }
  const VectorXd x0 = in.vector(d);
  if (in.flag()) {
    // the counts of the second run are checked too
    first_order(in, f, x0);
  } else {
    newton(in, f, x0);
  }
}

void model(Bytes& in) {
  const Index n = in.count(0, 6), d = in.count(0, 3);
  const unsigned kind = in.byte() % 5;
  MatrixXd X(n, d);
  for (Index j = 0; j < d; ++j) X.col(j) = in.vector(n);
  VectorXd y(n);
  for (Index i = 0; i < n; ++i) y[i] = in.flag() ? static_cast<double>(in.byte() % 3) : in.number();
  if (kind <= 1) fit(in, LogisticRegression{X, y, options<LogisticOptions<double>>(in, n)});
  if (kind == 2) fit(in, GeneralizedLinearModel{Poisson{}, Log{}, X, y, options<GlmOptions<double>>(in, n)});
  if (kind == 3)
    fit(in, GeneralizedLinearModel{Gamma{}, Inverse{}, X, y, options<GlmOptions<double>>(in, n)});
  if (kind == 4)
    fit(in, GeneralizedLinearModel{Binomial{}, Probit{}, X, y, options<GlmOptions<double>>(in, n)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes in(data, size);
  try {
    if (in.byte() % 2 == 0) {
      quadratic(in);
    } else {
      model(in);
    }
  } catch (const std::invalid_argument&) {  // what a bad argument gets
  }
  return 0;
}
