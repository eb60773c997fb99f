#include "standards/profiles.h"

#include <algorithm>

#include "base/document.h"

namespace setpoint::standards {

using base::Diagnostics;
using base::MapReader;
using base::Node;

namespace {

bool holds(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool any_in(const std::vector<std::string>& wanted, const std::vector<std::string>& given) {
  return std::any_of(given.begin(), given.end(), [&](const std::string& one) { return holds(wanted, one); });
}

model::Judgement left_out() {
  static const std::string kWhy = "the profile leaves the control out";
  return {model::Verdict::not_applicable, {}, kWhy};
}

class Reader {
 public:
  Reader(std::string file, std::span<const model::Control> known, Diagnostics& diagnostics)
      : file_(std::move(file)), diagnostics_(diagnostics) {
    for (const model::Control& control : known) {
      controls_[control.id] = &control;
      ids_.push_back(control.id);
    }
  }

  Profile read(const Node& node) {
    MapReader map(node, file_, diagnostics_);
    Profile out;
    out.name = map.required_string("profile");
    if (const Node* when = map.optional("when")) read_when(*when, out);
    out.standards = map.optional_strings("standards");
    out.add = controls_named(map, "add");
    out.remove = controls_named(map, "remove");
    if (const Node* parameters = map.optional("parameters")) {
      check_parameters(*parameters);
      out.parameters = parameters->json();
    }
    map.finish();
    return out;
  }

 private:
  void read_when(const Node& node, Profile& out) {
    MapReader map(node, file_, diagnostics_);
    out.accounts = map.optional_strings("accounts");
    out.units = map.optional_strings("units");
    if (const Node* tags = map.optional("tags")) {
      MapReader inner(*tags, file_, diagnostics_);
      for (const Node::Entry& entry : tags->entries) out.tags[entry.key] = inner.optional_strings(entry.key);
    }
    map.finish();
  }

  std::vector<std::string> controls_named(MapReader& map, std::string_view key) {
    std::vector<std::string> out = map.optional_strings(key);
    for (const std::string& id : out) check_control(id, map.at(key));
    return out;
  }

  bool check_control(const std::string& id, base::Position at) {
    if (controls_.contains(id)) return true;
    diagnostics_.error("profile-control", file_, at, fmt::format("there is no control '{}'", id),
                       base::did_you_mean(id, ids_));
    return false;
  }

  void check_parameters(const Node& node) {
    for (const Node::Entry& control : node.entries) {
      if (!check_control(control.key, control.key_at)) continue;
      std::vector<std::string_view> names;
      const base::Json& own = controls_.at(control.key)->parameters;
      for (const auto& item : own.items()) names.push_back(item.key());
      for (const Node::Entry& parameter : control.value.entries) {
        if (own.contains(parameter.key)) continue;
        diagnostics_.error("profile-parameter", file_, parameter.key_at,
                           fmt::format("{} has no parameter '{}'", control.key, parameter.key),
                           base::did_you_mean(parameter.key, names));
      }
    }
  }

  std::string file_;
  Diagnostics& diagnostics_;
  std::map<std::string, const model::Control*> controls_;
  std::vector<std::string_view> ids_;
};

}  // namespace

bool Profile::matches(const model::Resource& resource, const std::vector<std::string>& units_of_account) const {
  if (!accounts.empty() && !holds(accounts, resource.key.account)) return false;
  if (!units.empty() && !any_in(units, units_of_account)) return false;
  return std::all_of(tags.begin(), tags.end(), [&](const auto& wanted) {
    auto tag = resource.tags.find(wanted.first);
    return tag != resource.tags.end() && (wanted.second.empty() || holds(wanted.second, tag->second));
  });
}

bool Profile::selects(const model::Control& control) const {
  if (holds(remove, control.id)) return false;
  if (standards.empty() || holds(add, control.id)) return true;
  return std::any_of(standards.begin(), standards.end(),
                     [&](const std::string& standard) { return control.mappings.contains(standard); });
}

std::optional<std::vector<Profile>> read_profiles(const base::SourceText& yaml, std::span<const model::Control> known,
                                                  Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml(yaml, diagnostics);
  if (!root) return std::nullopt;
  MapReader map(*root, yaml.name, diagnostics);
  const Node* list = map.required("profiles");
  map.finish();
  auto out = list == nullptr ? std::nullopt : read_profiles(*list, yaml.name, known, diagnostics);
  return diagnostics.error_count() > before ? std::nullopt : out;
}

std::optional<std::vector<Profile>> read_profiles(const Node& list, const std::string& file,
                                                  std::span<const model::Control> known, Diagnostics& diagnostics) {
  std::size_t before = diagnostics.error_count();
  std::vector<Profile> out;
  Reader reader(file, known, diagnostics);
  if (!list.is_list()) diagnostics.error("wrong-kind", file, list.at, "'profiles' must be a list");
  for (const Node& node : list.items) out.push_back(reader.read(node));
  if (diagnostics.error_count() > before) return std::nullopt;
  return out;
}

ProfiledStandards ProfiledStandards::load(const std::string& directory, std::vector<Profile> profiles,
                                          Diagnostics& diagnostics) {
  return over(Standards::load(directory, diagnostics), directory, std::move(profiles));
}

ProfiledStandards ProfiledStandards::over(Standards everything, const std::string& directory,
                                          std::vector<Profile> profiles) {
  ProfiledStandards out(std::move(everything));
  for (Profile& profile : profiles) {
    LoadOptions options;
    options.parameters = profile.parameters;
    options.select = [profile](const model::Control& control) { return profile.selects(control); };
    Diagnostics told_already;
    Standards own = Standards::load(directory, told_already, options);
    out.profiles_.emplace_back(std::move(profile), std::move(own));
  }
  return out;
}

const Standards& ProfiledStandards::standards_for(const model::Resource& resource,
                                                  const std::vector<std::string>& units) const {
  for (const auto& [profile, own] : profiles_) {
    if (profile.matches(resource, units)) return own;
  }
  return everything_;
}

std::vector<Judged> ProfiledStandards::judge(const model::Resource& resource, const std::vector<std::string>& units,
                                             const guard::Surroundings& surroundings) const {
  const Standards& own = standards_for(resource, units);
  std::vector<Judged> out = own.judge(resource, surroundings);
  if (&own == &everything_) return out;
  for (const model::Control* control : everything_.controls_about(resource.key.type)) {
    if (own.find(control->id) == nullptr) out.push_back({control, left_out()});
  }
  return out;
}

std::optional<model::Judgement> ProfiledStandards::judge_by(std::string_view control, const model::Resource& resource,
                                                            const std::vector<std::string>& units,
                                                            const guard::Surroundings& surroundings) const {
  if (everything_.find(control) == nullptr) return std::nullopt;
  const Standards& own = standards_for(resource, units);
  return own.find(control) == nullptr ? left_out() : own.judge(control, resource, surroundings);
}

}  // namespace setpoint::standards
