#include "core/conformance/bench.hpp"

#include "core/base/json_memory.hpp"

#include "core/base/json.hpp"

namespace freshet::conformance {

using base::Code;
using host::Opening;

Bench::Bench(const Subject& subject, Json options, std::string sample,
             const host::Services& services, const Lines& lines)
    : subject_(subject),
      options_(std::move(options)),
      sample_(std::move(sample)),
      services_(services),
      lines_(lines) {}

bool Bench::that(bool holds, const std::string& otherwise) {
  if (!holds && finding_.verdict != Verdict::fail) {
    finding_.verdict = Verdict::fail;
    finding_.detail = otherwise;
  }
  return holds;
}

void Bench::skip(const std::string& why) {
  if (finding_.verdict != Verdict::pass) return;
  finding_.verdict = Verdict::skip;
  finding_.detail = why;
}

// What is the plugin's fault wherever it runs.
bool Bench::is_broken(const base::Error& error) {
  return error.code == Code::plugin || error.code == Code::internal ||
         error.code == Code::out_of_memory || error.message.empty() ||
         error.message == "failed without saying why";
}

// What depends on where it runs is no verdict on the plugin.
bool Bench::blame(const base::Error& error, const std::string& what) {
  const bool lacks_something = what == "open" && error.code == Code::unsupported;
  const bool of_the_moment = base::is_transient(error.code) || error.code == Code::denied ||
                             error.code == Code::blocked || lacks_something;
  if (of_the_moment && !is_broken(error)) {
    skip("cannot be tried here: " + what + ": " + base::to_string(error));
  } else {
    that(false, what + ": " + base::to_string(error));
  }
  return false;
}

Opening Bench::opening() const {
  const host::Manifest& manifest = subject_.manifest;
  auto caller = std::make_shared<const host::Caller>(
      host::Caller{services_, manifest.name, host::origins_in(options_, *services_.http)});
  return Opening{subject_.provider, std::move(caller),
                 subject_.offer == nullptr ? std::string() : subject_.offer->name, manifest.version,
                 base::dump_json(options_)};
}

base::Result<std::unique_ptr<ports::Loader>> Bench::open_loader() {
  return host::adapt_loader(opening());
}

base::Result<std::unique_ptr<ports::Reader>> Bench::open_reader() {
  return host::adapt_reader(opening());
}

base::Result<std::unique_ptr<ports::Embedder>> Bench::open_embedder() {
  return host::adapt_embedder(opening());
}

base::Result<std::unique_ptr<ports::Store>> Bench::open_store() {
  return host::adapt_store(opening());
}

base::Result<std::unique_ptr<ports::Transformer>> Bench::open_transformer() {
  return host::adapt_transformer(opening());
}

base::Result<std::unique_ptr<ports::Tokenizer>> Bench::open_tokenizer() {
  return host::adapt_tokenizer(opening());
}

std::optional<bool> Bench::plugin_knows(const char* kind, const std::string& name) {
  const auto table = host::get_table(opening(), kind, name);
  if (!good(table, "ask for a table")) return std::nullopt;
  return *table != nullptr;
}

}  // namespace freshet::conformance
