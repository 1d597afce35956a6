#include "loader_git/module.hpp"

#include "loader_git/submodules.hpp"

namespace freshet::loader_git {
namespace {

constexpr std::size_t most_modules = 256;
constexpr int deepest = 8;  // submodules within submodules

// Brings its commit. Throws where it cannot be had.
void open(const sdk::Call& call, const Options& options, Module& module) {
  auto mirror = std::make_shared<Mirror>(call, options, module.address, module.commit);
  mirror->bring(call, module.commit);
  module.date = mirror->date_of(call, module.commit);
  module.changes = std::make_shared<const LastChanges>(
      options.history == 0 ? LastChanges()
                           : last_changes(call, mirror->program(), module.commit, options.history));
  module.mirror = std::move(mirror);
}

// Opens a submodule of `outer`, or says why it cannot be had.
Module open_submodule(const sdk::Call& call, const Options& options, const Module& outer,
                      const Submodule& submodule, int depth) {
  Module module;
  module.path = outer.outside(submodule.path);
  module.commit = submodule.commit;
  try {
    if (depth > deepest)
      throw sdk::Failure(FRESHET_E_LIMIT,
                         "is more than " + std::to_string(deepest) + " submodules deep");
    module.address = address_of(options, outer.address, submodule);
    module.web = web_of(module.address, "auto");
    open(call, options, module);
  } catch (const sdk::Failure& failure) {
    if (failure.status == FRESHET_E_CANCELLED) throw;
    module.failure = failure;
  }
  return module;
}

void add_submodules(const sdk::Call& call, const Options& options, std::vector<Module>& modules) {
  std::vector<int> depths{0};
  for (std::size_t at = 0; at < modules.size(); ++at) {
    if (!modules[at].mirror) continue;
    const Module outer = modules[at];
    for (const Submodule& submodule : submodules_of(call, *outer.mirror, outer.commit)) {
      if (options.leaves_out_folder(outer.outside(submodule.path))) continue;
      if (modules.size() > most_modules) {
        Module rest;
        rest.path = outer.outside(submodule.path);
        rest.failure =
            sdk::Failure(FRESHET_E_LIMIT, "is one of more than " + std::to_string(most_modules));
        return modules.push_back(std::move(rest));
      }
      modules.push_back(open_submodule(call, options, outer, submodule, depths[at] + 1));
      depths.push_back(depths[at] + 1);
    }
  }
}

}  // namespace

std::vector<Module> open_modules(const sdk::Call& call, const Options& options,
                                 const std::string& commit) {
  std::vector<Module> modules(1);
  modules[0].address = options.address;
  modules[0].web = options.web;
  modules[0].commit = commit;
  open(call, options, modules[0]);
  if (options.submodules) add_submodules(call, options, modules);
  return modules;
}

const Module& module_of(const std::vector<Module>& modules, const std::string& path) {
  const Module* found = &modules.front();
  for (const Module& module : modules)
    if (module.path.size() > found->path.size() && path.starts_with(module.path + "/"))
      found = &module;
  return *found;
}

}  // namespace freshet::loader_git
