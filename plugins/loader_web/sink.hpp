// loader_web/sink.hpp - where a listing goes: to the host, or through another listing that is made of it.
#pragma once

#include <functional>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

namespace freshet::loader_web {

struct Sink {
  std::function<void(const sdk::Entry&)> entry;   // may block; throws where the host wants no more
  std::function<void(const std::string&)> state;  // for the next listing
};

// `sink` outlives what is returned.
inline Sink sink_of(const sdk::ListingSink& sink) {
  return {[&sink](const sdk::Entry& entry) { sink(entry); },
          [&sink](const std::string& text) { sink.state(text); }};
}

}  // namespace freshet::loader_web
