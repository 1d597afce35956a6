// The cases of the plugin itself, whatever it offers.
#include <fmt/format.h>

#include "core/conformance/bench.hpp"

namespace freshet::conformance {
namespace {

void loads(Bench&) {}  // it was loaded, or the case would not have come so far

void has_no_unknown_names(Bench& bench) {
  bench.that(!bench.plugin_knows("freshet.nonsense/1", "no such name").value_or(false),
             "it has a table for a kind that does not exist");
  for (const char* kind : {"freshet.loader/1", "freshet.reader/1", "freshet.embedder/1",
                           "freshet.store/1", "freshet.transformer/1", "freshet.tokenizer/1"})
    bench.that(!bench.plugin_knows(kind, "no such name").value_or(false),
               fmt::format("it has a {} table for a name that it does not provide", kind));
}

constexpr Check checks[] = {
    {"loads", "the library loads, and agrees with its manifest", loads},
    {"unknown_names", "kinds and names that it does not provide have no table",
     has_no_unknown_names},
};

}  // namespace

std::span<const Check> plugin_checks() { return checks; }

}  // namespace freshet::conformance
