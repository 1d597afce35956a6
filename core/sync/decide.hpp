// core/sync/decide.hpp - looks entries up and asks the policy which of them are due.
#pragma once

#include <optional>
#include <vector>

#include "core/sync/state.hpp"

namespace freshet::sync {

enum class Verdict {
  due,        // fetch it
  fresh,      // the policy says no
  confirmed,  // due, and the listing's own version says that it has not changed
  failed,     // the policy failed: a no that is told, and asked again soon
};

struct Judged {
  Verdict verdict = Verdict::due;
  Item item;
  bool recorded = false;           // the repository knows the root, with or without a document
  std::size_t place = Roll::none;  // on the roll of its source
  bool together = false;           // confirmed, and the end of its listing can say so
  std::uint32_t heard = 0;         // another word of its listing than is noted; 0: none (learn.hpp)
  bool described_anew = false;     // recorded, and its listing says otherwise of it than the last
  base::Instant ask_again;         // of a fresh root
  base::Instant stored_ask_again;  // its present place in the due index
  base::Instant failed;            // when its last attempt failed; unset: it went well
  std::optional<base::Error> error;  // of the policy

  // A recorded root of which the policy says another time than before, or recovered.
  bool is_moved() const {
    const bool policy_failed = item.error_code == base::Code::policy_failed;
    return verdict == Verdict::fresh && recorded &&
           (policy_failed || (item.failures == 0 && ask_again != stored_ask_again));
  }
};

// One Judged for each entry, in their order. Reads the repository once for all of them.
base::Result<std::vector<Judged>> judge(const Run& run, OpenSource& source,
                                        std::vector<ports::Entry> entries);

// What a batch of a listing named. Of most members there is nothing to say but that they were found as they
// were, and nothing else is kept of them.
struct Listed {
  std::vector<std::size_t> together;  // the place on the roll; none: of the next one of `judged`
  std::vector<Judged> judged;         // the others, in their order
};
base::Result<Listed> judge_listed(const Run& run, OpenSource& source,
                                  std::vector<ports::Entry> entries);

}  // namespace freshet::sync
