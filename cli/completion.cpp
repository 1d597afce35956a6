#include <functional>

#include "cli/command_tree.hpp"

namespace freshet::cli {
namespace {

using Visit = std::function<void(const std::string& path, const CommandHelp& command)>;

// Every command with the words that lead to it: "", "refresh", "roots list".
void visit(const std::string& path, const CommandHelp& command, const Visit& each) {
  each(path, command);
  for (const CommandHelp& sub : command.commands)
    visit(path.empty() ? sub.name : path + " " + sub.name, sub, each);
}

bool takes_file(const OptionHelp& option) { return option.type == "FILE" || option.type == "DIR"; }

std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// The words that may follow a command: its subcommands, its options, those of the program.
std::string words_after(const CommandHelp& program, const CommandHelp& command) {
  std::string words;
  for (const CommandHelp& sub : command.commands) words += sub.name + " ";
  for (const OptionHelp& option : command.options)
    for (const std::string& name : option.names) words += name + " ";
  if (&command == &program) return words;
  for (const OptionHelp& option : program.options)
    for (const std::string& name : option.names) words += name + " ";
  return words;
}

// Bash and zsh find the command in the words typed so far, then offer what may follow it.
std::string bash(const CommandHelp& program) {
  std::string cases, files;
  visit("", program, [&](const std::string& path, const CommandHelp& command) {
    cases += "    " + shell_word(path) + ") words=" + shell_word(words_after(program, command)) + " ;;\n";
    for (const OptionHelp& option : command.options)
      if (takes_file(option))
        for (const std::string& name : option.names) files += (files.empty() ? "" : "|") + name;
  });
  std::string commands;
  visit("", program, [&](const std::string& path, const CommandHelp&) {
    if (!path.empty()) commands += (commands.empty() ? "" : "|") + shell_word(path);
  });
  return "# bash completion of freshet\n"
         "_freshet() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= "
         "words= word next\n"
         "  case $previous in\n"
         "    " +
         files +
         ") COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
         "  esac\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    next=${path:+$path }$word\n"
         "    case $next in " +
         commands +
         ") path=$next ;; esac\n"
         "  done\n"
         "  case $path in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "}\n"
         "complete -o filenames -F _freshet freshet\n";
}

std::string zsh(const CommandHelp& program) {
  return "#compdef freshet\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash(program);
}

std::string fish(const CommandHelp& program) {
  std::string out = "# fish completion of freshet\n";
  visit("", program, [&](const std::string& path, const CommandHelp& command) {
    std::string condition = "__fish_use_subcommand";
    std::string seen;
    for (const CommandHelp& sub : command.commands) seen += " " + sub.name;
    if (!path.empty()) {
      condition.clear();
      for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(' ', begin), path.size());
        condition += (begin == 0 ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
                     path.substr(begin, end - begin);
        begin = end + 1;
      }
    }
    for (const CommandHelp& sub : command.commands)
      out += "complete -c freshet -f -n " +
             shell_word(path.empty() ? condition
                                 : condition + "; and not __fish_seen_subcommand_from" + seen) +
             " -a " + sub.name + " -d " + shell_word(sub.what) + "\n";
    for (const OptionHelp& option : command.options) {
      out += "complete -c freshet";
      if (!path.empty()) out += " -n " + shell_word(condition);
      for (const std::string& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.type.empty()) out += takes_file(option) ? " -r" : " -x";
      out += " -d " + shell_word(option.what) + "\n";
    }
  });
  return out;
}

}  // namespace

std::string completion_script(const CommandHelp& program, const std::string& shell) {
  if (shell == "bash") return bash(program);
  return shell == "zsh" ? zsh(program) : fish(program);
}

}  // namespace freshet::cli
