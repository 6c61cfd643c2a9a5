// SPDX-License-Identifier: MIT
// expect: natgrad reads matrices column by column: compile without EIGEN_DEFAULT_TO_ROW_MAJOR
// errors: 1
#define EIGEN_DEFAULT_TO_ROW_MAJOR
#include <natgrad/natgrad.hpp>

int main() {}
