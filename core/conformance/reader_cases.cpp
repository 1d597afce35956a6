#include <fmt/format.h>

#include "core/conformance/bench.hpp"
#include "core/conformance/memory.hpp"

namespace freshet::conformance {
namespace {

ports::Content content(const Bench& bench, std::string_view bytes) {
  return {bytes, "freshet-check:/sample", bench.media_type(), ""};
}

void opens(Bench& bench) { bench.good(bench.open_reader(), "open"); }

void reads(Bench& bench) {
  if (bench.sample().empty()) return bench.skip("there is no sample to read");
  const auto reader = bench.open_reader();
  if (!bench.good(reader, "open")) return;
  const auto document = (*reader)->read(content(bench, bench.sample()));
  if (bench.good(document, "read"))
    bench.that(!model::text_of(*document).empty(), "the sample has no text");
}

void is_stable(Bench& bench) {
  if (bench.sample().empty()) return bench.skip("there is no sample to read");
  const auto reader = bench.open_reader();
  if (!bench.good(reader, "open")) return;
  const auto first = (*reader)->read(content(bench, bench.sample()));
  const auto second = (*reader)->read(content(bench, bench.sample()));
  if (!bench.good(first, "read") || !bench.good(second, "read again")) return;
  bench.that(model::content_digest(*first) == model::content_digest(*second),
             "the same bytes were read differently");
}

void takes_odd_bytes(Bench& bench) {
  const auto reader = bench.open_reader();
  if (!bench.good(reader, "open")) return;
  const std::string nul(1000, '\0');
  const std::string large(1 << 20, 'A');
  std::vector<std::string_view> odd = {"", "\xFF\xFE\x00", "%PDF-1.7\n", "<html><p>", nul, large};
  for (std::size_t cut = bench.sample().size(); cut > 1; cut /= 2)  // broken off in the middle
    odd.push_back(std::string_view(bench.sample()).substr(0, cut / 2));
  for (const std::string_view bytes : odd)
    if (!bench.clean((*reader)->read(content(bench, bytes)),
                     fmt::format("reading {} odd bytes", bytes.size())))
      return;
}

[[maybe_unused]] void frees_memory(Bench& bench) {
  if (bench.sample().empty()) return bench.skip("there is no sample to read");
  const auto reader = bench.open_reader();
  if (!bench.good(reader, "open")) return;
  keeps_its_size(bench, "reading", [&] {
    return bench.good((*reader)->read(content(bench, bench.sample())), "read");
  });
}

constexpr Check checks[] = {
    {"opens", "an instance opens with its options, and closes", opens},
    {"reads", "a sample has text", reads},
    {"is_stable", "the same bytes are the same document", is_stable},
    {"takes_odd_bytes", "what cannot be read is a clean failure", takes_odd_bytes},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose memory is their own
    {"frees_memory", "reading again takes no more memory", frees_memory},
#endif
};

}  // namespace

std::span<const Check> reader_checks() { return checks; }

}  // namespace freshet::conformance
