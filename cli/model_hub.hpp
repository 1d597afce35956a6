// cli/model_hub.hpp - a model by its name at Hugging Face, or at a server that speaks as it does.
//
// HF_ENDPOINT names another server, HF_TOKEN is sent to it, and to nobody it redirects to. All files are
// those of one commit, which is asked for first; what it says of their sizes and checksums has to hold.
#pragma once

#include "cli/model_source.hpp"

namespace freshet::cli {

// "OWNER/NAME" or "OWNER/NAME@REVISION", where no file or folder has that name.
bool is_hub_name(const std::string& where);

// "NAME" of the above.
std::string model_name_at_hub(const std::string& where);

// As read_model(). Throws freshet::Error with FRESHET_E_NOT_FOUND, FRESHET_E_DENIED, FRESHET_E_NETWORK,
// FRESHET_E_REMOTE or FRESHET_E_CORRUPT where that is what is wrong.
void read_hub_model(const std::string& where, const TakeBytes& take);

}  // namespace freshet::cli
