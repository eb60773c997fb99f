// completion bash | zsh | fish: made from the commands themselves, so it cannot fall behind them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/commands.h"

namespace setpoint::cli {

namespace {

std::string words_of(const CLI::App* command) {
  std::string out;
  for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; }))
    out += sub->get_name() + " ";
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames()) out += "--" + name + " ";
  }
  return out;
}

// path of command names -> its words
void collect(const CLI::App* command, const std::string& path, std::vector<std::pair<std::string, std::string>>& out) {
  out.emplace_back(path, words_of(command));
  for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; })) {
    collect(sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), out);
  }
}

std::string bash_script(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> all;
  collect(&app, "", all);
  std::string global = words_of(&app);
  std::string out =
      "_setpoint() {\n  local path='' word\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do case \"$word\" in "
      "-*) ;; *) path=\"${path:+$path }$word\" ;; esac; done\n";
  out += "  local words\n  case \"$path\" in\n";
  std::reverse(all.begin(), all.end());  // the longer path first
  for (const auto& [path, words] : all) {
    if (!path.empty()) out += fmt::format("    '{}'*) words='{}' ;;\n", path, words);
  }
  out += "    *) words='" + global +
         "' ;;\n  esac\n  COMPREPLY=($(compgen -o default -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n";
  return out + "complete -o default -F _setpoint setpoint\n";
}

std::string fish_script(const CLI::App& app) {
  std::string out;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    out += "complete -c setpoint -n __fish_use_subcommand -a " + sub->get_name() + " -d '" + sub->get_description() +
           "'\n";
    for (const CLI::Option* option : sub->get_options()) {
      for (const std::string& name : option->get_lnames())
        out += "complete -c setpoint -n '__fish_seen_subcommand_from " + sub->get_name() + "' -l " + name + "\n";
    }
  }
  return out;
}

}  // namespace

void add_completion_command(CLI::App& app, Context& context) {
  auto shell = std::make_shared<std::string>("bash");
  CLI::App* completion = app.add_subcommand("completion", "A completion script for bash, zsh or fish");
  completion->add_option("shell", *shell, "bash, zsh or fish")->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer("Examples\n  source <(setpoint completion bash)");
  completion->callback([&app, &context, shell] {
    (void)context;
    if (*shell == "zsh") std::cout << "autoload -U +X bashcompinit && bashcompinit\n";
    std::cout << (*shell == "fish" ? fish_script(app) : bash_script(app));
  });
}

}  // namespace setpoint::cli
