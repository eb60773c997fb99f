// scan
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/progress_bar.h"
#include "cli/report_output.h"
#include "cli/scan_view.h"
#include "engine/engine.h"
#include "engine/offline_scan.h"

namespace setpoint::cli {

using engine::Engine;
using engine::ScanSummary;

namespace {

struct ScanArguments {
  std::vector<std::string> files;
  std::vector<std::string> types;
  std::string fail_on;
  ReportWish report;
  bool no_store = false;
};

// One run of the command: what is watched, what is written, how it ends.
class ScanRun {
 public:
  ScanRun(Context& context, const ScanArguments& arguments)
      : context_(context), arguments_(arguments), bar_(context.options.json) {}

  base::Status with_store(Engine& engine) {
    TRY_VOID(open_report(engine.parts().controls, engine.parts().clock.now()));
    // What was good before a damage is taken and shown.
    base::Status read = arguments_.files.empty() ? scan_accounts(engine) : scan_files(engine);
    if (!read && (arguments_.files.empty() || summary_.resources == 0)) return read;
    TRY(std::set<std::string> suppressed, suppressed_findings(engine.parts().finding_store));
    TRY_VOID(finish(suppressed));
    TRY_VOID(read);
    return fail_on_ ? judge_open(engine.parts().finding_store) : base::Status();
  }

  base::Status without_store(const engine::Controls& controls) {
    TRY_VOID(open_report(controls, base::SystemClock().now()));
    base::Status read;
    for (const std::string& file : arguments_.files) {
      read = engine::scan_offline(controls, file, watch(), summary_);
      if (!read) break;
    }
    if (!read && summary_.resources == 0) return read;
    TRY_VOID(finish({}));
    TRY_VOID(read);
    auto fails = [this](const auto& one) { return one.first >= *fail_on_ && one.second.non_compliant > 0; };
    if (fail_on_ && std::any_of(summary_.severities.begin(), summary_.severities.end(), fails))
      context_.exit_code = kNegative;
    return {};
  }

 private:
  base::Status open_report(const engine::Controls& controls, base::Timestamp now) {
    if (!arguments_.fail_on.empty()) {
      TRY(fail_on_, model::parse_level(arguments_.fail_on));
    }
    if (!arguments_.report.wanted()) return {};
    TRY(report_, ReportOutput::open(arguments_.report, controls, now));
    return {};
  }

  engine::ScanWatch watch() {
    engine::ScanWatch out{bar_.progress(), {}};
    if (report_ != nullptr)
      out.judged = [this](const auto& control, const auto& resource, const auto& judgement) {
        report_->take(control, resource, judgement);
      };
    return out;
  }

  base::Status scan_accounts(Engine& engine) {
    if (engine.parts().accounts.empty()) {
      return base::fail({base::ErrorCode::invalid_input,
                         "nothing to scan",
                         {},
                         "name accounts in setpoint.yaml, or give --account and --endpoint-url, or files of AWS Config",
                         {}});
    }
    TRY(summary_, engine.scan({{}, arguments_.types}, watch()));
    return {};
  }

  base::Status scan_files(Engine& engine) {
    for (const std::string& file : arguments_.files) TRY_VOID(engine.import_file(file, summary_, watch()));
    return {};
  }

  static base::Result<std::set<std::string>> suppressed_findings(const findings::FindingStore& store) {
    findings::FindingFilter filter;
    filter.statuses = {model::FindingStatus::suppressed};
    std::set<std::string> out;
    std::string after;
    do {
      TRY(auto page, store.list(filter, after, 1000));
      for (const model::Finding& finding : page.findings) out.insert(finding.id);
      after = page.next;
    } while (!after.empty());
    return out;
  }

  base::Status finish(const std::set<std::string>& suppressed) {
    if (report_ != nullptr) {
      std::vector<std::string> unread;
      for (const cloud::Unread& part : summary_.unread)
        unread.push_back(fmt::format("{} {} {}: {}", part.account, part.region, part.type, part.why.text()));
      TRY_VOID(report_->finish(suppressed, unread));
    }
    if (report_ == nullptr || !arguments_.report.file.empty())
      std::cout << (context_.options.json ? scan_json(summary_).dump(2) + "\n" : show_scan(summary_, context_.paint));
    if (!summary_.complete()) context_.exit_code = kPartial;
    return {};
  }

  base::Status judge_open(const findings::FindingStore& store) {
    findings::FindingFilter filter;
    filter.statuses = {model::FindingStatus::open, model::FindingStatus::in_progress};
    filter.severity_min = *fail_on_;
    TRY(auto page, store.list(filter, "", 1));
    if (!page.findings.empty()) context_.exit_code = kNegative;
    return {};
  }

  Context& context_;
  const ScanArguments& arguments_;
  ProgressBar bar_;
  std::unique_ptr<ReportOutput> report_;
  std::optional<model::Level> fail_on_;
  ScanSummary summary_;
};

void scan(Context& context, const ScanArguments& arguments) {
  if (!arguments.no_store)
    return context.with_engine([&](Engine& engine) { return ScanRun(context, arguments).with_store(engine); });
  auto controls = context.open_controls(context.options);
  if (!controls) return context.fail(controls.error());
  if (base::Status done = ScanRun(context, arguments).without_store(**controls); !done) context.fail(done.error());
}

constexpr char kFooter[] =
    "Examples\n"
    "  setpoint scan --account 111122223333 --region eu-west-1\n"
    "  setpoint scan snapshot.json.gz --fail-on high\n"
    "  setpoint scan snapshot.json.gz --no-store --output sarif --output-file scan.sarif\n"
    "Exit codes\n"
    "  0 done; 1 with --fail-on: a finding of that severity or higher is open; 12 something could not be read";

}  // namespace

void add_scan_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<ScanArguments>();
  CLI::App* command = app.add_subcommand("scan", "Discover, evaluate, and open, update and resolve findings");
  command->add_option("files", arguments->files,
                      "AWS Config snapshots or configuration items; none: the connected accounts");
  command->add_option("--type", arguments->types, "only these resource types")->delimiter(',');
  command->add_option("--fail-on", arguments->fail_on,
                      "exit with 1 where a finding of this severity or higher is open");
  command
      ->add_option("--output", arguments->report.format,
                   "a report beside the findings: every verdict with its evidence")
      ->check(CLI::IsMember(report_words()));
  command->add_option("--output-file", arguments->report.file, "write the report here instead of standard output");
  auto* no_store = command->add_flag("--no-store", arguments->no_store,
                                     "judge the files and keep nothing: no database, no findings");
  command->footer(kFooter);
  command->callback([&context, arguments, no_store] {
    if (*no_store && arguments->files.empty()) throw CLI::ValidationError("--no-store", "needs files to judge");
    scan(context, *arguments);
  });
}

}  // namespace setpoint::cli
