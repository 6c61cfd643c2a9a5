// SPDX-License-Identifier: MIT
/// What nearly every test includes; precompiled once for all of them. No header of natgrad is here, so an edit
/// of one rebuilds only the tests that include it.
#pragma once

#include "support/catch.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>
