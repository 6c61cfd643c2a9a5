// SPDX-License-Identifier: MIT
#pragma once

/// The command line that every C++ peer shares. Prints one line of JSON a run.
///
///   peer list                                   the methods, one a line: name, tab, what it can do
///   peer METHOD fit DATA ANSWER SECONDS         writes the answer; no fit may take longer than SECONDS
///   peer METHOD rosenbrock                      nanoseconds a minimisation from (−1.2, 1), allocations, ‖∇f‖∞
///
/// A fit is repeated for 0.7 s, three times where that takes up to 3 s, and the median counts.

#include "objective.hpp"
#include "support/allocations.hpp"
#include "support/timing.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace peers {

struct Method {
  std::string name;
  /// minimises from x, in place
  std::function<void(Objective&, VectorXd&)> fit;
  /// minimises Rosenbrock's function from x, in place, to ‖∇f‖∞ ≤ kSmallGradient; may be empty
  std::function<void(Eigen::Vector2d&)> rosenbrock{};
  /// what brings the data into the library's own form, before the clock starts; may be empty
  std::function<void(const Data&)> prepare{};
};

/// One fit from zero; the note says how it ended, where it did not end well.
inline std::string fit_once(const Method& method, Objective& f, VectorXd& x) {
  x = VectorXd::Zero(f.dimension());
  try {
    method.fit(f, x);
  } catch (const Reached&) {
    x = f.best();
  } catch (const std::exception& e) {  // some libraries pass on another exception than they were thrown
    if (f.best().size() > 0) x = f.best();
    if (!f.reached()) return e.what();
  }
  return {};
}

inline int fit(const Method& method, const std::string& data_path, const std::string& answer_path,
               double allowed) {
  const Data data = read_data(data_path);
  if (method.prepare) method.prepare(data);
  std::vector<double> seconds;
  double sum = 0;
  std::string note;
  long evaluations = 0;
  VectorXd x;
  while (seconds.empty() || (sum < 0.7 && seconds.size() < 101) || (sum < 3 && seconds.size() < 3)) {
    seconds.push_back(bench::seconds_of([&] {
      Objective f(data, allowed);
      note = fit_once(method, f, x);
      evaluations = f.evaluations();
    }));
    sum += seconds.back();
  }
  write_answer(answer_path, x);
  std::replace(note.begin(), note.end(), '"', '\'');
  std::replace(note.begin(), note.end(), '\n', ' ');
  std::printf("{\"seconds\": %.6e, \"runs\": %zu, \"evaluations\": %ld, \"note\": \"%s\"}\n",
              bench::median(seconds), seconds.size(), evaluations, note.c_str());
  return 0;
}

inline int time_rosenbrock(const Method& method) {
  Eigen::Vector2d x;
  const auto once = [&] {
    x << -1.2, 1;
    asm volatile("" : : "r"(x.data()) : "memory");
    method.rosenbrock(x);
    asm volatile("" : : "r"(x.data()) : "memory");
  };
  once();
  const long before = bench::allocation_count;
  once();
  const long allocations = bench::allocation_count - before;
  // A batch lasts a tenth of a millisecond, so that on a busy machine most of them run without an interruption.
  const int batch = std::clamp(static_cast<int>(1e-4 / bench::seconds_of(once)), 1, 1000);
  std::vector<double> nanoseconds;
  for (double sum = 0; sum < 0.5;) {
    const double seconds = bench::seconds_of([&] {
      for (int k = 0; k < batch; ++k) once();
    });
    nanoseconds.push_back(seconds / batch * 1e9);
    sum += seconds;
  }
  double g[2];
  rosenbrock(x.data(), g);
  std::printf("{\"ns\": %.1f, \"allocations\": %ld, \"gradient\": %.3e}\n", bench::median(nanoseconds),
              allocations, std::max(std::abs(g[0]), std::abs(g[1])));
  return 0;
}

inline int run(int argc, char** argv, const std::vector<Method>& methods) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "list") {
    for (const Method& method : methods)
      std::printf("%s\t%s %s\n", method.name.c_str(), method.fit ? "fit" : "",
                  method.rosenbrock ? "rosenbrock" : "");
    return 0;
  }
  for (const Method& method : methods) {
    if (arguments.size() < 2 || method.name != arguments[0]) continue;
    if (arguments.size() == 5 && arguments[1] == "fit" && method.fit)
      return fit(method, arguments[2], arguments[3], std::stod(arguments[4]));
    if (arguments[1] == "rosenbrock" && method.rosenbrock) return time_rosenbrock(method);
  }
  std::fputs("peer list, peer METHOD fit DATA ANSWER SECONDS, or peer METHOD rosenbrock\n", stderr);
  return 2;
}

}  // namespace peers
