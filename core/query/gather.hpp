// core/query/gather.hpp - makes what was found fit for a reader with little room: several answers in
// one, each hit with its surroundings, cut to a number of tokens.
#pragma once

#include <optional>

#include "core/ports/tokenizer.hpp"
#include "core/query/sift.hpp"
#include "core/repository/repository.hpp"

namespace freshet::query {

struct Gathering {
  std::uint32_t expand = 0;  // neighbours on either side, of the same document
  bool section = false;      // the whole section that the chunk is of
  bool fold = false;         // hits of other pages that say nearly the same are told with the best
  // Of all texts together. Hits go in while they fit, the best first; one that does not fit makes room
  // for those behind it.
  std::optional<std::uint64_t> max_tokens;
  const ports::Tokenizer* tokenizer = nullptr;  // null: a token is four bytes
};

// The answers to several queries as one: the best of each, then the second of each, every row once.
Answer merge(std::vector<Answer> answers);

// Sets `around` of each hit, and leaves out what does not fit or was said already: of several hits of
// one section the best stands for all.
base::Status gather(const repository::Repository& repository, const Gathering& how, Answer& answer);

}  // namespace freshet::query
