#include "model/resource.h"

#include <vector>

namespace setpoint::model {

namespace {

// Azure's types hold a slash ("Microsoft.Insights/components"): in the first four fields it is written %2F.
std::string escaped(std::string_view field) {
  std::string out;
  for (char c : field) out += c == '/' ? "%2F" : c == '%' ? "%25" : std::string(1, c);
  return out;
}

std::string unescaped(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    bool slash = field.substr(i).starts_with("%2F");
    bool percent = field.substr(i).starts_with("%25");
    out += slash ? '/' : percent ? '%' : field[i];
    if (slash || percent) i += 2;
  }
  return out;
}

bool plain(std::string_view field) { return field.find_first_of("/%") == std::string_view::npos; }

}  // namespace

std::string ResourceKey::text() const {
  if (plain(provider) && plain(account) && plain(region) && plain(type)) {
    return provider + "/" + account + "/" + region + "/" + type + "/" + id;
  }
  return escaped(provider) + "/" + escaped(account) + "/" + escaped(region) + "/" + escaped(type) + "/" + id;
}

base::Result<ResourceKey> parse_resource_key(std::string_view text) {
  ResourceKey key;
  std::string* const fields[] = {&key.provider, &key.account, &key.region, &key.type};
  std::string_view rest = text;
  for (std::string* field : fields) {
    std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
      return base::fail(base::ErrorCode::invalid_input, "'{}' is not provider/account/region/type/id",
                        text.substr(0, 200));
    }
    *field = unescaped(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  key.id = std::string(rest);
  return key;
}

std::string_view to_string(Knowledge knowledge) {
  switch (knowledge) {
    case Knowledge::known:
      return "known";
    case Knowledge::unknown:
      return "unknown";
    case Knowledge::deleted:
      return "deleted";
  }
  return "?";
}

// The bytes of canonical({"configuration": ..., "supplementaryConfiguration": ..., "tags": ...}), without a copy of
// what may be large.
base::Digest Resource::state_digest() const {
  std::string state = "{\"configuration\":" + base::canonical(base::member(item, "configuration"));
  state += ",\"supplementaryConfiguration\":" + base::canonical(base::member(item, "supplementaryConfiguration"));
  state += ",\"tags\":" + base::canonical(base::Json(tags)) + "}";
  return base::sha256(state);
}

}  // namespace setpoint::model
