// check
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "base/file.h"
#include "blueprint/blueprint.h"
#include "blueprint/limits.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/report_output.h"
#include "cli/scan_view.h"

namespace setpoint::cli {

using blueprint::Blueprint;
using blueprint::Declared;
using blueprint::Mapping;
using engine::ScanSummary;
using model::Verdict;

namespace {

struct CheckArguments {
  std::vector<std::string> files;
  std::string fail_on = "informational";
  bool strict = false;
  bool types = false;
  std::vector<std::string> parameters;
  bool defaults = false;
  ReportWish report;
};

class PlacesOf final : public standards::PlaceSource {
 public:
  PlacesOf(std::string file, const Declared& declared) : file_(std::move(file)), declared_(declared) {}
  standards::Place place_of(const std::string& path) const override {
    const blueprint::Place& place = declared_.place_of(path);
    return {file_, place.at, place.property};
  }

 private:
  std::string file_;
  const Declared& declared_;
};

// content/blueprints/*.yaml of the first root that has one.
base::Result<Mapping> load_mapping(const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    std::string path = (std::filesystem::path(root) / "blueprints" / "aws.yaml").string();
    if (!std::filesystem::exists(path)) continue;
    TRY(std::string text, base::read_file(path, base::kYamlBytesMax));
    base::Diagnostics diagnostics;
    if (auto mapping = Mapping::load({path, text}, diagnostics)) return std::move(*mapping);
    return base::fail(
        {base::ErrorCode::invalid_input, "the mapping has mistakes:\n" + diagnostics.render(), {}, {}, {}});
  }
  return base::fail(
      {base::ErrorCode::not_found, "there is no blueprints/aws.yaml in the content roots", {}, "--content", {}});
}

// One failing or unknown judgement, for people.
struct Line {
  std::string control;
  model::Level severity;
  Verdict verdict;
  std::string where;
  std::string why;
};

class CheckRun {
 public:
  CheckRun(Context& context, const CheckArguments& arguments, const engine::Controls& controls, const Mapping& mapping)
      : context_(context), arguments_(arguments), controls_(controls), mapping_(mapping) {}

  base::Status run() {
    TRY(fail_on_, model::parse_level(arguments_.fail_on));
    TRY(options_, options());
    if (arguments_.report.wanted()) {
      TRY(report_, ReportOutput::open(arguments_.report, controls_, base::SystemClock().now()));
    }
    for (const std::string& file : arguments_.files) TRY_VOID(check(file));
    if (report_ != nullptr) TRY_VOID(report_->finish({}, {}));
    if (report_ == nullptr || !arguments_.report.file.empty()) show();
    if (broken_)
      context_.exit_code = kBadInput;
    else if (fails_ > 0)
      context_.exit_code = kNegative;
    else if (arguments_.strict && unknowns_ > 0)
      context_.exit_code = kPartial;
    return {};
  }

 private:
  base::Result<blueprint::Options> options() const {
    blueprint::Options out;
    out.account = context_.options.account;
    if (!context_.options.regions.empty()) out.region = context_.options.regions.front();
    out.parameter_defaults = arguments_.defaults;
    for (const std::string& one : arguments_.parameters) {
      std::size_t equals = one.find('=');
      if (equals == std::string::npos)
        return base::fail({base::ErrorCode::invalid_input,
                           fmt::format("'{}' is no parameter", one),
                           {},
                           "--parameter Name=Value",
                           {}});
      out.parameters[one.substr(0, equals)] = one.substr(equals + 1);
    }
    return out;
  }

  // A file with mistakes is said and left out; the others are checked.
  base::Status check(const std::string& file) {
    TRY(std::string text, base::read_file(file, blueprint::kPlanBytesMax));
    base::Diagnostics diagnostics;
    auto found = blueprint::read_blueprint({file, text}, mapping_, options_, diagnostics);
    std::cerr << diagnostics.render();
    broken_ = broken_ || !found;
    if (!found) return {};
    for (const Declared& one : found->resources) judge(file, found->language, one);
    for (const blueprint::Uncovered& one : found->uncovered) ++uncovered_[one.type];
    return {};
  }

  void judge(const std::string& file, blueprint::Language language, const Declared& declared) {
    PlacesOf places(file, declared);
    const std::string& type = declared.resource.key.type;
    auto told = [&](const std::vector<std::string>& path, bool deep) {
      return mapping_.tells(language, type, path, deep);
    };
    ++summary_.resources;
    for (const response::ControlJudgement& judged : controls_.judge_declared(declared.resource, told)) {
      const model::Control* control = controls_.find(judged.control);
      if (control == nullptr) continue;
      summary_.count(*control, declared.resource, judged.judgement.verdict);
      if (report_ != nullptr) report_->take(*control, declared.resource, judged.judgement, &places);
      note(*control, judged.judgement, places);
    }
  }

  void note(const model::Control& control, const model::Judgement& judgement, const PlacesOf& places) {
    bool fails = judgement.verdict == Verdict::non_compliant;
    fails_ += fails && control.severity >= fail_on_ ? 1 : 0;
    unknowns_ += judgement.verdict == Verdict::unknown ? 1 : 0;
    if (!fails && judgement.verdict != Verdict::unknown) return;
    standards::Place place = places.place_of(judgement.evidence.empty() ? "" : judgement.evidence.front().path);
    std::string why = judgement.because;
    if (!judgement.evidence.empty())
      why = judgement.evidence.front().message.empty() ? control.title : judgement.evidence.front().message;
    lines_.push_back({control.id, control.severity, judgement.verdict,
                      fmt::format("{} {}", standards::place_text(place), place.property), why});
  }

  void show() {
    if (context_.options.json) {
      base::Json out = scan_json(summary_);
      out["uncovered"] = uncovered_;
      std::cout << out.dump(2) << "\n";
      return;
    }
    std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) {
      return std::pair(a.verdict != Verdict::non_compliant, -static_cast<int>(a.severity)) <
             std::pair(b.verdict != Verdict::non_compliant, -static_cast<int>(b.severity));
    });
    Table table({"CONTROL", "SEVERITY", "VERDICT", "WHERE", "WHY"});
    for (const Line& line : lines_) {
      if (line.verdict == Verdict::unknown && !arguments_.strict) continue;
      table.add({line.control, std::string(to_string(line.severity)), std::string(to_string(line.verdict)),
                 printable(line.where, 100), printable(line.why, 100)},
                {Tone::accent, tone_of(line.severity), tone_of(line.verdict)});
    }
    if (!table.empty()) std::cout << table.render(context_.paint);
    std::cout << fmt::format("{} resources, {} evaluations: {} fail, {} are unknown before deployment{}\n",
                             summary_.resources, summary_.evaluations, total(&engine::ControlCount::non_compliant),
                             unknowns_, unknowns_ > 0 && !arguments_.strict ? " (--strict lists them)" : "");
    for (const auto& [type, count] : uncovered_)
      std::cout << context_.paint(Tone::dim, fmt::format("not translated: {} x {}\n", count, printable(type)));
  }

  std::size_t total(std::size_t engine::ControlCount::*member) const {
    std::size_t out = 0;
    for (const auto& [name, count] : summary_.controls) out += count.*member;
    return out;
  }

  Context& context_;
  const CheckArguments& arguments_;
  const engine::Controls& controls_;
  const Mapping& mapping_;
  blueprint::Options options_;
  std::unique_ptr<ReportOutput> report_;
  model::Level fail_on_ = model::Level::informational;
  ScanSummary summary_;
  std::map<std::string, std::size_t> uncovered_;
  std::vector<Line> lines_;
  std::size_t fails_ = 0;
  std::size_t unknowns_ = 0;
  bool broken_ = false;
};

void show_types(const Context& context, const Mapping& mapping) {
  auto cloudformation = mapping.types(blueprint::Language::cloudformation);
  auto terraform = mapping.types(blueprint::Language::terraform);
  if (context.options.json) {
    std::cout << base::Json{{"cloudformation", cloudformation}, {"terraform", terraform}}.dump(2) << "\n";
    return;
  }
  Table table({"AWS CONFIG", "CLOUDFORMATION", "TERRAFORM"});
  for (const auto& [config, type] : cloudformation)
    table.add({config, type, terraform.contains(config) ? terraform[config] : ""});
  std::cout << table.render(context.paint);
}

void check(Context& context, const CheckArguments& arguments) {
  auto mapping = load_mapping(context.content_roots());
  if (!mapping) return context.fail(mapping.error());
  if (arguments.types) return show_types(context, *mapping);
  auto controls = context.open_controls(context.options);
  if (!controls) return context.fail(controls.error());
  if (base::Status done = CheckRun(context, arguments, **controls, *mapping).run(); !done) context.fail(done.error());
}

constexpr char kFooter[] =
    "Examples\n"
    "  setpoint check template.yaml --parameter Environment=prod\n"
    "  terraform plan -out p && terraform show -json p > plan.json && setpoint check plan.json\n"
    "  setpoint check template.yaml --output sarif --output-file check.sarif --fail-on high\n"
    "Exit codes\n"
    "  0 nothing fails; 1 something of the severity of --fail-on or higher fails; 2 a file could not be read;\n"
    "  12 with --strict: something is unknown before deployment";

}  // namespace

void add_check_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command =
      app.add_subcommand("check", "Judge CloudFormation templates and Terraform plans before they are deployed");
  auto* files = command->add_option("files", arguments->files, "templates (YAML, JSON), `terraform show -json` plans");
  command->add_option("--fail-on", arguments->fail_on, "exit with 1 from this severity on (default: any)");
  command->add_flag("--strict", arguments->strict, "list what is unknown, and exit with 12 where something is");
  command->add_option("--parameter", arguments->parameters, "Name=Value of a template's parameter; may be repeated");
  command->add_flag("--parameter-defaults", arguments->defaults, "take the defaults of the other parameters");
  command->add_flag("--types", arguments->types, "list the types that are translated");
  command->add_option("--output", arguments->report.format, "a report of every verdict, with file and line")
      ->check(CLI::IsMember(report_words()));
  command->add_option("--output-file", arguments->report.file, "write the report here instead of standard output");
  command->footer(kFooter);
  command->callback([&context, arguments, files] {
    if (files->empty() && !arguments->types) throw CLI::RequiredError("files");
    check(context, *arguments);
  });
}

}  // namespace setpoint::cli
