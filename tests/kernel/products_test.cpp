// SPDX-License-Identifier: MIT
#include "natgrad/kernel/products.hpp"

#include "kernel/design_cases.hpp"
#include "kernel/every_path.hpp"
#include "support/catch.hpp"

namespace kernel = natgrad::kernel;
using namespace natgrad::test;
using kernel::Design;

TEMPLATE_TEST_CASE("Gram times vectors is the textbook's, without the matrix", "", float, double) {
  using T = TestType;
  on_every_path([] {
    for (const Index d : {2, 7, 19, 50})
      for (const bool intercept : {false, true})
        for (const bool weighted : {false, true}) {
          const Index n = 217;
          const Problem<T> problem(n, d, 6, intercept);
          const Exact design = problem.design();
          const Exact w =
              weighted ? Exact(problem.weight.template cast<long double>()) : Exact(Exact::Ones(n, 1));
          const Exact expected = design.transpose() * w.col(0).asDiagonal() * design
                               * problem.parameters.template cast<long double>();
          in_every_layout<T>(problem.x, [&](const auto& features) {
            // The offset is no part of the product.
            const Design<std::decay_t<decltype(features)>> data{features, intercept, problem.offset.data()};
            const T* weight = weighted ? problem.weight.data() : nullptr;
            Columns<T> out(design.cols(), 6);
            kernel::gram_times(data, weight, problem.parameters, out);
            CHECK(difference(out, expected) <= rounding<T>(n));
            Vector<T> one(design.cols());
            kernel::gram_times(data, weight, Vector<T>(problem.parameters.col(2)), one);
            CHECK(difference(one, expected.col(2)) <= rounding<T>(n));
          });
        }
  });
}
