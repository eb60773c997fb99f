// CloudFormation's functions in a template's properties: resolved where the template alone tells the value, unknown
// where only the deployment does.
//
//   Intrinsics intrinsics(root, options, file, diagnostics);
//   std::optional<base::Node> properties = intrinsics.resolve(node);      // nullopt: AWS::NoValue, the property is
//   absent
//
// Both forms are read, {"Fn::GetAtt": [...]} and !GetAtt. Threads: one; caches the conditions.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "blueprint/blueprint.h"

namespace setpoint::blueprint {

class Intrinsics {
 public:
  Intrinsics(const base::Node& root, const Options& options, std::string file, base::Diagnostics& diagnostics);

  std::optional<base::Node> resolve(const base::Node& node);
  // A named condition; nullopt where it hangs on what is not known.
  std::optional<bool> condition(const std::string& name);
  // Logical ids that stand in Ref and GetAtt anywhere below.
  static std::set<std::string> references(const base::Node& node);

 private:
  struct Call {
    std::string function;  // "Ref", "Fn::Sub"
    const base::Node* argument = nullptr;
  };
  static std::optional<Call> call_of(const base::Node& node, base::Node& storage);

  std::optional<base::Node> resolve_call(const Call& call, base::Position at);
  std::optional<base::Node> resolve_map(const base::Node& node);
  std::optional<base::Node> resolve_list(const base::Node& node);
  std::optional<base::Node> ref(const std::string& name, base::Position at);
  base::Node parameter(const std::string& name, const base::Node& declared, base::Position at) const;
  base::Node pseudo(const std::string& name, base::Position at) const;
  base::Node get_att(const base::Node& argument, base::Position at) const;
  base::Node sub(const base::Node& argument, base::Position at);
  base::Node sub_text(const std::string& text, const base::Node* values, base::Position at);
  base::Node join(const base::Node& argument, base::Position at);
  base::Node split(const base::Node& argument, base::Position at);
  std::optional<base::Node> select(const base::Node& argument, base::Position at);
  base::Node find_in_map(const base::Node& argument, base::Position at);
  std::optional<base::Node> branch(const base::Node& argument, base::Position at);

  std::optional<bool> truth(const base::Node& node);
  std::optional<bool> truth_call(const std::string& function, const base::Node& argument);
  std::optional<bool> equals(const base::Node& argument);
  std::optional<bool> all_or_any(const base::Node& argument, bool all);

  const base::Node& root_;
  const Options& options_;
  std::string file_;
  base::Diagnostics& diagnostics_;
  std::map<std::string, std::optional<bool>> conditions_;
  std::set<std::string> under_way_;
  std::size_t depth_ = 0;
};

}  // namespace setpoint::blueprint
