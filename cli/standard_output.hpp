// cli/standard_output.hpp - what is written to stdout, and whether it got there.
//
// Nothing is written after the first failure, so that what did arrive is a beginning and no
// fragments.
#pragma once

#include <string_view>

namespace freshet::cli {

// Gives the standard streams that are closed a descriptor: the next file that is opened would be
// one of them, and be written to as such.
void hold_standard_descriptors();

void put(std::string_view text);

// Writes what is still buffered. False where something was lost, which stderr then says; a reader
// that closed its end wants no more, and is no news.
bool flush_output();

}  // namespace freshet::cli
