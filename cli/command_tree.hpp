// cli/command_tree.hpp - the commands and options of the program as plain values, from which shell
// completion and the manual page are written.
#pragma once

#include <string>
#include <vector>

namespace freshet::cli {

struct OptionHelp {
  std::vector<std::string> names;  // "--exclude", "-k"
  std::string type;                // "URL"; "" for a flag
  std::string what;
};

struct CommandHelp {
  std::string name, what;
  std::vector<std::string> arguments;  // "URI"
  std::vector<OptionHelp> options;
  std::vector<std::string> examples;
  std::vector<CommandHelp> commands;
};

// The completion script for "bash", "zsh" or "fish".
std::string completion_script(const CommandHelp& program, const std::string& shell);

// freshet(1), in the man macros of roff.
std::string manual_page(const CommandHelp& program, const std::string& version);

}  // namespace freshet::cli
