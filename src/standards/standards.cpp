#include "standards/standards.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "standards/control_reader.h"

namespace setpoint::standards {

using base::Diagnostics;
using model::Judgement;
using model::Knowledge;
using model::Verdict;

namespace {

struct Compiled {
  guard::RuleSet rules;
  std::vector<std::string> needs;
  std::string folder;
};

std::vector<std::string> control_files(const std::string& directory, Diagnostics& diagnostics) {
  std::vector<std::string> out;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator entries(directory, failed);
  for (; !failed && entries != std::filesystem::recursive_directory_iterator(); entries.increment(failed)) {
    if (entries->path().filename() == "control.yaml") out.push_back(entries->path().string());
  }
  if (failed)
    diagnostics.error("standards-unreadable", directory, {}, fmt::format("cannot be read: {}", failed.message()));
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<guard::RuleSet> compile_rule(const ControlFile& file, const base::Json& overrides,
                                           Diagnostics& diagnostics) {
  auto text = base::read_file(file.rule_path, base::kYamlBytesMax);
  if (!text) {
    diagnostics.error("control-rule", file.path, {}, text.error().message, "write the rule beside control.yaml");
    return std::nullopt;
  }
  guard::CompileOptions options;
  options.parameters = file.control.parameters;
  if (const base::Json& own = base::member(overrides, file.control.id); own.is_object()) options.parameters.update(own);
  options.extensions = true;
  std::size_t before = diagnostics.error_count();
  auto rules = guard::RuleSet::compile({file.rule_path, *text}, diagnostics, options);
  if (diagnostics.error_count() > before) return std::nullopt;  // half of a control's rules would judge too kindly
  return rules;
}

guard::Document document_of(const model::Resource& resource, const guard::Surroundings& surroundings) {
  return surroundings.unknowns ? guard::Document::with_unknowns(resource.item)
                               : guard::Document::from_json(resource.item);
}

Judgement without_rule(Verdict verdict, std::string because) { return {verdict, {}, std::move(because)}; }

// What decides before any rule is asked.
std::optional<Judgement> judged_already(const model::Resource& resource, const std::vector<std::string>& needs) {
  if (resource.knowledge == Knowledge::deleted) return without_rule(Verdict::not_applicable, "the resource is deleted");
  if (resource.knowledge == Knowledge::unknown) {
    return without_rule(Verdict::unknown, "the resource could not be read: " + resource.unknown_because);
  }
  for (const std::string& pointer : needs) {
    if (!has_member(resource.item, pointer)) return without_rule(Verdict::unknown, "the item holds no " + pointer);
  }
  return std::nullopt;
}

}  // namespace

struct Standards::Loaded {
  std::vector<model::Control> controls;  // in order of id
  std::vector<Compiled> compiled;        // beside controls
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_type;
  std::map<std::string, std::size_t, std::less<>> by_id;

  // The first place that a rule for the type reads and nobody told; "" where there is none.
  std::string untold(std::size_t index, const std::string& type, const Told& told) const {
    for (const guard::RuleInfo& rule : compiled[index].rules.rules()) {
      const auto& types = rule.resource_types;
      if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end()) continue;
      for (const guard::ReadPath& path : rule.reads) {
        if (!told(path.segments, path.deep)) return path.text();
      }
    }
    return {};
  }

  Judgement judge(std::size_t index, const model::Resource& resource, const guard::Document& document,
                  const guard::Surroundings& surroundings) const {
    if (auto decided = judged_already(resource, compiled[index].needs)) return std::move(*decided);
    Judgement out = compiled[index].rules.evaluate(document, surroundings).judgement();
    if (out.verdict == Verdict::not_applicable && out.because.empty())
      out.because = "the rule does not apply to this resource";
    return out;
  }
};

namespace {

using Pair = std::pair<ControlFile, guard::RuleSet>;

void sort_by_id(std::vector<Pair>& pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.first.control.id < b.first.control.id; });
}

std::vector<Pair> read_all(const std::string& directory, const LoadOptions& options, Diagnostics& diagnostics) {
  std::vector<Pair> out;
  std::map<std::string, std::string> seen;
  for (const std::string& path : control_files(directory, diagnostics)) {
    auto file = read_control(path, diagnostics);
    if (!file || (options.select && !options.select(file->control))) continue;
    auto [first, fresh] = seen.emplace(file->control.id, path);
    if (!fresh) {
      diagnostics.error("control-twice", path, {},
                        fmt::format("control {} stands in {} too", file->control.id, first->second));
      continue;
    }
    auto rules = compile_rule(*file, options.parameters, diagnostics);
    if (rules) out.emplace_back(std::move(*file), std::move(*rules));
  }
  sort_by_id(out);
  return out;
}

}  // namespace

Standards Standards::load(const std::string& directory, Diagnostics& diagnostics, const LoadOptions& options) {
  auto loaded = std::make_shared<Loaded>();
  for (auto& [file, rules] : read_all(directory, options, diagnostics)) {
    std::size_t index = loaded->controls.size();
    for (const std::string& type : file.control.resources) loaded->by_type[type].push_back(index);
    loaded->by_id[file.control.id] = index;
    loaded->compiled.push_back(
        {std::move(rules), std::move(file.needs), std::filesystem::path(file.path).parent_path().string()});
    loaded->controls.push_back(std::move(file.control));
  }
  return Standards(std::move(loaded));
}

std::span<const model::Control> Standards::controls() const { return loaded_->controls; }

const model::Control* Standards::find(std::string_view id) const {
  auto found = loaded_->by_id.find(id);
  return found == loaded_->by_id.end() ? nullptr : &loaded_->controls[found->second];
}

const std::string& Standards::folder(std::string_view id) const {
  static const std::string kNone;
  auto found = loaded_->by_id.find(id);
  return found == loaded_->by_id.end() ? kNone : loaded_->compiled[found->second].folder;
}

std::vector<const model::Control*> Standards::controls_about(std::string_view type) const {
  std::vector<const model::Control*> out;
  auto found = loaded_->by_type.find(type);
  if (found == loaded_->by_type.end()) return out;
  for (std::size_t index : found->second) out.push_back(&loaded_->controls[index]);
  return out;
}

std::vector<guard::ReadPath> Standards::reads(std::string_view control) const {
  std::vector<guard::ReadPath> out;
  auto found = loaded_->by_id.find(control);
  if (found == loaded_->by_id.end()) return out;
  for (const guard::RuleInfo& rule : loaded_->compiled[found->second].rules.rules())
    out.insert(out.end(), rule.reads.begin(), rule.reads.end());
  return out;
}

std::vector<Judged> Standards::judge(const model::Resource& resource, const guard::Surroundings& surroundings) const {
  std::vector<Judged> out;
  auto found = loaded_->by_type.find(resource.key.type);
  if (found == loaded_->by_type.end()) return out;
  guard::Document document = document_of(resource, surroundings);
  for (std::size_t index : found->second) {
    out.push_back({&loaded_->controls[index], loaded_->judge(index, resource, document, surroundings)});
  }
  return out;
}

std::vector<Judged> Standards::judge_declared(const model::Resource& resource, const Told& told,
                                              const guard::Surroundings& surroundings) const {
  std::vector<Judged> out;
  auto found = loaded_->by_type.find(resource.key.type);
  if (found == loaded_->by_type.end()) return out;
  guard::Document document = guard::Document::with_unknowns(resource.item);
  for (std::size_t index : found->second) {
    std::string untold = loaded_->untold(index, resource.key.type, told);
    out.push_back({&loaded_->controls[index],
                   untold.empty() ? loaded_->judge(index, resource, document, surroundings)
                                  : without_rule(Verdict::unknown, "the template does not tell " + untold)});
  }
  return out;
}

std::optional<Judgement> Standards::judge(std::string_view control, const model::Resource& resource,
                                          const guard::Surroundings& surroundings) const {
  auto found = loaded_->by_id.find(control);
  if (found == loaded_->by_id.end()) return std::nullopt;
  const auto& types = loaded_->controls[found->second].resources;
  if (std::find(types.begin(), types.end(), resource.key.type) == types.end()) {
    return without_rule(Verdict::not_applicable, fmt::format("{} is not about {}", control, resource.key.type));
  }
  return loaded_->judge(found->second, resource, document_of(resource, surroundings), surroundings);
}

}  // namespace setpoint::standards
