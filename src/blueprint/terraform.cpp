// `terraform show -json PLAN`: the resources as they will be, what is known after apply, and which resource the
// configuration says refers to which.
#include <algorithm>

#include "blueprint/limits.h"
#include "blueprint/source.h"
#include "guard/unknown.h"

namespace setpoint::blueprint {

using base::Json;
using base::Node;
using base::Position;
using guard::Presence;

namespace {

// The list itself, never a copy: pointers into it are kept.
const Json& list_in(const Json& value, const char* name) {
  static const Json kNone = Json::array();
  const Json& found = base::member(value, name);
  return found.is_array() ? found : kNone;
}

// "module.net[0].aws_s3_bucket.logs["a"]" -> "module.net.aws_s3_bucket.logs"
std::string without_indices(std::string_view address) {
  std::string out;
  bool inside = false;
  for (char c : address) {
    if (c == '[') inside = true;
    if (!inside) out += c;
    if (c == ']') inside = false;
  }
  return out;
}

class PlanReader {
 public:
  PlanReader(const base::SourceText& source, const AttachedBy& by) : source_(source), by_(by) {}

  Source read(const Json& plan) {
    collect_configuration(base::member(base::member(plan, "configuration"), "root_module"), "");
    Source out;
    out.language = Language::terraform;
    for (const Json& change : list_in(plan, "resource_changes")) read_change(change, out);
    return out;
  }

 private:
  void collect_configuration(const Json& module, const std::string& prefix) {
    for (const Json& one : list_in(module, "resources"))
      configured_[prefix + base::string_member(one, "address")] = &base::member(one, "expressions");
    const Json& calls = base::member(module, "module_calls");
    if (!calls.is_object()) return;
    for (const auto& [name, call] : calls.items())
      collect_configuration(base::member(call, "module"), prefix + "module." + name + ".");
  }

  void read_change(const Json& change, Source& out) {
    const Json& after = base::member(base::member(change, "change"), "after");
    if (base::string_member(change, "mode") != "managed" || !after.is_object()) return;  // data, or what goes away
    if (out.resources.size() >= kResourcesMax) return;
    Written written;
    written.address = base::string_member(change, "address");
    written.type = base::string_member(change, "type");
    written.at = place_of(written.address);
    written.prefix = written.address + ".";
    const Json* expressions = configuration_of(written.address);
    written.properties =
        node_of(after, base::member(base::member(change, "change"), "after_unknown"), expressions, written.at);
    if (std::string by = by_(written.type); !by.empty() && expressions != nullptr)
      attach(base::member(*expressions, by), written);
    out.resources.push_back(std::move(written));
  }

  const Json* configuration_of(const std::string& address) const {
    auto found = configured_.find(without_indices(address));
    return found == configured_.end() ? nullptr : found->second;
  }

  // A plan is often one long line; its place is then all that can be said.
  Position place_of(const std::string& address) const {
    std::size_t at = source_.text.find("\"address\":\"" + Json(address).dump().substr(1));
    if (at == std::string_view::npos) at = source_.text.find(Json(address).dump());
    return base::position_at(source_.text, at == std::string_view::npos ? 0 : at);
  }

  // What is set in the configuration to something of another resource is there; what is only computed may be absent.
  static Node unknown(const std::string& name, const Json* expression, Position at) {
    std::string why = "known after apply";
    static const Json kNothing;
    const Json& references = list_in(expression == nullptr ? kNothing : *expression, "references");
    if (references.empty()) return unknown_node(guard::unknown_text(Presence::perhaps, name + " " + why), at);
    std::string first = references[0].is_string() ? references[0].get<std::string>() : "";
    bool variable = first.starts_with("var.") || first.starts_with("each.") || first.starts_with("local.");
    return unknown_node(guard::unknown_text(variable ? Presence::present : Presence::filled, first + " " + why), at);
  }

  Node node_of(const Json& value, const Json& unknown_part, const Json* expression, Position at) const {
    Node out;
    out.at = at;
    if (value.is_object()) return object_of(value, unknown_part, expression, at);
    if (!value.is_array()) return scalar_of(value, at);
    out.kind = Node::Kind::list;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Json& part = unknown_part.is_array() && i < unknown_part.size() ? unknown_part[i] : base::member(value, "");
      const Json* inner =
          expression != nullptr && expression->is_array() && i < expression->size() ? &(*expression)[i] : expression;
      if (part.is_boolean() && part.get<bool>()) {
        out.items.push_back(unknown("an item", inner, at));
      } else {
        out.items.push_back(node_of(value[i], part, inner, at));
      }
    }
    return out;
  }

  Node object_of(const Json& value, const Json& unknown_part, const Json* expression, Position at) const {
    Node out;
    out.kind = Node::Kind::map;
    out.at = at;
    auto expression_of = [&](const std::string& key) -> const Json* {
      if (expression == nullptr || !expression->is_object()) return nullptr;
      auto found = expression->find(key);
      return found == expression->end() ? nullptr : &*found;
    };
    for (const auto& [key, item] : value.items()) {
      if (item.is_null()) continue;  // not set
      out.entries.push_back({key, at, node_of(item, base::member(unknown_part, key), expression_of(key), at)});
    }
    if (!unknown_part.is_object()) return out;
    for (const auto& [key, part] : unknown_part.items()) {
      if (!part.is_boolean() || !part.get<bool>()) continue;
      Node node = unknown(key, expression_of(key), at);
      auto known =
          std::find_if(out.entries.begin(), out.entries.end(), [&name = key](const auto& e) { return e.key == name; });
      if (known != out.entries.end())
        known->value = std::move(node);
      else
        out.entries.push_back({key, at, std::move(node)});
    }
    return out;
  }

  static Node scalar_of(const Json& value, Position at) {
    Node out;
    out.at = at;
    out.kind = value.is_boolean()          ? Node::Kind::boolean
               : value.is_number_integer() ? Node::Kind::integer
               : value.is_number()         ? Node::Kind::real
               : value.is_string()         ? Node::Kind::text
                                           : Node::Kind::null;
    out.quoted = value.is_string();
    out.scalar = value.is_string() ? value.get<std::string>() : value.dump();
    return out;
  }

  // "aws_s3_bucket.logs.id" of module.a is module.a.aws_s3_bucket.logs.
  static void attach(const Json& expression, Written& written) {
    std::string address = without_indices(written.address);
    std::size_t own = address.rfind(written.type + ".");
    std::string module = own == std::string::npos ? std::string() : address.substr(0, own);
    for (const Json& one : list_in(expression, "references")) {
      std::string text = without_indices(one.is_string() ? one.get<std::string>() : "");
      std::size_t dot = text.find('.');
      dot = dot == std::string::npos ? dot : text.find('.', dot + 1);
      written.refers_to.push_back(module + text.substr(0, dot));
    }
  }

  const base::SourceText& source_;
  const AttachedBy& by_;
  std::map<std::string, const Json*> configured_;
};

}  // namespace

std::optional<Source> read_terraform(const base::SourceText& source, const AttachedBy& by,
                                     base::Diagnostics& diagnostics) {
  auto plan = base::parse_json(source.text, {.bytes_max = kPlanBytesMax, .depth_max = base::kJsonDepthMax});
  if (!plan) {
    diagnostics.error("blueprint-plan", source.name, {1, 1}, plan.error().message);
    return std::nullopt;
  }
  if (!base::member(*plan, "resource_changes").is_array()) {
    diagnostics.error("blueprint-plan", source.name, {1, 1}, "the plan has no list 'resource_changes'",
                      "write it with `terraform plan -out p && terraform show -json p`");
    return std::nullopt;
  }
  return PlanReader(source, by).read(*plan);
}

}  // namespace setpoint::blueprint
