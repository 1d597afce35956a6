// loader_command - the plugin: the loader "command".
#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_command/answer.hpp"
#include "loader_command/pool.hpp"

namespace freshet::loader_command {
namespace {

class CommandLoader final : public sdk::Loader {
 public:
  CommandLoader(sdk::Call&, const nlohmann::json& options)
      : options_(read_options(options)), pool_(options_) {}

  // By a copy of its own: a listing waits for the fetches of what it named.
  sdk::Listing list(sdk::Call& call, const sdk::ListingRequest& request,
                    sdk::ListingSink& sink) override {
    Worker worker(call, options_);
    worker.ask(list_request(options_, request));
    for (;;) {
      const nlohmann::json line = worker.next(call);
      if (line.contains("entry")) {
        sink(read_entry(line["entry"], options_));
      } else if (line.contains("gone") && line["gone"].is_string()) {
        sink.gone(line["gone"].get<std::string>());
      } else if (line.contains("end")) {
        return read_end(line["end"], options_, sink);
      } else {
        fail_protocol(options_,
                      "answered list with a line that is not entry, gone, end, log or error");
      }
    }
  }

  void fetch(sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, sdk::FetchSink& sink) override {
    nlohmann::json line;
    pool_.run(call, [&](Worker& worker) {
      worker.ask(fetch_request(options_, entry, known_version));
      line = worker.next(call);
    });
    if (line.contains("content")) {
      std::string bytes;
      sink.content(read_content(line["content"], options_, bytes));
    } else if (line.contains("not_modified")) {
      sink.not_modified();
    } else if (line.contains("gone") && line["gone"].is_boolean()) {
      sink.gone(line["gone"].get<bool>());
    } else {
      fail_protocol(
          options_,
          "answered fetch with a line that is not content, not_modified, gone, log or error");
    }
  }

 private:
  const Options options_;
  Pool pool_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_LOADER && name == "command" ? sdk::loader_table<CommandLoader>()
                                                            : nullptr;
}

}  // namespace
}  // namespace freshet::loader_command

FRESHET_SDK_PLUGIN("loader_command", FRESHET_PLUGIN_VERSION, freshet::loader_command::get)
