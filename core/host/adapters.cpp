#include "core/host/adapters.hpp"

namespace freshet::host {

base::Result<const void*> get_table(const Opening& opening, const char* kind,
                                    const std::string& name) {
  const void* table = nullptr;
  FRESHET_TRY(call_plugin(opening.caller, "get", {}, [&](freshet_call*) {
    table = opening.provider->table(kind, name);
    return FRESHET_OK;
  }));
  return table;
}

}  // namespace freshet::host
