// SPDX-License-Identifier: MIT
#pragma once
/// The instruction set the kernels run with: chosen once, at first use, among those this unit was compiled for.

#include <atomic>
#include <concepts>

// The kernels use the vector extensions of g++ and clang. x86-64 has them for several instruction sets in one
// program, through function-level target attributes, so that a build without any -m flag runs at full speed.
#if defined(__GNUC__) && !defined(NATGRAD_NO_SIMD)
#define NATGRAD_SIMD 1
#else
#define NATGRAD_SIMD 0
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define NATGRAD_COMPILED_FOR avx512
#define NATGRAD_COMPILED_LEVEL 2
#elif defined(__AVX2__) && defined(__FMA__)
#define NATGRAD_COMPILED_FOR avx2
#define NATGRAD_COMPILED_LEVEL 1
#else
#define NATGRAD_COMPILED_FOR base
#define NATGRAD_COMPILED_LEVEL 0
#endif

// NATGRAD_NO_DISPATCH: only the instruction set of the unit's own flags.
#if NATGRAD_SIMD && defined(__x86_64__) && !defined(NATGRAD_NO_DISPATCH)
#define NATGRAD_DISPATCH 1
#else
#define NATGRAD_DISPATCH 0
#endif

// What depends on the compiler's flags lives in an inline namespace named after them: two units compiled with
// different flags then have different functions, and the linker cannot merge an AVX-512 body into an SSE2 unit.
#define NATGRAD_JOIN_NAMES(a, b, c, d) a##_##b##_##c##_##d
#define NATGRAD_JOIN(a, b, c, d) NATGRAD_JOIN_NAMES(a, b, c, d)
#ifdef _OPENMP
#define NATGRAD_THREADS openmp
#else
#define NATGRAD_THREADS serial
#endif
#define NATGRAD_ABI NATGRAD_JOIN(NATGRAD_COMPILED_FOR, NATGRAD_SIMD, NATGRAD_DISPATCH, NATGRAD_THREADS)

// Returns from the enclosing function with the call, where vector code is in use.
#if NATGRAD_DISPATCH && NATGRAD_COMPILED_LEVEL < 1
#define NATGRAD_CALL_AVX2(...) \
  case InstructionSet::avx2:   \
    return avx2::__VA_ARGS__;
#else
#define NATGRAD_CALL_AVX2(...)
#endif
#if NATGRAD_DISPATCH && NATGRAD_COMPILED_LEVEL < 2
#define NATGRAD_CALL_AVX512(...) \
  case InstructionSet::avx512:   \
    return avx512::__VA_ARGS__;
#else
#define NATGRAD_CALL_AVX512(...)
#endif
#if NATGRAD_SIMD
#define NATGRAD_RETURN_VECTORIZED(...) \
  switch (instruction_set()) {         \
    case InstructionSet::native:       \
      return native::__VA_ARGS__;      \
      NATGRAD_CALL_AVX2(__VA_ARGS__)   \
      NATGRAD_CALL_AVX512(__VA_ARGS__) \
    default:                           \
      break;                           \
  }
#else
#define NATGRAD_RETURN_VECTORIZED(...)
#endif

namespace natgrad::kernel {

/// float and double have vector code; every other scalar type takes the plain path.
template <class T>
concept Vectorizable = std::same_as<T, float> || std::same_as<T, double>;

inline namespace NATGRAD_ABI {

/// In order of preference, the last available one is taken.
enum class InstructionSet : unsigned char {
  unset,     ///< not chosen yet
  portable,  ///< plain Eigen and scalar code: any compiler, any machine
  native,    ///< vectors, with the flags this unit was compiled with
  avx2,      ///< AVX2 and FMA, behind a target attribute
  avx512,    ///< AVX-512 F, DQ, BW and VL, behind a target attribute
};

/// Whether this unit has code for it that this machine can run.
inline bool available(InstructionSet set) {
  switch (set) {
    case InstructionSet::portable:
      return true;
    case InstructionSet::native:
      return NATGRAD_SIMD != 0;
#if NATGRAD_DISPATCH && NATGRAD_COMPILED_LEVEL < 1
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if NATGRAD_DISPATCH && NATGRAD_COMPILED_LEVEL < 2
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
          && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    default:
      return false;
  }
}

inline std::atomic<InstructionSet> chosen_instruction_set{InstructionSet::unset};

/// Every thread that comes here first makes the same choice, so that no lock is needed.
[[gnu::noinline]] inline InstructionSet choose_instruction_set() {
  InstructionSet set = InstructionSet::portable;
  for (const auto candidate : {InstructionSet::native, InstructionSet::avx2, InstructionSet::avx512})
    if (available(candidate)) set = candidate;
  chosen_instruction_set.store(set, std::memory_order_relaxed);
  return set;
}

/// The set in use.
inline InstructionSet instruction_set() {
  const InstructionSet set = chosen_instruction_set.load(std::memory_order_relaxed);
  return set == InstructionSet::unset ? choose_instruction_set() : set;
}

/// For tests and comparisons: makes this unit's kernels use `set`; false, and no change, where it is not available.
/// Not while a kernel runs in another thread.
inline bool use_instruction_set(InstructionSet set) {
  if (!available(set)) return false;
  chosen_instruction_set.store(set, std::memory_order_relaxed);
  return true;
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
