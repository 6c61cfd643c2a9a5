// SPDX-License-Identifier: MIT
//
// 06: ten kinds of clothes.
//
// Softmax regression on Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747): pictures of 28×28 pixels in 10 classes,
// 7850 parameters; 10 000 more pictures test the fit. The first 12 000 of 60 000 are used, or as many as the first argument
// says: 06_fashion_mnist 60000.
//
// The data are the Debian package dataset-fashion-mnist. Without it the example says so and ends well.

#include "support/claims.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"
#include <natgrad/natgrad.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>
#include <zlib.h>

using namespace natgrad;
using Eigen::VectorXf;
using Pixels = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

const std::string kFolder = "/usr/share/datasets/fashion-mnist/";

/// An idx file: a magic number, the sizes as big-endian 32-bit numbers, then bytes. Nothing where it cannot be read.
std::optional<std::vector<unsigned char>> read_idx(const std::string& name, std::size_t header,
                                                   std::size_t bytes) {
  const gzFile file = gzopen((kFolder + name).c_str(), "rb");
  if (!file) return {};
  std::vector<unsigned char> data(header + bytes);
  const int got = gzread(file, data.data(), static_cast<unsigned>(data.size()));
  gzclose(file);
  if (got != static_cast<int>(data.size())) return {};
  data.erase(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(header));
  return data;
}

struct Pictures {
  Pixels X;
  std::vector<int> labels;
};

std::optional<Pictures> read(const std::string& prefix, Index n) {  // the first n
  const auto images = read_idx(prefix + "-images-idx3-ubyte.gz", 16, static_cast<std::size_t>(n) * 784);
  const auto labels = read_idx(prefix + "-labels-idx1-ubyte.gz", 8, static_cast<std::size_t>(n));
  if (!images || !labels) return {};
  using Bytes =
      Eigen::Map<const Eigen::Matrix<unsigned char, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  return Pictures{Bytes(images->data(), n, 784).cast<float>() / 255.0f, {labels->begin(), labels->end()}};
}

struct Run {
  example::Curve loss_by_pass, loss_by_second, accuracy_by_second;
  double value = 0, accuracy = 0;
};

template <class Model, class Optimizer>
Run run(const Model& train, const Model& test, const std::string& name, const Optimizer& optimizer,
        Index iterations, example::Table& table) {
  Run out{{name, {}, {}}, {name, {}, {}}, {name, {}, {}}};
  double testing = 0;  // not the optimizer's time
  const auto watch = [&](const Progress<VectorXf>& now) {
    const double at = now.seconds() - testing;
    const auto begin = std::chrono::steady_clock::now();
    // A product reads the data about twice: once for the margins of v, once to sum up.
    const auto passes = static_cast<double>(now.counts.values + 2 * now.counts.products);
    out.accuracy = static_cast<double>(test.accuracy(now.x));
    out.value = static_cast<double>(now.value);
    out.loss_by_pass.x.push_back(passes);
    out.loss_by_pass.y.push_back(out.value);
    out.loss_by_second.x.push_back(at);
    out.loss_by_second.y.push_back(out.value);
    out.accuracy_by_second.x.push_back(at);
    out.accuracy_by_second.y.push_back(100 * out.accuracy);
    testing += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const auto result = minimize(train, train.start(), optimizer,
                               StopWhen{.gradient_norm = 1e-5, .max_iterations = iterations}, watch);
  table.row(name, result.iterations, example::fixed(out.loss_by_pass.x.back(), 0),
            example::fixed(out.loss_by_second.x.back(), 1), example::fixed(out.value, 4),
            example::fixed(100 * out.accuracy, 2) + " %", std::string(to_string(result.status)));
  return out;
}

/// the loss after at most so many passes
double after(const Run& run, double passes) {
  double value = 0;
  for (std::size_t i = 0; i < run.loss_by_pass.x.size() && run.loss_by_pass.x[i] <= passes; ++i) {
    value = run.loss_by_pass.y[i];
  }
  return value;
}

}  // namespace

int main(int count, char** words) {
  const Index pictures = count > 1 ? std::atol(words[1]) : 12'000;
  const auto training = read("train", pictures), testing = read("t10k", 10'000);
  if (!training || !testing) {
    std::cout << "Skipped: no data in " << kFolder << ". Install the Debian package dataset-fashion-mnist.\n";
    return 0;
  }
  const SoftmaxOptions<float> options{.intercept = true, .ridge = 1e-4f};
  const SoftmaxRegression train{training->X, training->labels, options};
  const SoftmaxRegression test{testing->X, testing->labels, options};

  example::Table table("optimizer", "iterations", "passes", "seconds", "f", "test accuracy", "status");
  std::vector<Run> runs;
  runs.push_back(run(train, test, "gradient descent", GradientDescent{}, 100, table));
  runs.push_back(run(train, test, "L-BFGS", LimitedMemoryBfgs{}, 100, table));
  // All pixels have one unit, so that D = I; D = diag(F) would let pixels that are nearly always black run away.
  runs.push_back(run(train, test, "natural gradient, Kronecker",
                     NaturalGradient{ExpectedFisher{}, LevenbergMarquardt{}, Kronecker{.scale_free = false}},
                     40, table));
  runs.push_back(run(train, test, "natural gradient, CG",
                     NaturalGradient{ExpectedFisher{}, LevenbergMarquardt{}, ConjugateGradient{}}, 6, table));
  std::cout << table;

  example::Panel passes{.title = "Fashion-MNIST, " + std::to_string(pictures) + " pictures",
                        .x_label = "passes over the data",
                        .y_label = "f",
                        .log_x = true};
  example::Panel time{.title = "the same, by the clock", .x_label = "seconds", .y_label = "f"};
  example::Panel accuracy{
      .title = "on 10 000 pictures not seen", .x_label = "seconds", .y_label = "test accuracy, %"};
  passes.y_range = time.y_range = {0.28, 0.8};
  accuracy.y_range = {78, 85};
  for (const Run& r : runs) {
    passes.curves.push_back(r.loss_by_pass);
    time.curves.push_back(r.loss_by_second);
    accuracy.curves.push_back(r.accuracy_by_second);
  }
  example::draw("06_fashion_mnist", {passes, time, accuracy});

  example::Claims claims;
  std::cout << "f after 30 passes:";
  for (const Run& r : runs) std::cout << ' ' << after(r, 30);
  std::cout << '\n';
  claims.add(after(runs[2], 30) < after(runs[0], 30) && after(runs[2], 30) < after(runs[1], 30),
             "after 30 passes over the data the natural gradient with Kronecker factors is lowest");
  claims.add(runs[1].value < runs[0].value, "L-BFGS ends below gradient descent");
  claims.add(runs[1].accuracy > runs[0].accuracy && runs[2].accuracy > runs[0].accuracy
                 && runs[3].accuracy > runs[0].accuracy,
             "each of the others knows more of the pictures it has not seen than gradient descent");
  return claims.report();
}
