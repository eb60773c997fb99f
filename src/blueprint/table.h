// The table behind a Mapping, as it is read from content/blueprints/*.yaml.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "blueprint/blueprint.h"

#include <nlohmann/json.hpp>

namespace setpoint::blueprint {

inline constexpr std::size_t kLanguages = 2;
inline std::size_t index_of(Language language) { return language == Language::cloudformation ? 0 : 1; }

// How a written value becomes the item's.
enum class Shape {
  as_is,
  text,
  integer,
  boolean,
  camel,          // keys begin small, at every depth
  pascal,         // keys begin capital; Terraform's snake_case too
  list,           // one value becomes a list of one; several sources become one list
  json_text,      // a policy document as its JSON text
  presence,       // true where it is there
  permissions,    // a security group's rules
  lambda_policy,  // AWS::Lambda::Permission resources as one policy
};

// "A.B" of the resource itself, "@name.A.B" of what is attached to it.
struct SourcePath {
  std::string attached;
  std::vector<std::string> keys;
};

struct Property {
  std::vector<std::string> target;  // segments of the item's JSON pointer, or of the element's
  std::array<std::vector<SourcePath>, kLanguages> from;
  std::array<bool, kLanguages> told{true, true};
  Shape shape = Shape::as_is;
  std::string wrap;                          // of a list: each element becomes {wrap: element}
  std::vector<Property> each;                // of a list: each element is translated so
  std::vector<Property> fields;              // of a map
  std::map<std::string, base::Json> values;  // written value -> the item's
  std::map<std::string, std::string> pairs;  // Terraform: key -> attribute, as a list of {key, value}
  std::optional<base::Json> constant;
  std::optional<base::Json> fallback;  // the service's default
  std::string absent;                  // why the default is not known
  std::string unset;                   // a written value that says "not set"
  std::string complete_by;             // of a list of maps: elements of `fallback` whose member is not there yet
  bool list_like() const {
    return !each.empty() || !wrap.empty() || shape == Shape::list || shape == Shape::permissions ||
           shape == Shape::lambda_policy;
  }
};

struct Attachment {
  std::string name;
  std::array<std::vector<std::string>, kLanguages> types;
};

struct TypeMapping {
  std::string config;  // AWS Config's type
  std::array<std::string, kLanguages> type;
  std::array<std::string, kLanguages> name;  // the property that holds the resource's own name; "" for none
  std::vector<Attachment> attachments;
  std::vector<Property> properties;
};

struct Mapping::Table {
  std::vector<TypeMapping> types;
  std::array<std::map<std::string, std::size_t>, kLanguages> by_type;
  std::map<std::string, std::size_t> by_config;
  std::array<std::map<std::string, std::string>, kLanguages> attached_by;  // type -> its property that names the target
};

// "A.B" -> {"A", "B"}.
std::vector<std::string> keys_of(std::string_view path);
// "KMSKeyId" -> "kms_key_id", "MultiAZ" -> "multi_az".
std::string snake_case(std::string_view name);
// "kms_key_id" -> "KmsKeyId", "cidrBlock" -> "CidrBlock".
std::string pascal_case(std::string_view name);
// "KmsKeyId" -> "kmsKeyId".
std::string camel_case(std::string_view name);

}  // namespace setpoint::blueprint
