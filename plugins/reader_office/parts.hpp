// reader_office/parts.hpp - what freshet-read-office says of sheets and slides, as a document.
#pragma once

#include <freshet/sdk/freshet_sdk.hpp>

#include "reader_office/options.hpp"

namespace freshet::reader_office {

struct Said {
  bool title = false, text = false;
};

// `lines`: JSON lines; see src/main.rs.
Said say_parts(std::string_view lines, const sdk::DocumentBuilder& document);

// The program, which lies beside the plugin; empty where freshet was built without it.
std::string parts_program();

}  // namespace freshet::reader_office
