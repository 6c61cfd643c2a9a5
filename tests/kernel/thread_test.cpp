// SPDX-License-Identifier: MIT
#include "kernel/design_cases.hpp"
#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/kernel/log_loss.hpp"
#include "natgrad/kernel/parallel.hpp"
#include "natgrad/kernel/products.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

#include <stdexcept>
#include <thread>

namespace kernel = natgrad::kernel;
using namespace natgrad::test;
using kernel::Design;
using kernel::LogisticRows;

namespace {

void use_threads([[maybe_unused]] int count) {
#ifdef _OPENMP
  omp_set_num_threads(count);
#endif
}

struct Results {
  double value;
  Vector<double> gradient, product;
  Columns<double> hessian;
  bool operator==(const Results& other) const {
    return value == other.value && gradient == other.gradient && product == other.product
        && hessian == other.hessian;
  }
};

template <class Features>
Results everything(const Features& features, const Problem<double>& problem) {
  const Design<Features> data{features, true};
  const Index p = data.parameters();
  Results results{0, Vector<double>(p), Vector<double>(p), Columns<double>::Zero(p, p)};
  const LogisticRows<double> loss{problem.label.data(), problem.weight.data()};
  const Vector<double> x = problem.parameters;
  results.value = kernel::value_gradient_hessian(data, loss, x, results.gradient, results.hessian);
  kernel::gram_times(data, problem.weight.data(), x, results.product);
  return results;
}

}  // namespace

TEST_CASE("the number of threads does not change a bit") {
  for (const auto& size :
       {std::pair<Index, Index>{30000, 5}, {5000, 40}, {sanitized ? 600 : 1500, sanitized ? 261 : 300}}) {
    const Problem<double> problem(size.first, size.second, 1, true);
    in_every_layout<double>(problem.x, [&](const auto& features) {
      use_threads(1);
      const Results serial = everything(features, problem);
      for (const int threads : {2, 3, 7}) {
        use_threads(threads);
        CHECK(everything(features, problem) == serial);
      }
    });
  }
  use_threads(2);
}

TEST_CASE("the parts of a pass over columns are alike, so that no thread waits for a longer one") {
  using Reader = kernel::DenseReader<double, false, false>;
  for (const Index n : {9000, 30'000, 33'333, 100'000, 1'000'000, 12'345'678}) {
    for (const Index d : {5, 20, 100, 1000}) {
      const kernel::DenseRows<double, false> x{nullptr, n, n, d};
      const kernel::Cut cut(n, Reader::block_rows(x), Reader::work(x), d + 1);
      INFO("n " << n << ", d " << d << ", block " << cut.block << ", part " << cut.part);
      if (n * d < 16 * 8192) continue;
      CHECK(cut.parts == 16);
      CHECK(static_cast<double>(16 * cut.part) < 1.05 * static_cast<double>(n));
      CHECK(cut.block % kernel::row_multiple == 0);
      CHECK(cut.block <= (d <= kernel::memory_streams ? 16384 : 2048));
      CHECK(cut.block >= 256);
    }
  }
}

TEST_CASE("several threads may use the same data at once") {
  const Problem<double> problem(4000, 12, 1, true);
  const Results expected = everything(problem.x, problem);
  std::vector<std::thread> threads;
  std::vector<int> same(4, 0);
  for (std::size_t k = 0; k < same.size(); ++k)
    threads.emplace_back([&, k] { same[k] = everything(problem.x, problem) == expected; });
  for (auto& thread : threads) thread.join();
  CHECK(same == std::vector<int>(4, 1));
}

TEST_CASE("of several exceptions that of the first part is passed on") {
  use_threads(3);
  for (int run = 0; run < 20; ++run)
    CHECK_THROWS_WITH(kernel::for_each_part(16,
                                            [](Index k) {
                                              if (k == 5 || k == 11)
                                                throw std::runtime_error(k == 5 ? "five" : "eleven");
                                            }),
                      "five");
  use_threads(2);
}

TEST_CASE("the cut depends on sizes alone and covers every row once") {
  for (const Index n : {0, 1, 63, 64, 1000, 100000})
    for (const double work : {0.0, 1e5, 1e9}) {
      const kernel::Cut cut(n, 64, work, 10);
      CHECK(cut.part % cut.block == 0);
      CHECK(cut.parts * cut.part >= n);
      CHECK((cut.parts - 1) * cut.part <= n);
      CHECK(cut.parts <= 16);
    }
}
