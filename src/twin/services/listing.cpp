#include "twin/services/listing.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"

namespace setpoint::twin::services {

namespace {

void collect(const Json& at, std::string_view path, std::vector<std::string>& out) {
  if (at.is_array()) {
    for (const Json& item : at) collect(item, path, out);
    return;
  }
  if (path.empty()) {
    if (at.is_string())
      out.push_back(at.get<std::string>());
    else if (at.is_primitive() && !at.is_null())
      out.push_back(at.dump());
    return;
  }
  std::size_t dot = path.find('.');
  collect(base::member(at, path.substr(0, dot)), dot == std::string_view::npos ? "" : path.substr(dot + 1), out);
}

std::vector<std::string> tag_values(const Json& document, std::string_view tag_key) {
  for (const Json& tag : base::member(document, "Tags")) {
    if (base::string_member(tag, "Key") == tag_key) return {base::string_member(tag, "Value")};
  }
  return {};
}

const FilterField* field_of(std::string_view name, const std::vector<FilterField>& fields) {
  static const FilterField kTagKey{"tag-key", "Tags.Key"}, kTagValue{"tag-value", "Tags.Value"};
  if (name == kTagKey.name) return &kTagKey;
  if (name == kTagValue.name) return &kTagValue;
  auto found = std::find_if(fields.begin(), fields.end(), [&](const FilterField& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

bool any_matches(const std::vector<std::string>& values, const Json& patterns) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const Json& pattern) {
      return pattern.is_string() && matches_wildcard(value, pattern.get_ref<const std::string&>());
    });
  });
}

}  // namespace

std::vector<std::string> values_at(const Json& document, std::string_view path) {
  std::vector<std::string> out;
  collect(document, path, out);
  return out;
}

bool matches_wildcard(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Check keep_matching(std::vector<Json>& documents, const Json& filters, const std::vector<FilterField>& fields) {
  for (const Json& filter : filters) {
    std::string name = base::string_member(filter, "Name");
    bool by_tag = name.starts_with("tag:");
    const FilterField* field = by_tag ? nullptr : field_of(name, fields);
    if (!by_tag && !field) return AwsError{"InvalidParameterValue", "The filter '" + name + "' is invalid", 400, {}};
    const Json& patterns = base::member(filter, "Values");
    std::erase_if(documents, [&](const Json& document) {
      return !any_matches(by_tag ? tag_values(document, name.substr(4)) : values_at(document, field->path), patterns);
    });
  }
  return {};
}

Answer page(const Request& request, std::vector<Json> items, const char* list_member, const PageNames& names) {
  std::size_t from = 0;
  if (std::string token = request.text(names.token_in); !token.empty()) {
    base::Result<std::string> text = base::from_base64(token);
    const char* end = text ? text->data() + text->size() : nullptr;
    if (!text || text->empty() || std::from_chars(text->data(), end, from).ptr != end || from > items.size()) {
      return error(names.bad_token_code, "The token '" + token + "' is invalid");
    }
  }
  std::size_t limit = names.limit_default;
  if (request.has(names.limit)) {
    limit = static_cast<std::size_t>(
        std::clamp<std::int64_t>(request.integer(names.limit, 0), 0, static_cast<std::int64_t>(names.limit_max)));
  }
  if (limit == 0) limit = items.size();
  std::size_t to = std::min(items.size(), from + limit);
  Json list = Json::array();
  for (std::size_t i = from; i < to; ++i) list.push_back(std::move(items[i]));
  Json out = {{list_member, std::move(list)}};
  if (to < items.size()) out[names.token_out] = base::to_base64(std::to_string(to));
  return out;
}

Json tags_as_map(const Json& tags) {
  Json out = Json::object();
  for (const Json& tag : tags) out[base::string_member(tag, "Key")] = base::string_member(tag, "Value");
  return out;
}

Json tags_as_lower_list(const Json& tags) {
  Json out = Json::array();
  for (const Json& tag : tags)
    out.push_back({{"key", base::string_member(tag, "Key")}, {"value", base::string_member(tag, "Value")}});
  return out;
}

Json sorted_tags(const Json& tags) {
  std::map<std::string, std::string> by_key;
  for (const auto& [key, tag] : tags.items()) {
    if (tag.is_string()) {
      by_key[key] = tag.get<std::string>();
    } else {
      bool lower = tag.contains("key");
      by_key[base::string_member(tag, lower                    ? "key"
                                      : tag.contains("TagKey") ? "TagKey"
                                                               : "Key")] =
          base::string_member(tag, lower                      ? "value"
                                   : tag.contains("TagValue") ? "TagValue"
                                                              : "Value");
    }
  }
  Json out = Json::array();
  for (const auto& [key, value] : by_key) out.push_back({{"Key", key}, {"Value", value}});
  return out;
}

void merge_tags(Json& document, const Json& tags) {
  Json joined = tags_as_map(base::member(document, "Tags"));
  joined.update(tags_as_map(sorted_tags(tags)));
  document["Tags"] = sorted_tags(joined);
}

void remove_tags(Json& document, const Json& tag_keys) {
  Json kept = tags_as_map(base::member(document, "Tags"));
  for (const Json& key : tag_keys) {
    if (key.is_string()) kept.erase(key.get<std::string>());
  }
  document["Tags"] = sorted_tags(kept);
}

Json without(Json document, std::initializer_list<const char*> members) {
  for (const char* member : members) document.erase(member);
  return document;
}

Json pick(const Json& from, std::initializer_list<const char*> members) {
  Json out = Json::object();
  overlay(out, from, members);
  return out;
}

Json pick(const Request& request, std::initializer_list<const char*> parameters) {
  Json out = Json::object();
  overlay(out, request, parameters);
  return out;
}

void overlay(Json& document, const Json& from, std::initializer_list<const char*> members) {
  for (const char* name : members) {
    const Json& value = base::member(from, name);
    if (!value.is_null()) document[name] = value;
  }
}

void overlay(Json& document, const Request& request, std::initializer_list<const char*> parameters) {
  for (const char* name : parameters) {
    const Json& value = request.parameter(name);
    if (!value.is_null()) document[name] = value;
  }
}

}  // namespace setpoint::twin::services
