// SPDX-License-Identifier: MIT
#include "natgrad/kernel/dispatch.hpp"

#include "kernel/every_path.hpp"
#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/kernel/log_loss.hpp"
#include "support/catch.hpp"

#include <vector>

namespace kernel = natgrad::kernel;
using kernel::InstructionSet;

TEST_CASE("the choice is an available set, made once, and the widest") {
  const InstructionSet set = kernel::instruction_set();
  CHECK(kernel::available(set));
  CHECK(kernel::instruction_set() == set);
  for (const auto wider : {InstructionSet::native, InstructionSet::avx2, InstructionSet::avx512})
    if (wider > set) CHECK_FALSE(kernel::available(wider));
}

TEST_CASE("a set that is not available is refused and changes nothing") {
  const InstructionSet set = kernel::instruction_set();
  CHECK_FALSE(kernel::use_instruction_set(InstructionSet::unset));
  CHECK(kernel::instruction_set() == set);
}

TEST_CASE("the plain path is always there") {
  const InstructionSet set = kernel::instruction_set();
  CHECK(kernel::use_instruction_set(InstructionSet::portable));
  CHECK(kernel::instruction_set() == InstructionSet::portable);
  kernel::use_instruction_set(set);
}

TEST_CASE("every path gives the same value, gradient and Hessian within rounding") {
  const Eigen::MatrixXd x = Eigen::MatrixXd::Random(777, 23);
  const Eigen::VectorXd label = (x.col(0).array() > 0).cast<double>(),
                        w = Eigen::VectorXd::LinSpaced(24, -1, 1);
  const kernel::Design data{x, true};
  std::vector<double> values;
  std::vector<Eigen::MatrixXd> hessians;
  std::vector<Eigen::VectorXd> gradients;
  natgrad::test::on_every_path([&] {
    Eigen::VectorXd g(24);
    Eigen::MatrixXd h = Eigen::MatrixXd::Zero(24, 24);
    values.push_back(
        kernel::value_gradient_hessian(data, kernel::LogisticRows<double>{label.data()}, w, g, h));
    gradients.push_back(g), hessians.push_back(h);
  });
  for (std::size_t k = 1; k < values.size(); ++k) {
    CHECK(std::abs(values[k] - values[0]) <= 1e-13 * values[0]);
    CHECK((gradients[k] - gradients[0]).cwiseAbs().maxCoeff() <= 1e-13 * gradients[0].cwiseAbs().maxCoeff());
    CHECK((hessians[k] - hessians[0]).cwiseAbs().maxCoeff() <= 1e-13 * hessians[0].cwiseAbs().maxCoeff());
  }
}
