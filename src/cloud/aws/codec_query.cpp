#include <charconv>
#include <map>

#include "cloud/aws/codec_parts.h"
#include "cloud/aws/limits.h"
#include "cloud/aws/utf8.h"

namespace setpoint::cloud::aws {

using base::Json;

namespace {

std::string ec2_name(const Member& member, std::string_view fallback) {
  if (!member.query_name.empty()) return std::string(member.query_name);
  if (member.location_name.empty()) return std::string(fallback);
  std::string name(member.location_name);
  if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  return name;
}

std::string wire_name(const Member& member, bool ec2) {
  if (ec2) return ec2_name(member, member.name);
  return std::string(member.query_name.empty() ? member.wire_name() : member.query_name);
}

std::string_view pair_name(const Member& member, std::string_view fallback) {
  if (!member.query_name.empty()) return member.query_name;
  return member.location_name.empty() ? fallback : member.location_name;
}

class Writer {
 public:
  Writer(std::string& out, bool ec2, Walk& walk) : out_(out), ec2_(ec2), walk_(walk) {}

  void structure(const std::string& prefix, const Shape& shape, const Json& value) {
    if (!value.is_object()) return walk_.fail("must be an object");
    for (auto& [name, item] : value.items()) {
      Walk::Step step(walk_, name);
      if (item.is_null() || !walk_.ok()) continue;
      const Member* member = shape.find(name);
      const std::string full = join(prefix, member ? wire_name(*member, ec2_) : name);
      if (member) {
        write(full, *member, item);
      } else {
        walk_.warn("is not known to the model; passed on as it is");
        pair(full, item.is_string() ? item.get<std::string>() : item.dump());
      }
    }
  }

 private:
  static std::string join(const std::string& prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : joined({prefix, ".", name});
  }

  static std::string numbered(std::string_view prefix, std::size_t number) {
    return joined({prefix, ".", fmt::format_int(number).c_str()});
  }

  void pair(std::string_view name, std::string_view value) {
    if (!out_.empty()) out_.push_back('&');
    append_form_encoded(out_, name);
    out_.push_back('=');
    append_form_encoded(out_, value);
  }

  void write(const std::string& name, const Member& member, const Json& value) {
    switch (member.shape->type) {
      case ShapeType::structure:
        return structure(name, *member.shape, value);
      case ShapeType::list:
        return list(name, member, value);
      case ShapeType::map:
        return map(name, member, value);
      default:
        pair(name, scalar_text(member, value, TimestampFormat::iso8601, walk_));
    }
  }

  // query: Name.member.N, or Name.N where the list is flattened (the element's own name then replaces the list's); ec2:
  // Name.N.
  std::string list_prefix(const std::string& name, const Member& member) const {
    const std::string_view element = member.shape->element().location_name;
    if (ec2_) return name;
    if (!member.is(Member::flattened)) return join(name, element.empty() ? "member" : element);
    if (element.empty()) return name;
    const std::size_t dot = name.rfind('.');
    return join(dot == std::string::npos ? std::string() : name.substr(0, dot), element);
  }

  void list(const std::string& name, const Member& member, const Json& value) {
    if (!value.is_array()) return walk_.fail("must be a list");
    if (value.empty() && !ec2_) return pair(name, "");
    const std::string prefix = list_prefix(name, member);
    for (std::size_t i = 0; i < value.size() && walk_.ok(); ++i) {
      Walk::Step step(walk_, {}, i);
      write(numbered(prefix, i + 1), member.shape->element(), value[i]);
    }
  }

  void map(const std::string& name, const Member& member, const Json& value) {
    if (!value.is_object()) return walk_.fail("must be an object");
    const std::string prefix = member.is(Member::flattened) ? name : name + ".entry";
    const Member& key = member.shape->key();
    const Member& item_shape = member.shape->value();
    std::size_t index = 0;
    for (auto& [text, item] : value.items()) {
      Walk::Step step(walk_, text);
      if (!walk_.ok()) return;
      const std::string entry = numbered(prefix, ++index);
      pair(join(entry, pair_name(key, "key")), text);
      write(join(entry, pair_name(item_shape, "value")), item_shape, item);
    }
  }

  std::string& out_;
  const bool ec2_;
  Walk& walk_;
};

// The dotted names of a body as a tree. Children keep their text as key; numbers sort as numbers when a list is read.
struct Tree {
  std::map<std::string, Tree, std::less<>> children;
  std::optional<std::string> value;
  const Tree* child(std::string_view name) const {
    auto found = children.find(name);
    return found == children.end() ? nullptr : &found->second;
  }
};

bool plant(Tree& root, std::string_view name, std::string value) {
  Tree* at = &root;
  for (std::size_t depth = 0; !name.empty(); ++depth) {
    if (depth > 2 * kValueDepthMax) return false;
    const std::string_view part = name.substr(0, name.find('.'));
    at = &at->children[std::string(part)];
    name.remove_prefix(std::min(name.size(), part.size() + 1));
  }
  at->value = std::move(value);
  return true;
}

// The elements N = 1, 2, ... by number; gaps are closed up as AWS does.
std::map<std::size_t, const Tree*> numbered(const Tree& tree) {
  std::map<std::size_t, const Tree*> found;
  for (const auto& [name, child] : tree.children) {
    std::size_t number = 0;
    auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (problem == std::errc() && end == name.data() + name.size() && number <= kQueryIndexMax) found[number] = &child;
  }
  return found;
}

class QueryReader {
 public:
  QueryReader(bool ec2, Walk& walk) : ec2_(ec2), walk_(walk) {}

  Json structure(const Tree& tree, const Shape& shape) {
    Json out = Json::object();
    for (const auto& [name, child] : tree.children) {
      const Member* member = find(shape, name);
      Walk::Step step(walk_, member ? member->name : std::string_view(name));
      if (!walk_.ok()) return out;
      if (member) {
        out[std::string(member->name)] = read(child, *member);
      } else if (child.value) {
        walk_.warn("is not known to the model; passed on as it is");
        out[name] = *child.value;
      }
    }
    return out;
  }

 private:
  const Member* find(const Shape& shape, std::string_view name) const {
    for (const Member& member : shape.members) {
      if (wire_name(member, ec2_) == name) return &member;
    }
    for (const Member& member : shape.members) {
      const bool by_element = !ec2_ && member.shape->type == ShapeType::list && member.is(Member::flattened);
      if (by_element && member.shape->element().location_name == name) return &member;
    }
    return nullptr;
  }

  Json read(const Tree& tree, const Member& member) {
    switch (member.shape->type) {
      case ShapeType::structure:
        return structure(tree, *member.shape);
      case ShapeType::list:
        return list(tree, member);
      case ShapeType::map:
        return map(tree, member);
      default:
        break;
    }
    if (!tree.value) return walk_.fail("must be a single value"), Json();
    return scalar_from_text(member, *tree.value, walk_);
  }

  Json list(const Tree& tree, const Member& member) {
    const std::string_view element = member.shape->element().location_name;
    const Tree* elements = &tree;
    if (!ec2_ && !member.is(Member::flattened)) {
      if (const Tree* inner = tree.child(element.empty() ? "member" : element))
        elements = inner;
      else if (const Tree* plain = tree.child("member"))
        elements = plain;
    }
    Json out = Json::array();
    for (const auto& [number, child] : numbered(*elements)) {
      Walk::Step step(walk_, {}, out.size());
      if (!walk_.ok()) return out;
      out.push_back(read(*child, member.shape->element()));
    }
    return out;
  }

  Json map(const Tree& tree, const Member& member) {
    const Tree* entries = member.is(Member::flattened) ? &tree : tree.child("entry");
    const std::string_view key_name = pair_name(member.shape->key(), "key");
    const std::string_view value_name = pair_name(member.shape->value(), "value");
    Json out = Json::object();
    if (!entries) return out;
    for (const auto& [number, entry] : numbered(*entries)) {
      const Tree* key = entry->child(key_name);
      const Tree* value = entry->child(value_name);
      if (!key || !key->value || !value) return walk_.fail("has an entry without key or value"), out;
      Walk::Step step(walk_, *key->value);
      if (walk_.ok()) out[*key->value] = read(*value, member.shape->value());
    }
    return out;
  }

  const bool ec2_;
  Walk& walk_;
};

}  // namespace

void write_query(std::string& out, const Shape& shape, const Json& value, bool ec2, Walk& walk) {
  Writer(out, ec2, walk).structure({}, shape, value);
}

Json read_query(const QueryParameters& parameters, const Shape& shape, bool ec2, Walk& walk) {
  if (parameters.size() > kQueryParametersMax) return walk.fail("has too many parameters"), Json::object();
  Tree root;
  for (const auto& [name, value] : parameters) {
    if (name == "Action" || name == "Version" || name.starts_with("X-Amz-")) continue;
    if (!valid_utf8(name) || !valid_utf8(value))
      return walk.fail("has a parameter that is not UTF-8 text"), Json::object();
    if (!plant(root, name, value)) return walk.fail("is nested too deeply"), Json::object();
  }
  return QueryReader(ec2, walk).structure(root, shape);
}

}  // namespace setpoint::cloud::aws
