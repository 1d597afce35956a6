// core/sync/moving.hpp - tells what of a text looks as if it moved by itself: counts, times, "3 minutes
// ago", tokens; and so whether two readings of a page differ in nothing else.
//
// Not versions, prices and decimals, and nothing in code: who changes these has edited the page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/document.hpp"

namespace freshet::sync {

// One stretch of a line.
struct Moving {
  std::size_t begin = 0, end = 0;
  bool count = false;  // a plain number: as likely an edit as a counter
};

std::vector<Moving> moving_parts(std::string_view line);

// Where it stands: in the line that is the same without its moving parts.
struct Slot {
  std::uint64_t line = 0;
  std::uint32_t index = 0;  // in the line, from 0
  std::uint64_t value = 0;  // a hash of what stands there
  bool count = false;
  std::string sight;  // the line as people see it, cut

  bool is_at(const Slot& other) const { return line == other.line && index == other.index; }
};

struct Sighted {
  base::Digest frame;       // of all but the moving parts
  std::vector<Slot> slots;  // in the order of the page
};

Sighted sight(const model::Document& document);

}  // namespace freshet::sync
