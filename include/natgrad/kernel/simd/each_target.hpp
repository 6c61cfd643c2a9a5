// SPDX-License-Identifier: MIT
// Not a header to include by itself: compiles the file named by NATGRAD_SIMD_BODY once for each instruction set.
// Each pass defines
//     NATGRAD_SIMD_BYTES    the width of a vector
//     NATGRAD_SIMD_ENTRY    attributes of a function that is called from outside
//     NATGRAD_SIMD_INLINE   attributes of a function that is inlined into those
// in a namespace of its own. Lambdas would lose the attribute, so the bodies have none.

#ifdef NATGRAD_SIMD_BODY

#include "natgrad/kernel/dispatch.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#if NATGRAD_SIMD
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"  // g++ warns of an array whose size is an int
namespace natgrad::kernel {
inline namespace NATGRAD_ABI {

namespace native {
#if NATGRAD_COMPILED_LEVEL == 2
#define NATGRAD_SIMD_BYTES 64
#elif NATGRAD_COMPILED_LEVEL == 1
#define NATGRAD_SIMD_BYTES 32
#else
#define NATGRAD_SIMD_BYTES 16
#endif
#define NATGRAD_SIMD_ENTRY
#define NATGRAD_SIMD_INLINE __attribute__((always_inline)) inline
#include NATGRAD_SIMD_BODY
#undef NATGRAD_SIMD_BYTES
#undef NATGRAD_SIMD_ENTRY
#undef NATGRAD_SIMD_INLINE
}  // namespace native

#if NATGRAD_DISPATCH && NATGRAD_COMPILED_LEVEL < 1
namespace avx2 {
#define NATGRAD_SIMD_BYTES 32
#define NATGRAD_SIMD_ENTRY __attribute__((target("avx2,fma")))
#define NATGRAD_SIMD_INLINE __attribute__((always_inline, target("avx2,fma"))) inline
#include NATGRAD_SIMD_BODY
#undef NATGRAD_SIMD_BYTES
#undef NATGRAD_SIMD_ENTRY
#undef NATGRAD_SIMD_INLINE
}  // namespace avx2
#endif

#if NATGRAD_DISPATCH && NATGRAD_COMPILED_LEVEL < 2
namespace avx512 {
#define NATGRAD_SIMD_BYTES 64
#define NATGRAD_SIMD_ENTRY __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma")))
#define NATGRAD_SIMD_INLINE \
  __attribute__((always_inline, target("avx512f,avx512dq,avx512bw,avx512vl,fma"))) inline
#include NATGRAD_SIMD_BODY
#undef NATGRAD_SIMD_BYTES
#undef NATGRAD_SIMD_ENTRY
#undef NATGRAD_SIMD_INLINE
}  // namespace avx512
#endif

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
#pragma GCC diagnostic pop
#endif

#undef NATGRAD_SIMD_BODY
#endif
