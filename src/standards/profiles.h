// Profiles: which controls hold where, and with which parameters: by account, by organisational unit, by tag.
//
//   profiles:
//     - profile: production
//       when: {accounts: ["111122223333"], units: [ou-prod], tags: {env: [prod, production]}}
//       standards: [aws-fsbp, cis-aws-3.0]      # the controls that map to one of them; absent = every control
//       add: [SP.EC2.1]
//       remove: [EC2.19]
//       parameters: {EC2.13: {port: 2222}}
//
//   ProfiledStandards standards = ProfiledStandards::load("content/standards", profiles, diagnostics);
//   standards.judge(resource, {"ou-prod"});
//
// The first profile whose `when` matches holds; a `when` matches where each of its parts does, and an empty one always
// does. Where none matches, every control holds with its own parameters: what nobody thought of is judged, not left
// out. Parameters are replaced name by name. What a profile leaves out is NOT_APPLICABLE there.
//
// Ownership: immutable values. Threads: any number judge at once. Cost: the rules are compiled once per profile.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "standards/standards.h"

namespace setpoint::standards {

struct Profile {
  std::string name;
  std::vector<std::string> accounts;
  std::vector<std::string> units;
  std::map<std::string, std::vector<std::string>> tags;
  std::vector<std::string> standards;
  std::vector<std::string> add;
  std::vector<std::string> remove;
  base::Json parameters = base::Json::object();

  bool matches(const model::Resource& resource, const std::vector<std::string>& units_of_account) const;
  bool selects(const model::Control& control) const;
};

// `known` are the controls that profiles may name: a name or parameter that they do not have is an error with a hint.
std::optional<std::vector<Profile>> read_profiles(const base::SourceText& yaml, std::span<const model::Control> known,
                                                  base::Diagnostics& diagnostics);

// The same of the list itself, as setpoint.yaml holds it.
std::optional<std::vector<Profile>> read_profiles(const base::Node& list, const std::string& file,
                                                  std::span<const model::Control> known,
                                                  base::Diagnostics& diagnostics);

class ProfiledStandards {
 public:
  // `everything` was loaded from the directory already.
  static ProfiledStandards over(Standards everything, const std::string& directory, std::vector<Profile> profiles);
  static ProfiledStandards load(const std::string& directory, std::vector<Profile> profiles,
                                base::Diagnostics& diagnostics);

  // Those that hold for the resource; `units` are the organisational units of its account, if known.
  const Standards& standards_for(const model::Resource& resource, const std::vector<std::string>& units = {}) const;
  // A control that the profile leaves out is NOT_APPLICABLE, so that what it once said ends.
  std::vector<Judged> judge(const model::Resource& resource, const std::vector<std::string>& units = {},
                            const guard::Surroundings& surroundings = {}) const;
  // By one control of everything(); nullopt where there is none.
  std::optional<model::Judgement> judge_by(std::string_view control, const model::Resource& resource,
                                           const std::vector<std::string>& units = {},
                                           const guard::Surroundings& surroundings = {}) const;
  const Standards& everything() const { return everything_; }

 private:
  explicit ProfiledStandards(Standards everything) : everything_(std::move(everything)) {}
  Standards everything_;
  std::vector<std::pair<Profile, Standards>> profiles_;
};

}  // namespace setpoint::standards
