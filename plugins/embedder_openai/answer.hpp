// embedder_openai/answer.hpp - what a server answers: vectors, of which nothing is believed before
// all of it is checked, or a problem in one of the forms that servers have for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "options.hpp"

namespace embedder_openai {

struct Answer {
  std::vector<std::vector<float>> vectors;  // of the inputs, in their order
  std::string model;         // that made them, as the server calls it; empty: not told
  std::uint64_t tokens = 0;  // used; 0: not told
};

// Throws FRESHET_E_REMOTE unless there is exactly one vector for each of `count` inputs, named by its
// index, finite, not all zero, and of `dimension` numbers (0: any, all the same).
Answer read_answer(const sdk::Response& response, std::size_t count, std::uint32_t dimension);

struct Problem {
  std::string message;  // "HTTP status 400: …", with the server's own words where it has any
  std::string kind;     // its code, or else its type, such as "insufficient_quota"
};

Problem read_problem(const sdk::Response& response);

// For what no other request of this call can mend.
sdk::Failure refusal_of(const sdk::Response& response);

// When x-ratelimit-reset-requests and -tokens say to come again, in milliseconds; -1: not said.
std::int64_t reset_of(const sdk::Response& response);

}  // namespace embedder_openai
