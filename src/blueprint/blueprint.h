// Blueprints: what somebody is about to deploy. A CloudFormation template (YAML or JSON, short forms too) or the JSON
// of a Terraform plan becomes Resources in the shape of AWS Config's items, so that the controls that judge the cloud
// judge a pull request as well.
//
//   base::Diagnostics diagnostics;
//   auto mapping = Mapping::load({"content/blueprints/aws.yaml", text}, diagnostics);
//   auto blueprint = read_blueprint({"template.yaml", bytes}, *mapping, {}, diagnostics);
//   for (const Declared& one : blueprint->resources) ...standards.judge_declared(one.resource, told)...
//
// What stands in a template only as !Ref, !GetAtt, !ImportValue, a condition that hangs on a parameter, or is known to
// Terraform after apply, becomes a marked text (guard/unknown.h): a rule that hangs on it is UNKNOWN, never fine and
// never empty. A property that is absent takes the service's default where the mapping knows it. What the mapping does
// not translate is not told (Mapping::tells): a control that reads it is UNKNOWN too. Types without a mapping are
// listed.
//
// Ownership: values. Threads: a Mapping is immutable. Units: places count from 1. Refusals, as Diagnostics with a
// place: text that is neither, a file past the limits (limits.h), functions nested too deep, a mapping with mistakes.
// Sources: CloudFormation User Guide, "Intrinsic function reference"; Terraform, "JSON Output Format" 1.x.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "model/resource.h"

namespace setpoint::blueprint {

enum class Language { cloudformation, terraform };

struct Options {
  std::map<std::string, std::string> parameters;  // a template's parameters that are known
  bool parameter_defaults = false;                // take the defaults of the others as their values
  std::string account;                            // 12 digits, where known
  std::string region;
};

struct Place {
  base::Position at;
  std::string property;  // "Resources/Group/Properties/SecurityGroupIngress/0"; "aws_s3_bucket.logs.acl"
};

struct Declared {
  model::Resource resource;  // key.id is the logical id or the address
  Place place;
  std::map<std::string, Place> places;  // JSON pointer into resource.item -> where that was written

  // Of the longest prefix of `pointer` that was written; the resource's own where none was.
  const Place& place_of(const std::string& pointer) const;
};

struct Uncovered {
  std::string address;
  std::string type;
  Place place;
};

struct Blueprint {
  Language language = Language::cloudformation;
  std::vector<Declared> resources;
  std::vector<Uncovered> uncovered;  // resources whose type no mapping translates
};

// How types and properties are translated: content/blueprints/*.yaml, whose head says how it is written.
class Mapping {
 public:
  static std::optional<Mapping> load(const base::SourceText& yaml, base::Diagnostics& diagnostics);

  // AWS Config's types that are translated, with the language's own name.
  std::map<std::string, std::string> types(Language language) const;
  // Does the translation say what stands at this place of an item? Segments of a JSON pointer, "*" for any; `deep`:
  // and everything below.
  bool tells(Language language, const std::string& type, const std::vector<std::string>& segments, bool deep) const;

  struct Table;
  const Table& table() const { return *table_; }

 private:
  std::shared_ptr<const Table> table_;
};

// nullopt exactly where `diagnostics` gained an error.
std::optional<Blueprint> read_blueprint(const base::SourceText& source, const Mapping& mapping, const Options& options,
                                        base::Diagnostics& diagnostics);

}  // namespace setpoint::blueprint
