// SPDX-License-Identifier: MIT
// liblinear: L2R_LR (trust region Newton) minimises ½‖w‖² + C·Σ loss, which is f/ridge with C = 1/(n·ridge).
#include "peer.hpp"

#include <linear.h>

namespace {

/// The sparse form that liblinear reads.
struct Rows {
  std::vector<feature_node> nodes;
  std::vector<feature_node*> row;
  std::vector<double> label;
  double eps = 0;
} rows;

/// Its test is ‖∇f‖₂ ≤ eps·(min(positives, negatives)/n)·‖∇f(0)‖₂, in any scale of f.
double relative_tolerance(const peers::Data& data) {
  peers::VectorXd g(data.X.cols());
  peers::Objective(data, 1e9)(peers::VectorXd::Zero(g.size()), g);
  const double positive = data.y.mean();
  return peers::kGradient / (std::min(positive, 1 - positive) * g.norm());
}

void prepare(const peers::Data& data) {
  const auto n = data.X.rows(), d = data.X.cols();
  rows.nodes.resize(static_cast<std::size_t>(n * (d + 1)));
  for (peers::Index i = 0; i < n; ++i) {
    feature_node* out = rows.nodes.data() + i * (d + 1);
    rows.row.push_back(out);
    rows.label.push_back(data.y[i] > 0.5 ? 1 : -1);
    for (peers::Index j = 0; j < d; ++j) *out++ = {static_cast<int>(j + 1), data.X(i, j)};
    *out = {-1, 0};
  }
  rows.eps = relative_tolerance(data);
}

void fit(peers::Objective& f, peers::VectorXd& x) {
  set_print_string_function([](const char*) {});
  problem p{};
  p.l = static_cast<int>(f.data().X.rows());
  p.n = static_cast<int>(f.dimension());
  p.y = rows.label.data();
  p.x = rows.row.data();
  p.bias = -1;
  parameter options{};
  options.solver_type = L2R_LR;
  options.C = 1 / (static_cast<double>(p.l) * f.data().ridge);
  options.eps = rows.eps;
  model* fitted = train(&p, &options);
  const double sign = fitted->label[0] == 1 ? 1 : -1;
  x = sign * Eigen::Map<const peers::VectorXd>(fitted->w, x.size());
  free_and_destroy_model(&fitted);
}

}  // namespace

int main(int argc, char** argv) { return peers::run(argc, argv, {{"liblinear TRON", fit, {}, prepare}}); }
