// SPDX-License-Identifier: MIT
/// Is this a build with a sanitizer? Those are not optimized, and a test that repeats a run thousands of times repeats it less.
#pragma once

namespace natgrad::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace natgrad::test
