#include "twin/services/record.h"

#include "twin/resource_types.h"

namespace setpoint::twin::services {

namespace {

StateKey key_of(const Request& request, const Kind& kind, const std::string& id) {
  return kind.global ? request.global_key(kind.type, id) : request.key(kind.type, id);
}

AwsError already_there(const Kind& kind, const std::string& id) {
  return {kind.exists, fmt::format(fmt::runtime(kind.exists_message), id), kind.exists_status, Json::object()};
}

}  // namespace

AwsError missing(const Kind& kind, const std::string& name) {
  return {kind.missing, fmt::format(fmt::runtime(kind.message), name), kind.missing_status, Json::object()};
}

Answer find_one(Request& request, const Kind& kind, const std::string& id) {
  const Json* found = request.state().find(key_of(request, kind, id));
  if (!found) return tl::unexpected(missing(kind, id));
  return *found;
}

Answer find_named(Request& request, const Kind& kind) {
  return find_one(request, kind, request.text(kind.parameter ? kind.parameter : kind.id));
}

std::vector<Json> all_of(Request& request, const Kind& kind) {
  return kind.global ? request.all_global(kind.type) : request.all(kind.type);
}

Answer make(Request& request, const Kind& kind, Json members) {
  std::string id = base::string_member(members, kind.id);
  if (request.state().find(key_of(request, kind, id))) return tl::unexpected(already_there(kind, id));
  if (find_resource_type(kind.type)) {
    auto made = document_from_api(request.account(), request.region(), kind.type, std::move(members));
    if (!made) return error("ValidationException", made.error().message);
    members = std::move(made->second);
  }
  keep(request, kind, members);
  return members;
}

void keep(Request& request, const Kind& kind, Json document) {
  StateKey key = key_of(request, kind, base::string_member(document, kind.id));
  request.state().put(key, std::move(document));
}

void drop(Request& request, const Kind& kind, const Json& document) {
  request.state().erase(key_of(request, kind, base::string_member(document, kind.id)));
}

Answer remove_named(Request& request, const Kind& kind) {
  Answer found = find_named(request, kind);
  if (!found) return found;
  drop(request, kind, *found);
  return Json::object();
}

Answer change_named(Request& request, const Kind& kind, const Change& change) {
  Answer document = find_named(request, kind);
  if (!document) return document;
  if (Check wrong = change(*document)) return tl::unexpected(*wrong);
  keep(request, kind, *document);
  return document;
}

}  // namespace setpoint::twin::services
