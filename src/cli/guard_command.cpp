#include "cli/guard_command.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "guard/batch.h"
#include "guard/rule_set.h"

namespace setpoint::cli {

namespace {

struct Options {
  std::string rules;
  std::string input;
  std::string parameters;
  std::string batch;
  std::string runtime = "guard-3";
  bool json = false;
  bool extensions = false;
};

int refuse(const base::Error& error) {
  std::cerr << "setpoint guard: " << error.text() << "\n";
  return exit_code_of(error);
}

base::Result<guard::CompileOptions> compile_options(const Options& options) {
  guard::CompileOptions out;
  out.runtime = options.runtime == "guard-2" ? guard::Runtime::guard2 : guard::Runtime::guard3;
  out.extensions = options.extensions;
  if (options.parameters.empty()) return out;
  TRY(std::string text, base::read_file(options.parameters));
  TRY(out.parameters, base::parse_json(text));
  return out;
}

base::Json evidence_json(const guard::RuleFailure& failure) {
  base::Json out = base::Json::array();
  for (const model::Evidence& evidence : failure.evidence) out.push_back(evidence.json());
  return out;
}

base::Json report_json(const guard::RuleSet& rules, const guard::Report& report) {
  base::Json out = {{"verdict", std::string(to_string(report.file()))},
                    {"verdicts", guard::verdicts_by_name(rules, report)}};
  for (const guard::RuleFailure& failure : report.failures) {
    out["evidence"][rules.rules()[failure.rule].name] = evidence_json(failure);
  }
  for (const guard::RuleError& error : report.errors) out["errors"][rules.rules()[error.rule].name] = error.because;
  return out;
}

Tone tone_of(guard::Status status) {
  switch (status) {
    case guard::Status::pass:
      return Tone::good;
    case guard::Status::fail:
      return Tone::bad;
    case guard::Status::skip:
      return Tone::dim;
    case guard::Status::error:
      return Tone::warn;
  }
  return Tone::plain;
}

void print_evidence(const model::Evidence& evidence) {
  std::string value =
      evidence.resolved ? evidence.value.dump(-1, ' ', false, base::Json::error_handler_t::replace) : "missing";
  std::cout << "  " << printable(evidence.path.empty() ? "/" : evidence.path, 200) << ": " << printable(value, 120)
            << ", expected " << printable(evidence.expected, 200) << "\n";
  if (!evidence.message.empty()) std::cout << "    " << printable(evidence.message, 400) << "\n";
}

void print_report(const guard::RuleSet& rules, const guard::Report& report) {
  Paint paint = Paint::for_stdout();
  Table table({"RULE", "VERDICT"});
  for (std::size_t i = 0; i < report.rules.size(); ++i) {
    table.add({rules.rules()[i].name, std::string(to_string(report.rules[i]))},
              {Tone::plain, tone_of(report.rules[i])});
  }
  std::cout << table.render(paint);
  for (const guard::RuleFailure& failure : report.failures) {
    std::cout << "\n" << paint(Tone::bold, rules.rules()[failure.rule].name) << "\n";
    for (const model::Evidence& evidence : failure.evidence) print_evidence(evidence);
  }
  for (const guard::RuleError& error : report.errors) {
    std::cout << "\n"
              << paint(Tone::bold, rules.rules()[error.rule].name) << "\n  " << printable(error.because, 400) << "\n";
  }
}

int exit_code_for(guard::Status status) {
  if (status == guard::Status::error) return kUnknown;
  return status == guard::Status::fail ? kNegative : kOk;
}

base::Result<int> evaluate_files(const Options& options, const guard::Surroundings& surroundings) {
  TRY(guard::CompileOptions compile, compile_options(options));
  TRY(std::string text, base::read_file(options.rules));
  base::Diagnostics diagnostics;
  std::optional<guard::RuleSet> rules = guard::RuleSet::compile({options.rules, text}, diagnostics, compile);
  std::cerr << diagnostics.render();
  if (!rules) return kBadInput;
  TRY(std::string input, base::read_file(options.input));
  TRY(guard::Document document, guard::Document::from_text(input));
  guard::Report report = rules->evaluate(document, surroundings);
  if (options.json) {
    std::cout << report_json(*rules, report).dump(2, ' ', false, base::Json::error_handler_t::replace) << "\n";
  } else {
    print_report(*rules, report);
  }
  return diagnostics.has_errors() ? kBadInput : exit_code_for(report.file());
}

base::Result<int> evaluate_batch(const Options& options, const guard::Surroundings& surroundings) {
  TRY(guard::CompileOptions compile, compile_options(options));
  std::ifstream file;
  if (options.batch != "-") {
    file.open(options.batch);
    if (!file) return base::fail(base::ErrorCode::not_found, "cannot read {}", options.batch);
  }
  guard::BatchRunner runner(surroundings, std::move(compile));
  std::istream& lines = options.batch == "-" ? std::cin : file;
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) std::cout << runner.run(line) << "\n";
  }
  std::cout.flush();
  return kOk;
}

int run(const Options& options) {
  base::SystemClock clock;
  guard::Surroundings surroundings{.clock = &clock, .relations = nullptr};
  if (options.batch.empty() && (options.rules.empty() || options.input.empty())) {
    return refuse({base::ErrorCode::invalid_input, "--rules and --input are needed, or --batch", "", "", ""});
  }
  base::Result<int> code =
      options.batch.empty() ? evaluate_files(options, surroundings) : evaluate_batch(options, surroundings);
  return code ? *code : refuse(code.error());
}

}  // namespace

void add_guard_commands(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* guard = app.add_subcommand("guard", "Guard rules: evaluate them against documents");
  guard->require_subcommand(1);
  CLI::App* eval = guard->add_subcommand("eval", "Evaluate rules against a document, or a batch of both");
  eval->add_option("--rules", options->rules, "Guard rules");
  eval->add_option("--input", options->input, "A configuration item, template or plan: JSON or YAML");
  eval->add_option("--parameters", options->parameters, "JSON object that rules see as CONFIG_RULE_PARAMETERS");
  eval->add_option("--batch", options->batch, "JSON lines {\"id\",\"rules\",\"input\"}; - is standard input");
  eval->add_option("--runtime", options->runtime, "guard-3, or guard-2 as AWS Config runs it (unconfirmed)");
  eval->add_flag("--json", options->json, "The report as JSON");
  eval->add_flag("--extensions", options->extensions, "related(...) and policy documents that arrive as text");
  eval->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace setpoint::cli
