#include "cli/pattern_command.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/file.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "pattern/batch.h"
#include "pattern/explain.h"
#include "pattern/lint.h"

namespace setpoint::cli {

namespace {

struct Options {
  std::string pattern;
  std::vector<std::string> events;
  std::string batch;
  bool eventbridge = false;
};

int refuse(const base::Error& error) {
  std::cerr << "setpoint pattern: " << error.text() << "\n";
  return exit_code_of(error);
}

// A file, "-" for standard input, or JSON itself.
base::Result<std::string> text_of(const std::string& argument) {
  if (argument.find_first_of("{[") == 0) return argument;
  if (argument != "-") return base::read_file(argument);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

std::string name_of(const std::string& argument, const char* itself) {
  return argument.find_first_of("{[") == 0 ? itself : argument;
}

// Names in patterns and events come from outside: no control character reaches the terminal.
void print_lines(std::string_view text) {
  for (std::size_t from = 0; from < text.size();) {
    std::size_t end = std::min(text.find('\n', from), text.size());
    std::cout << printable(text.substr(from, end - from)) << "\n";
    from = end + 1;
  }
}

base::Result<std::optional<pattern::Pattern>> load(const Options& options) {
  TRY(std::string text, text_of(options.pattern));
  base::Diagnostics diagnostics;
  auto compiled = pattern::Pattern::compile({name_of(options.pattern, "pattern"), text}, diagnostics);
  std::cerr << diagnostics.render();
  return compiled;
}

base::Result<bool> test_event(const pattern::Pattern& compiled, const std::string& argument) {
  TRY(std::string text, text_of(argument));
  TRY(pattern::MatchReport report, pattern::explain_match(compiled, text));
  std::cout << printable(name_of(argument, "event")) << ": " << (report.matched ? "matches" : "does not match") << "\n";
  print_lines(report.text);
  return report.matched;
}

int test_events(const Options& options) {
  auto compiled = load(options);
  if (!compiled) return refuse(compiled.error());
  if (!*compiled) return kBadInput;
  int code = kOk;
  for (const std::string& event : options.events) {
    base::Result<bool> matched = test_event(**compiled, event);
    if (!matched) {
      base::Error error = matched.error();
      error.where = name_of(event, "event") + (error.where.empty() ? "" : ":" + error.where);
      code = refuse(error);
    } else if (!*matched && code == kOk) {
      code = kNegative;
    }
  }
  return code;
}

int test_batch(const Options& options) {
  std::ifstream file;
  if (options.batch != "-") {
    file.open(options.batch);
    if (!file) return refuse({base::ErrorCode::not_found, "cannot read " + options.batch, "", "", ""});
  }
  std::istream& lines = options.batch == "-" ? std::cin : file;
  for (std::string line; std::getline(lines, line);) {
    // Flushed line by line: whoever drives us may wait for an answer before the next question.
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      std::cout << pattern::answer_batch_line(line) << std::endl;
  }
  return kOk;
}

int test(const Options& options) {
  if (!options.batch.empty()) return test_batch(options);
  if (!options.pattern.empty() && !options.events.empty()) return test_events(options);
  return refuse(
      {base::ErrorCode::invalid_input, "a pattern and at least one event are needed, or --batch", "", "", ""});
}

int explain(const Options& options) {
  auto compiled = load(options);
  if (!compiled) return refuse(compiled.error());
  if (!*compiled) return kBadInput;
  print_lines(pattern::explain(**compiled));
  return kOk;
}

int lint(const Options& options) {
  auto text = text_of(options.pattern);
  if (!text) return refuse(text.error());
  base::Diagnostics diagnostics;
  base::SourceText source{name_of(options.pattern, "pattern"), *text};
  bool clean = options.eventbridge ? pattern::lint_for_eventbridge(source, diagnostics)
                                   : pattern::Pattern::compile(source, diagnostics).has_value() && diagnostics.empty();
  print_lines(diagnostics.render());
  if (diagnostics.has_errors()) return kBadInput;
  return clean ? kOk : kNegative;
}

}  // namespace

void add_pattern_commands(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* pattern = app.add_subcommand("pattern", "Event patterns: test, explain and lint them");
  pattern->require_subcommand(1);
  CLI::App* test_command = pattern->add_subcommand("test", "Why events match a pattern, or which field failed first");
  test_command->add_option("PATTERN", options->pattern, "A file, or the pattern itself");
  test_command->add_option("EVENT", options->events, "Files, - for standard input, or events themselves");
  test_command->add_option("--batch", options->batch, "JSON lines {\"id\",\"pattern\",\"event\"}; - is standard input");
  test_command->callback([options, &exit_code] { exit_code = test(*options); });
  CLI::App* explain_command = pattern->add_subcommand("explain", "What a pattern says, in words");
  explain_command->add_option("PATTERN", options->pattern, "A file, or the pattern itself")->required();
  explain_command->callback([options, &exit_code] { exit_code = explain(*options); });
  CLI::App* lint_command = pattern->add_subcommand("lint", "Mistakes in a pattern, and what AWS would refuse");
  lint_command->add_option("PATTERN", options->pattern, "A file, or the pattern itself")->required();
  lint_command->add_flag("--eventbridge", options->eventbridge, "Warn of what EventBridge itself refuses");
  lint_command->callback([options, &exit_code] { exit_code = lint(*options); });
}

}  // namespace setpoint::cli
