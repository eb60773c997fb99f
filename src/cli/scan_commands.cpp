// import, findings, resource
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/finding_view.h"
#include "cli/scan_view.h"
#include "engine/engine.h"
#include "model/difference.h"

namespace setpoint::cli {

using base::Json;
using engine::Engine;
using engine::ScanSummary;

namespace {

base::Status scan_files(Engine& engine, const std::vector<std::string>& files, ScanSummary& out) {
  for (const std::string& file : files) TRY_VOID(engine.import_file(file, out));
  return {};
}

void import_files(Context& context, const std::vector<std::string>& files) {
  context.with_engine([&](Engine& engine) -> base::Status {
    ScanSummary summary;
    base::Status read = scan_files(engine, files, summary);
    std::cout << (context.options.json ? scan_json(summary).dump(2) + "\n" : show_import(summary, context.paint));
    if (!summary.refused.empty()) context.exit_code = kPartial;
    return read;
  });
}

struct FindingArguments {
  std::string id;
  bool all = false;
  std::string severity;
  std::string check;
};

base::Result<std::vector<FindingView>> list_findings(Engine& engine, const FindingArguments& arguments) {
  findings::FindingFilter filter;
  filter.check = arguments.check;
  if (!arguments.all) filter.statuses = {model::FindingStatus::open, model::FindingStatus::in_progress};
  if (!arguments.severity.empty()) {
    TRY(filter.severity_min, model::parse_level(arguments.severity));
  }
  std::vector<FindingView> out;
  std::string after;
  do {
    TRY(auto page, engine.parts().finding_store.list(filter, after, 1000));
    for (model::Finding& finding : page.findings) out.push_back(view_of(engine, std::move(finding)));
    after = page.next;
  } while (!after.empty());
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.priority.score > b.priority.score; });
  return out;
}

base::Status show_one(Engine& engine, Context& context, const std::string& id) {
  std::vector<std::string> ids{id};
  TRY(auto found, engine.parts().finding_store.get(ids));
  if (found.empty())
    return base::fail({base::ErrorCode::not_found, "no such finding", id, "`setpoint findings` lists them", {}});
  FindingView view = view_of(engine, std::move(found.front()));
  std::cout << (context.options.json ? finding_json(view).dump(2) + "\n" : show_finding(view, context.paint));
  return {};
}

void findings_command(Context& context, const FindingArguments& arguments) {
  context.with_engine([&](Engine& engine) -> base::Status {
    if (!arguments.id.empty()) return show_one(engine, context, arguments.id);
    TRY(auto found, list_findings(engine, arguments));
    if (context.options.json) {
      Json out = Json::array();
      for (const FindingView& view : found) out.push_back(finding_json(view));
      std::cout << out.dump(2) << "\n";
    } else {
      std::cout << (found.empty() ? "no open findings\n" : show_findings(found, context.paint));
    }
    return {};
  });
}

base::Result<std::vector<model::ResourceKey>> keys_matching(Engine& engine, const std::string& text) {
  if (auto key = model::parse_resource_key(text)) return std::vector{*key};
  std::vector<model::ResourceKey> out;
  std::string after;
  do {
    TRY(auto page, engine.parts().resources.list({.with_deleted = true}, after, 1000));
    for (const model::Resource& resource : page.resources) {
      if (resource.key.id == text || resource.arn == text || resource.name == text) out.push_back(resource.key);
    }
    after = page.next;
  } while (!after.empty());
  return out;
}

void resource_command(Context& context, const std::string& text) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(auto keys, keys_matching(engine, text));
    if (keys.empty())
      return base::fail(
          {base::ErrorCode::not_found, "no such resource in the inventory", text, "`setpoint scan` first", {}});
    for (const model::ResourceKey& key : keys) {
      TRY(auto latest, engine.parts().resources.latest(key));
      TRY(auto history, engine.parts().resources.history(key, 50));
      if (latest)
        std::cout << (context.options.json ? timeline_json(*latest, history).dump(2) + "\n"
                                           : show_timeline(*latest, history, context.paint));
    }
    return {};
  });
}

}  // namespace

void add_scan_commands(CLI::App& app, Context& context) {
  add_scan_command(app, context);
  add_check_command(app, context);
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* importing =
      app.add_subcommand("import", "Take in ASFF, OCSF, EventBridge events, CloudTrail, configuration items");
  importing->add_option("files", *files, "JSON or NDJSON, plain or gzip; - is standard input")->required();
  importing->footer("Examples\n  setpoint import findings.json events.ndjson.gz");
  importing->callback([&context, files] { import_files(context, *files); });

  auto finding_arguments = std::make_shared<FindingArguments>();
  CLI::App* finding = app.add_subcommand("findings", "List open findings by priority, or show one");
  finding->add_option("id", finding_arguments->id, "a finding's id");
  finding->add_flag("--all", finding_arguments->all, "resolved and suppressed ones too");
  finding->add_option("--severity", finding_arguments->severity, "this severity or higher");
  finding->add_option("--check", finding_arguments->check, "only this control or finding type");
  finding->callback([&context, finding_arguments] { findings_command(context, *finding_arguments); });

  auto key = std::make_shared<std::string>();
  CLI::App* resource = app.add_subcommand("resource", "A resource's timeline: what changed, when");
  resource->add_option("key", *key, "id, name, ARN or provider/account/region/type/id")->required();
  resource->callback([&context, key] { resource_command(context, *key); });
}

}  // namespace setpoint::cli
