// SPDX-License-Identifier: MIT
// The main of every test executable, for a Catch2 version 2 that does not ship it compiled.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
