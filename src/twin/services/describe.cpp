#include "twin/services/describe.h"

#include "twin/services/ec2.h"
#include "twin/services/eventual.h"

namespace setpoint::twin::services {

namespace {

Answer named_documents(Request& request, const Listing& listing, const Json& ids) {
  Json out = Json::array();
  for (const Json& id : ids.is_array() ? ids : Json::array({ids})) {
    std::string name = id.is_string() ? id.get<std::string>() : id.dump();
    const Json* found = listing.global ? request.find_global(listing.type, name) : request.find(listing.type, name);
    if (!found && std::string_view(listing.type).starts_with("AWS::EC2::"))
      return tl::unexpected(ec2_missing(name, listing.type));
    if (!found)
      return error(listing.missing, fmt::format("{} does not exist: {}", listing.type, name), listing.missing_status);
    out.push_back(*found);
  }
  return out;
}

}  // namespace

Answer describe_listing(Request& request, const Listing& listing) {
  std::vector<Json> documents;
  const Json& ids = listing.ids ? request.parameter(listing.ids) : request.parameter("");
  if (!ids.is_null() && !ids.empty()) {
    Answer named = named_documents(request, listing, ids);
    if (!named) return named;
    documents.assign(named->begin(), named->end());
  } else {
    documents = listing.global ? request.all_global(listing.type) : request.all(listing.type);
  }
  for (Json& document : documents) {
    document = seen_at(std::move(document), request.clock().now());
    if (listing.view) document = listing.view(document);
  }
  if (!listing.filters.empty()) {
    std::vector<FilterField> fields(listing.filters.begin(), listing.filters.end());
    if (Check wrong = keep_matching(documents, request.parameter(listing.filters_parameter), fields))
      return tl::unexpected(*wrong);
  }
  return page(request, std::move(documents), listing.list, listing.pages);
}

}  // namespace setpoint::twin::services
