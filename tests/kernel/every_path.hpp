// SPDX-License-Identifier: MIT
/// Runs a check once on each instruction set that this machine has, the plain path included.
#pragma once

#include "natgrad/kernel/dispatch.hpp"
#include "support/catch.hpp"

namespace natgrad::test {

inline const char* name(kernel::InstructionSet set) {
  switch (set) {
    case kernel::InstructionSet::portable:
      return "portable";
    case kernel::InstructionSet::native:
      return "native";
    case kernel::InstructionSet::avx2:
      return "avx2";
    case kernel::InstructionSet::avx512:
      return "avx512";
    default:
      return "unset";
  }
}

template <class Check>
void on_every_path(const Check& check) {
  using kernel::InstructionSet;
  const InstructionSet usual = kernel::instruction_set();
  for (const auto set :
       {InstructionSet::portable, InstructionSet::native, InstructionSet::avx2, InstructionSet::avx512}) {
    if (!kernel::use_instruction_set(set)) continue;
    INFO("instruction set " << name(set));
    check();
  }
  kernel::use_instruction_set(usual);
}

}  // namespace natgrad::test
