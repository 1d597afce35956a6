// Damaged libraries: each is loaded in a process of its own, which has to live through it.
// FRESHET_DAMAGE_COUNT and FRESHET_DAMAGE_SEED make a long run of the second case,
// FRESHET_DAMAGE_PLUGIN names another plugin of the build to damage.
#include <elf.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <set>

#include "core/host/check.hpp"
#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace host = freshet::host;
namespace fs = std::filesystem;
using freshet::testing::built_plugins;
using freshet::testing::Folder;
using host::Verdict;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

// A plugin whose library can be replaced.
class Victim {
 public:
  Victim()
      : name_(variable("FRESHET_DAMAGE_PLUGIN", "embedder_hash")),
        whole_(read_file(built_plugins() + "/" + name_ + ".so")) {
    fs::copy(built_plugins() + "/" + name_ + ".plugin.json", folder_.path());
  }
  const std::string& whole() const { return whole_; }
  host::CaseResult load(std::string_view bytes) const {
    folder_.write(name_ + ".so", bytes);
    return host::run_case({folder_.file(name_ + ".plugin.json"), {}, "", "loads", "", ""},
                          freshet::base::Millis(20'000))
        .value();
  }

 private:
  Folder folder_;
  std::string name_;
  std::string whole_;
};

std::vector<Elf64_Phdr> segments_of(const std::string& library) {
  Elf64_Ehdr header{};
  std::memcpy(&header, library.data(), sizeof header);
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  std::memcpy(segments.data(), library.data() + header.e_phoff,
              segments.size() * sizeof(Elf64_Phdr));
  return segments;
}

// Every page, and both ends of everything that a header names, up to the last byte that is mapped.
std::set<std::size_t> cuts_of(const std::string& library) {
  std::size_t mapped = 0;
  std::set<std::size_t> cuts = {0, 1, 16, sizeof(Elf64_Ehdr) - 1, sizeof(Elf64_Ehdr)};
  for (const Elf64_Phdr& each : segments_of(library)) {
    for (const std::size_t edge : {each.p_offset, each.p_offset + each.p_filesz})
      for (const std::size_t cut : {edge, edge + 1, edge - std::min<std::size_t>(edge, 1)})
        cuts.insert(cut);
    if (each.p_type == PT_LOAD) mapped = std::max(mapped, each.p_offset + each.p_filesz);
  }
  for (std::size_t page = 0; page < mapped; page += 4096) cuts.insert(page);
  cuts.erase(cuts.lower_bound(mapped), cuts.end());
  return cuts;
}

unsigned number_in(const char* name, const char* otherwise) {
  return static_cast<unsigned>(std::stoul(variable(name, otherwise)));
}

}  // namespace

TEST_CASE("a library that is cut short is refused, wherever it is cut", "[X01]") {
  const Victim victim;
  REQUIRE(victim.load(victim.whole()).verdict == Verdict::pass);
  for (const std::size_t cut : cuts_of(victim.whole())) {
    const auto result = victim.load(std::string_view(victim.whole()).substr(0, cut));
    INFO("cut at " << cut << ": " << result.detail);
    CHECK(host::verdict_name(result.verdict) == "fail");
    CHECK(result.detail.find(cut < sizeof(Elf64_Ehdr) ? "not a shared library" : "cut short") !=
          std::string::npos);
  }
}

TEST_CASE("damaged headers of a library do not end the process that loads it", "[X01]") {
  const Victim victim;
  const unsigned seed = number_in("FRESHET_DAMAGE_SEED", "1");
  const unsigned count = number_in("FRESHET_DAMAGE_COUNT", "200");
  const std::size_t headers =
      sizeof(Elf64_Ehdr) + segments_of(victim.whole()).size() * sizeof(Elf64_Phdr);
  for (unsigned run = 0; run < count; ++run) {
    std::mt19937 random(seed + run);
    std::string library = victim.whole();
    std::string flipped;
    for (auto flips = 1 + random() % 3; flips > 0; --flips) {
      const std::size_t at = random() % headers;
      flipped += ' ' + std::to_string(at);
      library[at] = static_cast<char>(random() % 2 == 0 ? library[at] ^ (1 << (random() % 8))
                                                        : static_cast<int>(random()));
    }
    const auto result = victim.load(library);
    INFO("seed " << seed + run << ", bytes" << flipped << ": " << result.detail);
    CHECK((result.verdict == Verdict::pass || result.verdict == Verdict::fail));
  }
}
