// Documents by their ARNs, and the tag operations that are made of that: every service names a resource and its tags a
// little differently, and does the same.
#pragma once

#include <optional>
#include <string>

#include "twin/services/listing.h"

namespace setpoint::twin::services {

std::string arn_of(const StateKey& key, const Json& document);  // "" for a document that is no resource
struct Found {
  StateKey key;
  Json document;
};
// In the caller's account, in the ARN's region or among the global ones.
std::optional<Found> find_by_arn(Request& request, const std::string& arn);

enum class TagShape {
  list,
  lower_list,
  map,
  kms
};  // [{Key, Value}], [{key, value}], {key: value}, [{TagKey, TagValue}]
struct TagForm {
  const char* resource;       // parameter with the ARN
  const char* tags = "Tags";  // parameter and member of the answer
  const char* keys = "TagKeys";
  TagShape shape = TagShape::list;
  const char* missing = "ResourceNotFoundException";
  int missing_status = 400;
};
Answer tag_resource(Request& request, const TagForm& form);
Answer untag_resource(Request& request, const TagForm& form);
Answer list_resource_tags(Request& request, const TagForm& form);
Json tags_in_shape(const Json& tags, TagShape shape);

template <const TagForm& kForm>
Answer tag(Request& request) {
  return tag_resource(request, kForm);
}
template <const TagForm& kForm>
Answer untag(Request& request) {
  return untag_resource(request, kForm);
}
template <const TagForm& kForm>
Answer list_tags(Request& request) {
  return list_resource_tags(request, kForm);
}

}  // namespace setpoint::twin::services
