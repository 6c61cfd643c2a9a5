// SPDX-License-Identifier: MIT
// Writes the data of one problem, and judges the answers to it in long double.
//
//   peers_data write FILE N D isotropic|ill
//   peers_data check FILE ANSWER [RIDGE]     prints {"loss": …, "gradient": ‖∇f‖∞}; RIDGE replaces that of the file
#include "data_file.hpp"
#include "support/logistic_data.hpp"

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using Real = long double;

int check(const peers::Data& data, const peers::VectorXd& x, double ridge) {
  const auto n = data.X.rows(), d = data.X.cols();
  std::vector<Real> residual(static_cast<std::size_t>(n), Real(0));
  for (peers::Index j = 0; j < d; ++j)
    for (peers::Index i = 0; i < n; ++i)
      residual[static_cast<std::size_t>(i)] += Real(data.X(i, j)) * Real(x[j]);
  Real loss = 0;
  for (peers::Index i = 0; i < n; ++i) {
    Real& m = residual[static_cast<std::size_t>(i)];
    loss += (m > 0 ? m : Real(0)) + std::log1p(std::exp(-std::fabs(m))) - Real(data.y[i]) * m;
    m = 1 / (1 + std::exp(-m)) - Real(data.y[i]);
  }
  loss /= Real(n);
  Real largest = 0;
  for (peers::Index j = 0; j < d; ++j) {
    Real g = 0;
    for (peers::Index i = 0; i < n; ++i) g += Real(data.X(i, j)) * residual[static_cast<std::size_t>(i)];
    g = g / Real(n) + Real(ridge) * Real(x[j]);
    loss += Real(ridge) / 2 * Real(x[j]) * Real(x[j]);
    if (!(std::fabs(g) <= largest)) largest = std::fabs(g);
  }
  std::printf("{\"loss\": %.17Lg, \"gradient\": %.6Le}\n", loss, largest);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 5 && arguments[0] == "write") {
    auto made = bench::logistic_data(
        std::stol(arguments[2]), std::stol(arguments[3]),
        arguments[4] == "ill" ? bench::Conditioning::ill : bench::Conditioning::isotropic);
    peers::write_data(arguments[1], {std::move(made.X), std::move(made.y), bench::kRidge});
    return 0;
  }
  if (arguments.size() >= 3 && arguments[0] == "check") {
    const peers::Data data = peers::read_data(arguments[1]);
    const double ridge = arguments.size() > 3 ? std::stod(arguments[3]) : data.ridge;
    return check(data, peers::read_answer(arguments[2], data.X.cols()), ridge);
  }
  std::fputs("peers_data write FILE N D isotropic|ill, or peers_data check FILE ANSWER [RIDGE]\n", stderr);
  return 2;
}
