#include "cli/command_tree.hpp"

namespace freshet::cli {
namespace {

// roff reads a backslash as an escape, a minus as a hyphen, and a line that begins with a dot or a
// quote as a request.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    out += c == '\\' ? std::string("\\e") : c == '-' ? std::string("\\-") : std::string(1, c);
  }
  return out;
}

std::string options_of(const CommandHelp& command) {
  std::string out;
  for (const OptionHelp& option : command.options) {
    if (option.names.back() == "--help" && !command.examples.empty())
      continue;  // said once, on top
    std::string names;
    for (const std::string& name : option.names)
      names += (names.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
    if (!option.type.empty()) names += " \\fI" + roff(option.type) + "\\fR";
    out += ".TP\n" + names + "\n" + roff(option.what) + "\n";
  }
  return out;
}

std::string section_of(const std::string& path, const CommandHelp& command) {
  std::string out;
  if (command.commands.empty()) {
    out += ".SS freshet " + path;
    for (const std::string& argument : command.arguments) out += " " + roff(argument);
    out += "\n" + roff(command.what) + ".\n" + options_of(command);
    for (const std::string& example : command.examples)
      out += ".PP\n.EX\n" + roff(example) + "\n.EE\n";
  }
  for (const CommandHelp& sub : command.commands) out += section_of(path + " " + sub.name, sub);
  return out;
}

}  // namespace

std::string manual_page(const CommandHelp& program, const std::string& version) {
  std::string out =
      ".TH FRESHET 1 \"\" \"freshet " + version + "\"\n.SH NAME\nfreshet \\- " +
      "keeps a knowledge base fresh\n.SH SYNOPSIS\n\\fBfreshet\\fR [\\fIoptions\\fR] " +
      "\\fIcommand\\fR ...\n.SH DESCRIPTION\n" + roff(program.what) + "\n.SH OPTIONS\n" +
      options_of(program) + ".SH COMMANDS\n";
  for (const CommandHelp& command : program.commands) out += section_of(command.name, command);
  return out +
         ".SH EXIT STATUS\n"
         ".TP\n0\nAll is well.\n"
         ".TP\n1\nSome roots failed, something is held, or the output could not be "
         "written.\n"
         ".TP\n2\nA wrong command line or configuration.\n"
         ".TP\n3\nNothing could be done.\n"
         ".TP\n130, 143\nIt was stopped by SIGINT or SIGTERM before the end.\n"
         ".SH ENVIRONMENT\n"
         ".TP\nFRESHET_REPOSITORY\nThe directory of the repository, where \\-\\-repository is not "
         "given.\n"
         ".TP\nFRESHET_PLUGIN_PATH\nFurther directories of plugins, separated by colons.\n";
}

}  // namespace freshet::cli
