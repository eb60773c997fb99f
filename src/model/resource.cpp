#include "model/resource.h"

#include <vector>

namespace setpoint::model {

std::string ResourceKey::text() const { return provider + "/" + account + "/" + region + "/" + type + "/" + id; }

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
    *field = std::string(rest.substr(0, slash));
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

base::Digest Resource::state_digest() const {
  base::Json state = {{"configuration", base::member(item, "configuration")},
                      {"supplementaryConfiguration", base::member(item, "supplementaryConfiguration")},
                      {"tags", base::Json(tags)}};
  return base::digest_of(state);
}

}  // namespace setpoint::model
