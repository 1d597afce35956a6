// core/refresh/decide.hpp - looks entries up and asks the policy which of them are due.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/refresh/state.hpp"

namespace freshet::refresh {

enum class Verdict {
  due,        // fetch it
  fresh,      // the policy holds it to be fresh
  confirmed,  // due, and the listing's own version says that it has not changed
};

struct Judged {
  Verdict verdict = Verdict::due;
  Item item;
  bool recorded = false;           // the repository knows the root, with or without a document
  base::Instant ask_again;         // of a fresh root
  base::Instant stored_ask_again;  // its present place in the due index
  base::Instant failed;            // when its last attempt failed; unset: it went well
};

// One Judged for each entry, in their order. Reads the repository once for all of them.
base::Result<std::vector<Judged>> judge(const Run& run, OpenSource& source,
                                        std::vector<ports::Entry> entries);

}  // namespace freshet::refresh
