// Any bytes make a document or an error; every value's path leads back to it, and JSON made of it makes the same
// document.
#include "guard/document.h"

#include <nlohmann/json.hpp>

namespace {

using namespace setpoint;

void check(const guard::Value& value, const base::Json& root) {
  if (value.kind == guard::Kind::real && value.real != value.real) return;
  SETPOINT_ASSERT(root.contains(base::Json::json_pointer(value.path())));
  if (value.kind == guard::Kind::list) {
    for (const guard::Value& item : value.list()) check(item, root);
  }
  if (value.kind != guard::Kind::map) return;
  for (const guard::Member& member : value.map()) {
    SETPOINT_ASSERT(value.find(member.name()) == &member.value);
    check(member.value, root);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto document = guard::Document::from_text(text);
  if (!document) return 0;
  base::Json json = document->root().json();
  check(document->root(), json);
  guard::Document again = guard::Document::from_json(json);
  base::Json twice = again.root().json();
  SETPOINT_ASSERT(twice.dump(-1, ' ', false, base::Json::error_handler_t::replace) ==
                  json.dump(-1, ' ', false, base::Json::error_handler_t::replace));
  return 0;
}
