// tests/support/catch.hpp - Catch2, whether 2.13 (one header) or 3.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

#include "core/base/error.hpp"

// A Result or Status that failed an assertion says why.
template <typename T>
struct Catch::StringMaker<freshet::base::Result<T>> {
  static std::string convert(const freshet::base::Result<T>& result) {
    return result ? "a value" : freshet::base::to_string(result.error());
  }
};
