// SPDX-License-Identifier: MIT
/// The promises of the loop, each as a check that any optimizer passes on any case.
#pragma once

#include "contract/cases.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include <natgrad/core/minimize.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace natgrad::test {

/// Any stop rule behind one type.
template <class V>
struct Rule {
  std::function<Verdict(const Progress<V>&)> judge;
  Budget budget = {};

  template <class Any>
  static Rule of(Any rule) {
    return {[rule](const Progress<V>& now) mutable { return natgrad::judge(rule, now); }, budget_of(rule)};
  }
};

template <class V>
struct RuleReference {
  const Rule<V>* rule;
  Verdict judge(const Progress<V>& now) const { return rule->judge(now); }
  Budget budget() const { return rule->budget; }
};

template <class V>
using Watch = std::function<void(const Progress<V>&)>;

/// An optimizer behind one type, on an objective in two calls and in one.
template <class V>
struct AnyOptimizer {
  std::string name;
  bool descends;  ///< the step policy never goes above f(x0)
  std::function<Result<V>(const Separate<V>&, const V&, const Rule<V>&, const Watch<V>&)> separate;
  std::function<Result<V>(const Fused<V>&, const V&, const Rule<V>&, const Watch<V>&)> fused;

  template <class Optimizer>
  static AnyOptimizer of(std::string name, bool descends, const Optimizer& optimizer) {
    const auto run = [optimizer](const auto& f, const V& x0, const Rule<V>& rule, const Watch<V>& watch) {
      return minimize(f, x0, optimizer, RuleReference<V>{&rule}, watch);
    };
    return {std::move(name), descends, run, run};
  }
};

/// One run: what it returned, what it asked, what the observer saw.
template <class V>
struct Outcome {
  Result<V> result;
  Log<V> log;
  std::vector<V> points = {};
  bool finite = true;  ///< every point the observer saw
  std::optional<int> thrown = {};
};

template <class V>
Outcome<V> run(const AnyOptimizer<V>& optimizer, const Case<V>& problem, bool fused, const StopWhen& stop,
               const Fault& fault = {}) {
  Outcome<V> out;
  out.log.fault = fault;
  const Rule<V> rule = Rule<V>::of(stop);
  const Watch<V> watch = [&](const Progress<V>& now) {
    out.finite = out.finite && now.x.allFinite() && is_finite(now.value) && now.gradient.allFinite();
    out.points.push_back(now.x);
  };
  try {
    out.result = fused ? optimizer.fused(Fused<V>(problem, out.log), problem.start, rule, watch)
                       : optimizer.separate(Separate<V>(problem, out.log), problem.start, rule, watch);
  } catch (const Thrown& thrown) {
    out.thrown = thrown.call;
  }
  return out;
}

template <class V>
std::string words(const AnyOptimizer<V>& optimizer, const Case<V>& problem, bool fused,
                  const Fault& fault = {}) {
  std::ostringstream text;
  text << optimizer.name << " on " << problem.name << (fused ? ", fused" : ", separate");
  if (fault.call != Call::none) {
    text << ", fault " << static_cast<int>(fault.harm) << " at call " << fault.at << " of kind "
         << static_cast<int>(fault.call);
  }
  return text.str();
}

/// Bit for bit, NaN included in neither.
template <class V>
bool same_run(const Result<V>& a, const Result<V>& b) {
  return Log<V>::same(a.x, b.x) && a.value == b.value && Log<V>::same(a.gradient, b.gradient)
      && a.gradient_norm == b.gradient_norm && a.status == b.status && a.message == b.message
      && a.iterations == b.iterations && a.counts == b.counts;
}

/// Promise 1: value, gradient and x belong together, are finite, and a descent policy never ends above f(x0).
template <class V>
std::string broken_result(const AnyOptimizer<V>& optimizer, const Case<V>& problem, const Outcome<V>& out) {
  const Result<V>& r = out.result;
  V gradient(2);
  problem.gradient(r.x, gradient);
  if (!out.finite) return "the observer saw a point that is not finite";
  if (!r.x.allFinite()) return "x is not finite";
  if (r.value != problem.value(r.x)) return "value is not f(x)";
  if (!Log<V>::same(r.gradient, gradient)) return "gradient is not that of x";
  if (r.gradient_norm != r.gradient.cwiseAbs().maxCoeff()) return "gradient_norm is not that of the gradient";
  if (optimizer.descends && !(r.value <= problem.value(problem.start))) return "f(x) > f(x0)";
  if (r.message.empty() && r.status != Status::not_finite) return "no message";
  return "";
}

/// Promise 3: the counts are the calls, and nothing is asked twice.
template <class V>
std::string broken_counts(const Case<V>& problem, const Outcome<V>& out) {
  const Counts& c = out.result.counts;
  const Log<V>& log = out.log;
  const Index passes = log.fishers + log.scores / problem.samples;
  if (c.values != log.values) return "counts.values are not the calls of f";
  if (c.gradients != log.gradients) return "counts.gradients are not the calls of the gradient";
  if (c.hessians != log.hessians) return "counts.hessians are not the calls of hessian";
  if (c.fishers != passes) return "counts.fishers are not the passes over F or the scores";
  if (log.repeated_values) return "f was asked twice at a point";
  if (log.repeated_gradients) return "the gradient was asked twice at a point";
  if (log.repeated_metrics) return "the metric was asked twice at a point";
  return "";
}

/// One call of each point: the iterations are the moves that the observer saw.
template <class V>
std::string broken_watch(const Outcome<V>& out) {
  if (static_cast<Index>(out.points.size()) != out.result.iterations + 1)
    return "the observer was not called once a point";
  for (std::size_t k = 1; k < out.points.size(); ++k) {
    if (Log<V>::same(out.points[k - 1], out.points[k])) return "a step that moves nothing was accepted";
  }
  return "";
}

inline const StopWhen& short_run() {
  static const StopWhen stop{.max_iterations = 60};
  return stop;
}

template <class V>
void keeps_result_and_counts(const std::vector<AnyOptimizer<V>>& optimizers) {
  for (const auto& optimizer : optimizers) {
    for (const auto& problem : Cases<V>::all()) {
      for (const bool fused : {false, true}) {
        const Outcome<V> out = run(optimizer, problem, fused, short_run());
        INFO(words(optimizer, problem, fused) << ": " << out.result);
        CHECK(broken_result(optimizer, problem, out) == "");
        CHECK(broken_counts(problem, out) == "");
        CHECK(broken_watch(out) == "");
      }
    }
  }
}

/// Promises 1 and 2 under faults: nothing is committed before it is found finite, at any call.
template <class V>
std::string broken_by_fault(const AnyOptimizer<V>& optimizer, const Case<V>& problem, const Outcome<V>& out,
                            const Outcome<V>& clean) {
  const Fault& fault = out.log.fault;
  const Status status = out.result.status;
  if (fault.harm == Harm::exception)
    return out.thrown == fault.at ? "" : "the exception did not come through";
  if (out.thrown) return "an exception nobody asked for";
  if (out.finite && out.result.x.allFinite() && status == Status::not_finite)
    return fault.at == 1 ? "" : "not_finite after x0";
  if (const std::string broken = broken_result(optimizer, problem, out); !broken.empty()) return broken;
  if (fault.call == Call::metric) {
    // ExactStep reads the curvature along d, and does without where it is NaN.
    const bool only_metric = optimizer.name.find("ExactStep") == std::string::npos;
    if (status != Status::metric_failed && only_metric) return "a metric that is not finite passed";
    const bool best = std::all_of(out.points.begin(), out.points.end(),
                                  [&](const V& x) { return problem.value(x) >= out.result.value; });
    return best ? "" : "a better point was seen before the failure";
  }
  const bool minus = fault.harm == Harm::minus_infinity && fault.call == Call::value;
  if (minus && status != Status::unbounded) return "f = −∞ was met and not told";
  if (fault.at == 1) return "x0 is not finite and not told";
  return out.result.counts.values == out.log.values || clean.thrown ? ""
                                                                    : "counts.values are not the calls of f";
}

template <class V>
void survives_faults(const std::vector<AnyOptimizer<V>>& optimizers, bool fused, bool metric_reads = true) {
  const StopWhen stop{.max_iterations = 25};
  for (const auto& optimizer : optimizers) {
    for (const auto& problem : Cases<V>::smooth()) {
      const Outcome<V> clean = run(optimizer, problem, fused, stop);
      for (const Call call : {Call::value, Call::gradient, Call::metric}) {
        const Log<V>& log = clean.log;
        const int passes = log.scores / static_cast<int>(problem.samples);
        const int calls = call == Call::value    ? log.values
                        : call == Call::gradient ? log.gradients
                        : metric_reads           ? std::max({log.hessians, log.fishers, passes})
                                                 : 0;
        for (int k = 1; k <= std::min(calls, sanitized ? 10 : 50); ++k) {
          for (const Harm harm : {Harm::nan, Harm::plus_infinity, Harm::minus_infinity, Harm::exception}) {
            const Fault fault{call, harm, k};
            const Outcome<V> out = run(optimizer, problem, fused, stop, fault);
            const std::string broken = broken_by_fault(optimizer, problem, out, clean);
            if (broken.empty()) continue;
            INFO(words(optimizer, problem, fused, fault) << ": " << out.result);
            CHECK(broken == "");
          }
        }
      }
      CHECK(same_run(clean.result,
                     run(optimizer, problem, fused, stop).result));  // nothing is left of a failed run
    }
  }
}

/// The limits hold to the evaluation, and a limited run is the beginning of the unlimited one.
template <class V>
void keeps_limits(const std::vector<AnyOptimizer<V>>& optimizers, bool fused) {
  for (const auto& optimizer : optimizers) {
    for (const auto& problem : Cases<V>::all()) {
      const Outcome<V> full = run(optimizer, problem, fused, short_run());
      const int most = std::min(full.log.values - 1, sanitized ? 10 : 40);
      for (int m = 1; m <= most; ++m) {
        const Outcome<V> out = run(optimizer, problem, fused, {.max_iterations = 60, .max_evaluations = m});
        INFO(words(optimizer, problem, fused) << ", max_evaluations = " << m << ": " << out.result);
        CHECK(out.log.values == m);
        // At a limit, a test that holds is believed without a further look.
        CHECK((out.result.status == Status::max_evaluations || out.result.gradient_norm <= 1e-8));
        CHECK(broken_result(optimizer, problem, out) == "");
        // All but the last point, which may be the best trial of a search that was cut short.
        const auto cut = out.points.end() - (out.points.size() > 1 ? 1 : 0);
        CHECK((out.points.size() <= full.points.size() + 1
               && std::equal(out.points.begin(), cut, full.points.begin(), Log<V>::same)));
      }
      for (Index m = 0; m < std::min<Index>(full.result.iterations, 5); ++m) {
        const Outcome<V> out = run(optimizer, problem, fused, {.max_iterations = m});
        INFO(words(optimizer, problem, fused) << ", max_iterations = " << m << ": " << out.result);
        CHECK(out.result.iterations == m);
        CHECK(out.result.status == Status::max_iterations);
        CHECK((out.log.hessians <= m && out.log.fishers <= m));
      }
    }
  }
}

/// Promise 4: heap allocations of a whole run, and of what follows its first iteration.
struct Allocations {
  std::size_t in_all = 0;
  std::size_t after_first_iteration = 0;
};

template <class V>
Allocations allocations(const AnyOptimizer<V>& optimizer, const Case<V>& problem, bool fused,
                        const StopWhen& stop) {
  Log<V> log;
  log.value_at = log.gradient_at = log.hessian_at = log.fisher_at = problem.start;
  const Rule<V> rule = Rule<V>::of(stop);
  Allocations out;
  const AllocationCount count;
  std::size_t at_first = 0;
  const Watch<V> watch = [&](const Progress<V>& now) {
    if (now.iteration == 1) at_first = count.count();
    if (now.iteration > 1) out.after_first_iteration = count.count() - at_first;
  };
  const std::size_t before = count.count();
  const Result<V> result = fused ? optimizer.fused(Fused<V>(problem, log), problem.start, rule, watch)
                                 : optimizer.separate(Separate<V>(problem, log), problem.start, rule, watch);
  out.in_all = count.count() - before;
  CHECK(!result.message.empty());
  return out;
}

/// Of a fixed-size V nothing ever; of a dynamic V nothing after the first iteration, whatever a later M is like.
template <class V>
void allocates_nothing(const std::vector<AnyOptimizer<V>>& optimizers) {
  constexpr bool fixed = V::RowsAtCompileTime != Eigen::Dynamic;
  for (const auto& optimizer : optimizers) {
    for (const auto& problem : Cases<V>::all()) {
      for (const bool fused : {false, true}) {
        const Allocations found = allocations(optimizer, problem, fused, short_run());
        INFO(words(optimizer, problem, fused));
        if (fixed) {
          CHECK(found.after_first_iteration == 0);
          // A block of scores has a dynamic number of rows, and is made at the first pass over them.
          CHECK(found.in_all <= (optimizer.name.find("EmpiricalFisher") != std::string::npos ? 1 : 0));
        } else {
          CHECK(found.after_first_iteration == 0);
        }
      }
    }
  }
}

/// Promises 5 and 6: the same bits again, after another problem, and from several threads at once.
template <class V>
void repeats_itself(const std::vector<AnyOptimizer<V>>& optimizers) {
  for (const auto& optimizer : optimizers) {
    std::vector<Result<V>> first;
    for (const auto& problem : Cases<V>::all())
      first.push_back(run(optimizer, problem, false, short_run()).result);
    const auto again = [&] {
      std::vector<Result<V>> results;
      for (const auto& problem : Cases<V>::all())
        results.push_back(run(optimizer, problem, false, short_run()).result);
      return results;
    };
    std::vector<std::vector<Result<V>>> repeated(3);
    repeated[0] = again();
    std::thread one([&] { repeated[1] = again(); });
    std::thread two([&] { repeated[2] = again(); });
    one.join();
    two.join();
    for (const auto& results : repeated) {
      for (std::size_t i = 0; i < results.size(); ++i) {
        INFO(optimizer.name << " on " << Cases<V>::all()[i].name);
        CHECK(same_run(first[i], results[i]));
      }
    }
  }
}

/// With every stop rule the run ends as the rule says, and `converged` names a test that holds at x.
template <class V>
void obeys_stop_rules(const std::vector<AnyOptimizer<V>>& optimizers) {
  using Answer = std::optional<Status>;
  const auto third = [](const Progress<V>& now) {
    return now.iteration >= 3 ? Answer(Status::stopped) : Answer();
  };
  const StopWhen limit{.max_iterations = 60};
  const std::vector<std::pair<std::string, Rule<V>>> rules{
      {"gradient_norm", Rule<V>::of(StopWhen{.gradient_norm = 1e-3, .max_iterations = 60})},
      {"decrement", Rule<V>::of(StopWhen{.gradient_norm = 0, .decrement = 1e-6, .max_iterations = 60})},
      {"value_change", Rule<V>::of(StopWhen{.gradient_norm = 0, .value_change = 1e-4, .max_iterations = 60})},
      {"step_norm", Rule<V>::of(StopWhen{.gradient_norm = 0, .step_norm = 1e-4, .max_iterations = 60})},
      {"user | limit", Rule<V>::of(limit | third)},
      {"limit | user", Rule<V>::of(third | limit)},
      {"user & gradient", Rule<V>::of((StopWhen{.gradient_norm = 1e-2} & third) | limit)},
  };
  for (const auto& optimizer : optimizers) {
    for (const auto& problem : Cases<V>::all()) {
      for (const auto& [name, rule] : rules) {
        Log<V> log;
        Progress<V> const* last = nullptr;
        Verdict verdict;
        const Rule<V> judged{[&, &judge = rule.judge](const Progress<V>& now) {
                               last = &now;
                               return verdict = judge(now);
                             },
                             rule.budget};
        const Result<V> r =
            optimizer.separate(Separate<V>(problem, log), problem.start, judged, [](const Progress<V>&) {});
        INFO(words(optimizer, problem, false) << ", " << name << ": " << r);
        REQUIRE(last != nullptr);
        if (r.converged()) {
          CHECK(verdict.status == Status::converged);
          if (name == "gradient_norm") CHECK(r.gradient_norm <= 1e-3);
          if (name == "user & gradient") CHECK((r.gradient_norm <= (r.iterations >= 3 ? 1e-2 : 1e-8)));
        }
        if (name == "user | limit" || name == "limit | user") {
          CHECK(r.iterations <= 3);
          CHECK((r.status == Status::stopped) == (verdict.status == Status::stopped));
        }
        CHECK(r.iterations <= 60);
      }
    }
  }
}

}  // namespace natgrad::test
