// SPDX-License-Identifier: MIT
// dlib: find_min by Newton and by L-BFGS, with a stop strategy for ‖∇f‖∞, since its own test is on ‖∇f‖₂.
#include "peer.hpp"

#include <dlib/optimization.h>

namespace {

template <class Vector>
double largest(const Vector& g) {
  double norm = 0;
  for (long i = 0; i < g.size(); ++i) norm = std::max(norm, std::abs(g(i)));
  return norm;
}

struct StopAt {
  double gradient;
  template <class Vector>
  bool should_continue_search(const Vector&, double, const Vector& g) const {
    return !(largest(g) <= gradient);
  }
};

using Column = dlib::matrix<double, 0, 1>;

/// dlib asks for value, gradient and Hessian apart: what was computed at the last point is kept.
class Logistic {
 public:
  explicit Logistic(peers::Objective& f) : f_(f), g_(f.dimension()) {}

  double value(const Column& x) { return visit(x), value_; }
  Column gradient(const Column& x) {
    visit(x);
    return dlib::mat(g_.data(), g_.size());
  }
  dlib::matrix<double> hessian(const Column& x) {
    visit(x);
    f_.hessian(H_);
    H_.triangularView<Eigen::StrictlyUpper>() = H_.transpose();
    return dlib::mat(H_.data(), H_.rows(), H_.cols());
  }

 private:
  void visit(const Column& x) {
    const Eigen::Map<const peers::VectorXd> at(&x(0), x.size());
    if (x_.size() == at.size() && x_ == at) return;
    x_ = at;
    value_ = f_(x_, g_);
  }

  peers::Objective& f_;
  peers::VectorXd x_, g_;
  peers::MatrixXd H_;
  double value_ = 0;
};

template <class Strategy>
void fit(peers::VectorXd& x, Logistic& f, Strategy strategy) {
  Column start = dlib::mat(x.data(), x.size());
  dlib::find_min(
      strategy, StopAt{peers::kGradient}, [&](const Column& at) { return f.value(at); },
      [&](const Column& at) { return f.gradient(at); }, start, -1);
  x = Eigen::Map<const peers::VectorXd>(&start(0), start.size());
}

void newton(peers::Objective& objective, peers::VectorXd& x) {
  Logistic f(objective);
  fit(x, f, dlib::newton_search_strategy([&](const Column& at) { return f.hessian(at); }));
}

void lbfgs(peers::Objective& objective, peers::VectorXd& x) {
  Logistic f(objective);
  fit(x, f, dlib::lbfgs_search_strategy(10));
}

using Pair = dlib::matrix<double, 2, 1>;

double rosenbrock_value(const Pair& x) { return peers::rosenbrock(&x(0), nullptr); }
Pair rosenbrock_gradient(const Pair& x) {
  Pair g;
  peers::rosenbrock(&x(0), &g(0));
  return g;
}
dlib::matrix<double, 2, 2> rosenbrock_hessian(const Pair& x) {
  dlib::matrix<double, 2, 2> H;
  H = 2 - 400 * (x(1) - 3 * x(0) * x(0)), -400 * x(0), -400 * x(0), 200;
  return H;
}

template <class Strategy>
void rosenbrock(Eigen::Vector2d& x, Strategy strategy) {
  Pair start;
  start = x[0], x[1];
  dlib::find_min(strategy, StopAt{peers::kSmallGradient}, rosenbrock_value, rosenbrock_gradient, start, -1);
  x << start(0), start(1);
}

}  // namespace

int main(int argc, char** argv) {
  return peers::run(
      argc, argv,
      {{"dlib Newton", newton,
        [](Eigen::Vector2d& x) { rosenbrock(x, dlib::newton_search_strategy(rosenbrock_hessian)); }},
       {"dlib L-BFGS", lbfgs, [](Eigen::Vector2d& x) { rosenbrock(x, dlib::lbfgs_search_strategy(10)); }}});
}
