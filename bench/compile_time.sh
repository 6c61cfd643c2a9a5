#!/usr/bin/env bash
# What does natgrad.hpp with one minimisation cost the compiler, beyond <Eigen/Dense> alone?
#
#   bench/compile_time.sh RESULT.json [--quick]
#
# Seconds of a processor for g++ -O2 (CXX chooses another compiler), the fastest of three. Which header is the heaviest is asked of each that
# natgrad.hpp includes: seconds of -fsyntax-only with that header alone, beyond <Eigen/Dense>, so that what several headers
# share counts for each. --quick measures one unit, once, and no headers.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
result=$1
quick=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

eigen=/usr/include/eigen3
! command -v pkg-config >/dev/null || eigen=$(pkg-config --variable=includedir eigen3 2>/dev/null)/eigen3
[[ -d $eigen/Eigen ]] || eigen=/usr/include/eigen3
compiler=(${CXX:-g++} -std=c++20 -I "$root/include" -isystem "$eigen")

# seconds REPEATS FLAG...: the fastest compilation of $work/unit.cpp. It is processor time, which other work on the machine
# disturbs less than the clock on the wall. ccache is not asked: it would know the answer.
seconds() {
  local repeats=$1
  shift
  for ((k = 0; k < repeats; k++)); do
    { TIMEFORMAT='%U %S' && time "${compiler[@]}" "$@" "$work/unit.cpp" -o "$work/unit.o"; } 2>&1
  done | awk '{ used = $1 + $2; if (NR == 1 || used < best) best = used } END { printf "%.3f", best }'
}

eigen_alone() {
  echo '#include <Eigen/Dense>'
  echo 'int main() {}'
}

rosenbrock_newton() {
  cat <<'UNIT'
#include <natgrad/natgrad.hpp>

#include <Eigen/Dense>

struct Rosenbrock {
  double value(const Eigen::Vector2d& x) const {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    return a * a + 100 * b * b;
  }
  void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    g << -2 * a - 400 * x[0] * b, 200 * b;
  }
  void hessian(const Eigen::Vector2d& x, Eigen::Matrix2d& H) const {
    H << 2 - 400 * (x[1] - 3 * x[0] * x[0]), -400 * x[0], -400 * x[0], 200;
  }
};

int main() {
  return natgrad::minimize(Rosenbrock{}, Eigen::Vector2d{-1.2, 1.0}, natgrad::Newton{}).usable() ? 0 : 1;
}
UNIT
}

logistic_natural_gradient() {
  cat <<'UNIT'
#include <natgrad/natgrad.hpp>

#include <Eigen/Dense>

int main() {
  const Eigen::MatrixXd X = Eigen::MatrixXd::Random(100, 3);
  const Eigen::VectorXd y = (X.col(0).array() > 0.1).cast<double>();
  const natgrad::LogisticRegression model{X, y, {.ridge = 1e-3}};
  return natgrad::minimize(model, model.start(), natgrad::NaturalGradient{}).usable() ? 0 : 1;
}
UNIT
}

repeats=3
units=(eigen_alone rosenbrock_newton logistic_natural_gradient)
if [[ -n $quick ]]; then
  repeats=1
  units=(eigen_alone rosenbrock_newton)
fi
{
  printf '{"compiler": "%s"' "$("${compiler[0]}" --version | head -1)"
  for unit in "${units[@]}"; do
    "$unit" >"$work/unit.cpp"
    printf ', "%s": %s' "$unit" "$(seconds $repeats -O2 -c)"
  done
  printf ', "headers": {'
  if [[ -z $quick ]]; then
    eigen_alone >"$work/unit.cpp"
    printf '"": %s' "$(seconds 3 -fsyntax-only)"
    while read -r header; do
      printf '#include <Eigen/Dense>\n#include "%s"\n' "$header" >"$work/unit.cpp"
      printf ', "%s": %s' "$header" "$(seconds 1 -fsyntax-only)"
    done < <(sed -n 's/^#include "\(natgrad\/[^"]*\)".*/\1/p' "$root/include/natgrad/natgrad.hpp")
  fi
  printf '}}\n'
} >"$work/result.json"
mv "$work/result.json" "$result"
