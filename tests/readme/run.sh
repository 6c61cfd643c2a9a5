#!/usr/bin/env bash
# Compiles and runs each program of the README: every ```cpp block with an `int main`, as it stands.
#
#   run.sh README WORK_DIR COMPILER FLAG...
set -euo pipefail

readme=$1 work_dir=$2 compiler=$3
shift 3
if [[ ! -f $readme ]]; then
  echo "skipped: there is no $readme"
  exit 77
fi

rm -rf "$work_dir"
mkdir -p "$work_dir"
awk -v dir="$work_dir" '
  /^```cpp/         { inside = 1; block = ""; next }
  inside && /^```/  { inside = 0
                      if (block ~ /int main/) { file = dir "/program_" ++count ".cpp"; printf "%s", block > file; close(file) }
                      next }
  inside            { block = block $0 "\n" }
' "$readme"

shopt -s nullglob
programs=("$work_dir"/*.cpp)
if [[ ${#programs[@]} -eq 0 ]]; then
  echo "FAILED: $readme has no \`\`\`cpp block with an int main"
  exit 1
fi
cd "$work_dir"
for program in "${programs[@]}"; do
  echo "--- $program"
  "$compiler" "$@" -Wall -Wextra "$program" -o "${program%.cpp}"
  "${program%.cpp}"
done
