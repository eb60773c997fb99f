#include "cli/runbook_command.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>

#include "base/file.h"
#include "base/random.h"
#include "cli/exit_code.h"
#include "response/cases/mutation.h"
#include "response/cases/runbook_policy.h"
#include "response/scripts.h"
#include "runbook/limits.h"

namespace setpoint::cli {

namespace {

namespace fs = std::filesystem;
using base::Json;
using response::CaseResult;
using response::MutantResult;
using response::RunbookFolder;
using response::RunbookResult;
using response::SuiteReport;

struct Arguments {
  std::vector<std::string> paths;
  std::string document;
  std::string junit;
  bool update = false;
  bool mutate = false;
  bool no_sandbox = false;
};

// Children of a document lie in the folders beside its own.
class SiblingDocuments final : public response::Library {
 public:
  explicit SiblingDocuments(const std::vector<RunbookFolder>& folders) : folders_(folders) {}
  base::Result<runbook::Document> document(const std::string& name) const override {
    for (const RunbookFolder& folder : folders_) {
      if (folder.name == name) return folder.document;
    }
    return base::fail(base::ErrorCode::not_found, "there is no runbook '{}' among those that are tested", name);
  }

 private:
  const std::vector<RunbookFolder>& folders_;
};

// Everything that cases run with; the parts are borrowed by the runner.
struct Bench {
  std::vector<RunbookFolder> folders;
  std::shared_ptr<const cloud::aws::ModelCatalog> catalog;
  SiblingDocuments library{folders};
  base::SystemRandom random;
  std::unique_ptr<response::Scripts> scripts;
  response::CaseRunner runner() { return response::CaseRunner({catalog, &library, scripts.get()}); }
};

base::Status open_bench(const Arguments& arguments, const std::vector<std::string>& paths, Bench& bench) {
  base::Diagnostics diagnostics;
  for (const std::string& path : paths) {
    for (RunbookFolder& folder : response::read_runbook_folders(path, diagnostics))
      bench.folders.push_back(std::move(folder));
  }
  if (diagnostics.has_errors()) {
    std::cerr << diagnostics.render();
    return base::fail(base::ErrorCode::invalid_input, "the runbooks have {} mistakes", diagnostics.error_count());
  }
  if (bench.folders.empty())
    return base::fail({base::ErrorCode::not_found, "there is no document.yaml here or below", paths.front(), {}, {}});
  TRY(bench.catalog, cloud::aws::ModelCatalog::open_default({}));
  bench.scripts = std::make_unique<response::Scripts>(bench.catalog, bench.random,
                                                      runbook::SandboxOptions{.sandbox = !arguments.no_sandbox});
  return {};
}

void print_problems(const Paint& paint, const std::string& head, const std::string& path,
                    const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  std::cout << paint(Tone::bad, "FAIL") << "  " << paint(Tone::bold, printable(head, 200)) << "\n      " << path
            << "\n";
  for (const std::string& problem : problems) std::cout << "      " << printable(problem, 1'200) << "\n";
}

void print_suite(const Paint& paint, const SuiteReport& report, double seconds) {
  double slowest = 0;
  for (const RunbookResult& runbook : report.runbooks) {
    print_problems(paint, runbook.name, runbook.path, runbook.problems);
    for (const CaseResult& one : runbook.cases) {
      print_problems(paint, runbook.name + ": " + one.name, one.path, one.problems);
      slowest = std::max(slowest, one.seconds);
    }
  }
  std::cout << fmt::format("{} runbooks, {} cases, {}; {:.1f} s, the slowest case {:.0f} ms\n", report.runbooks.size(),
                           report.cases(), report.ok() ? "all hold" : fmt::format("{} FAILED", report.problems()),
                           seconds, slowest * 1'000);
}

void print_mutants(const Paint& paint, const response::MutationReport& report, double seconds) {
  for (const MutantResult& one : report.mutants) {
    if (one.fate == MutantResult::Fate::survived)
      std::cout << paint(Tone::warn, "UNNOTICED") << "  " << one.runbook << ": " << printable(one.what, 300) << "\n";
  }
  std::cout << fmt::format("{} mutants noticed, {} unnoticed ({:.1f} % noticed), {} did not compile; {:.1f} s\n",
                           report.count(MutantResult::Fate::killed), report.count(MutantResult::Fate::survived),
                           report.kill_rate() * 100, report.count(MutantResult::Fate::stillborn), seconds);
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

base::Status mutate(Context& context, Bench& bench) {
  Stopwatch watch;
  response::MutationReport report = response::run_mutations(bench.folders, bench.runner());
  if (context.options.json)
    std::cout << response::mutation_json(report).dump(2) << "\n";
  else
    print_mutants(context.paint, report, watch.seconds());
  if (report.count(MutantResult::Fate::survived) > 0) context.exit_code = kNegative;
  return {};
}

base::Status test(Context& context, const Arguments& arguments) {
  Bench bench;
  TRY_VOID(open_bench(arguments, arguments.paths, bench));
  Stopwatch watch;
  SuiteReport report = response::run_suite(bench.folders, bench.runner());
  if (arguments.update) TRY_VOID(response::update_expectations(bench.folders, report));
  if (!arguments.junit.empty()) TRY_VOID(base::write_file_durably(arguments.junit, response::junit_xml(report)));
  if (!report.ok()) context.exit_code = kNegative;
  // A mutant can only be noticed by cases that hold without it.
  bool mutating = arguments.mutate && report.ok();
  if (context.options.json && !mutating)
    std::cout << response::suite_json(report).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  else if (!context.options.json)
    print_suite(context.paint, report, watch.seconds());
  return mutating ? mutate(context, bench) : base::Status();
}

// "*" stands for whatever account and region a run is in; where they are known, they are said.
Json scoped(const Json& policy, const GlobalOptions& options) {
  std::set<model::Permission> out;
  for (model::Permission permission : response::permissions_of(policy)) {
    std::vector<std::size_t> colons;
    for (std::size_t i = 0; i < permission.resource.size() && colons.size() < 5; ++i) {
      if (permission.resource[i] == ':') colons.push_back(i);
    }
    bool arn = colons.size() == 5;
    if (arn && !options.account.empty() && permission.resource.substr(colons[3] + 1, colons[4] - colons[3] - 1) == "*")
      permission.resource.replace(colons[3] + 1, 1, options.account);
    if (arn && !options.regions.empty() && permission.resource.substr(colons[2] + 1, colons[3] - colons[2] - 1) == "*")
      permission.resource.replace(colons[2] + 1, 1, options.regions.front());
    out.insert(std::move(permission));
  }
  return response::policy_document(out);
}

// A document without a folder of its own has no cases: its text is all there is.
base::Result<Json> policy_of_text(const std::string& path) {
  TRY(std::string text, base::read_file(path, runbook::kDocumentBytesMax));
  base::Diagnostics diagnostics;
  auto document = runbook::Document::compile({path, text}, diagnostics);
  std::cerr << diagnostics.render();
  if (!document) return base::fail(base::ErrorCode::invalid_input, "the document has mistakes");
  TRY(auto catalog, cloud::aws::ModelCatalog::open_default({}));
  for (const runbook::StaticCall& call : runbook::api_calls(*document)) {
    if (call.dynamic)
      std::cerr << fmt::format("step {} decides at run time what it calls: only cases can tell what it needs\n",
                               call.step);
  }
  return response::policy_document(response::static_permissions(*document, response::CatalogPermissions(*catalog)));
}

base::Result<Json> policy_of(const Arguments& arguments) {
  fs::path path(arguments.document);
  bool document_of_folder = path.filename() == "document.yaml" || path.filename() == "document.json";
  if (!fs::is_directory(path) && !document_of_folder) return policy_of_text(arguments.document);
  if (document_of_folder) path = path.has_parent_path() ? path.parent_path() : fs::path(".");
  Bench bench;
  TRY_VOID(open_bench(arguments, {path.string()}, bench));
  if (bench.folders.size() > 1)
    return base::fail({base::ErrorCode::invalid_input, "more than one runbook", path.string(), "name one of them", {}});
  return response::run_suite(bench.folders, bench.runner()).runbooks.front().policy;
}

base::Status policy(const Context& context, const Arguments& arguments) {
  TRY(Json needed, policy_of(arguments));
  std::cout << scoped(needed, context.options).dump(2) << "\n";
  return {};
}

void add_test(CLI::App& runbook, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = runbook.add_subcommand("test", "Run the cases of runbooks on the twin, offline");
  command->add_option("path", arguments->paths, "folders of runbooks")->required();
  command->add_option("--junit", arguments->junit, "also write the results as JUnit XML");
  auto* update = command->add_flag("--update", arguments->update, "write what was seen into cases and policy.json");
  command->add_flag("--mutate", arguments->mutate, "change the documents, and say what no case notices")
      ->excludes(update);
  command->add_flag("--no-sandbox", arguments->no_sandbox,
                    "run scripts with limits only, where there are no namespaces");
  command->footer(
      "Exit codes: 0 all hold; 1 a case or a promise does not, or a mutant went unnoticed; 2 bad input\n"
      "Examples\n  setpoint runbook test content/runbooks --junit report.xml");
  command->callback([&context, arguments] {
    if (base::Status done = test(context, *arguments); !done) context.fail(done.error());
  });
}

void add_policy(CLI::App& runbook, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = runbook.add_subcommand("policy", "Print the IAM policy that a runbook needs");
  command->add_option("document", arguments->document, "a runbook's folder, or a document")->required();
  command->add_flag("--no-sandbox", arguments->no_sandbox,
                    "run scripts with limits only, where there are no namespaces");
  command->footer(
      "With --account and --region the resources name them.\n"
      "Examples\n  setpoint runbook policy content/runbooks/Setpoint-RevokeOpenIngress --account 111122223333");
  command->callback([&context, arguments] {
    if (base::Status done = policy(context, *arguments); !done) context.fail(done.error());
  });
}

}  // namespace

void add_runbook_commands(CLI::App& app, Context& context) {
  CLI::App* runbook = app.add_subcommand("runbook", "Runbooks: test them offline, and see what they need");
  runbook->require_subcommand(1);
  add_test(*runbook, context);
  add_policy(*runbook, context);
}

}  // namespace setpoint::cli
