// SPDX-License-Identifier: MIT
/// Catch2 version 2 or 3, whichever the machine has; `Approx` is at hand in both.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
